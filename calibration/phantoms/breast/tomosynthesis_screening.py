"""Simulated tomosynthesis with its mammograms, and the truth that CADe of both is judged by."""

from __future__ import annotations

from collections.abc import Sequence

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast
from senoscope.calibration.phantoms.breast.growths import KINDS
from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.calibration.phantoms.breast.screening import (
    NORMAL_OF,
    as_growth,
    as_mammogram,
    screening_growths,
)
from senoscope.calibration.phantoms.breast.tomosynthesis import SimulatedTomosynthesis, SlicedMark
from senoscope.models.evaluation.tomosynthesis.known_view import DeepGrowth, KnownView


def screened_view(seed: int, view: str) -> KnownView:
    """One breast of that woman, with the growths of `screening_growths`: in every fourth none."""
    return _known(seed, screening_growths(seed)[1], view)


def training_view(seed: int, view: str) -> KnownView:
    """The same with a growth of every kind in three breasts of four."""
    return _known(seed, () if seed % NORMAL_OF == NORMAL_OF - 1 else KINDS, view)


def _known(seed: int, kinds: Sequence[str], view: str) -> KnownView:
    side, _ = screening_growths(seed)
    anatomy = BreastAnatomy.drawn(seed, side, None, tuple(kinds))
    breast = CompressedBreast.of(anatomy, view)
    flat = SimulatedMammogram.of_compressed(anatomy, breast)
    deep = SimulatedTomosynthesis.of_compressed(anatomy, breast)
    return KnownView(
        anatomy=f"seed {seed}",
        seed=seed,
        density=anatomy.density,
        volume=deep.as_view(),
        mammogram=as_mammogram(flat),
        growths=tuple(map(_deep, deep.marks)),
        flat_growths=tuple(map(as_growth, flat.marks)),
    )


def _deep(mark: SlicedMark) -> DeepGrowth:
    return DeepGrowth(as_growth(mark.flat), mark.height_mm)
