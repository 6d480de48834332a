"""A tomosynthesis view whose growths are known, and the mammogram of the same breast and view."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.domain.mammogram import Mammogram
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.evaluation.mammography.froc import Growth


@dataclass(frozen=True, slots=True)
class DeepGrowth:
    """`flat` is where it lies in the slices' plane, `height_mm` as `TomosynthesisView`'s."""

    flat: Growth
    height_mm: float


@dataclass(frozen=True, eq=False)
class KnownView:
    """`anatomy` names the breast, `density` is its BI-RADS letter, `seed` made it.

    `growths` lie in `volume`, `flat_growths`, the same in the same order, on `mammogram`.
    """

    anatomy: str
    seed: int
    density: str
    volume: TomosynthesisView
    mammogram: Mammogram
    growths: tuple[DeepGrowth, ...]
    flat_growths: tuple[Growth, ...]
