"""One tomosynthesis view of one breast, as every reader of tomosynthesis here sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing


class Slices(Protocol):
    """(rows, columns) float32 in 0..1, all of one shape, in order of height.

    They come one at a time, since a view of them all may not fit in memory, and may be gone
    through again, at the same cost again.
    """

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        """From the first; whoever keeps one copies it."""


@dataclass(frozen=True, eq=False)
class TomosynthesisView:
    """Slices parallel to the detector, each hung as a `Mammogram` is: chest wall at column 0.

    `heights_mm` is one for each slice, ascending from 0 at the first, which may lie at the support
    or at the paddle; None where the header says neither positions nor distances: then nothing is
    said in mm across slices. `laterality`, `view` and `spacing` as of `Mammogram`.
    """

    slices: Slices
    heights_mm: tuple[float, ...] | None
    laterality: Laterality | None
    view: str | None
    spacing: PixelSpacing | None

    def __post_init__(self) -> None:
        given = self.heights_mm
        if given is None:
            return
        ascends = all(one < other for one, other in pairwise(given))
        if len(given) != len(self.slices) or not given or given[0] != 0 or not ascends:
            raise ImageError(
                f"A tomosynthesis view of {len(self.slices)} slices was given with "
                f"{len(given)} heights; expected one for each, ascending from 0."
            )
