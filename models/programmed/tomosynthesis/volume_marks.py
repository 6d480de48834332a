"""What programmed CADe points at on a tomosynthesis view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.mammography.marks import MarkKind, Points


@dataclass(frozen=True, eq=False)
class SliceMark:
    """A place in one slice, or in a thin slab of some, before its neighbours are looked at.

    `slice_at` is the slab's middle as a slice's index, which may lie between two. `outline` (n, 2)
    and `centre` [x, y] as of `Mark`. `logit` says how much the place looks like one.
    """

    kind: MarkKind
    outline: Points
    centre: tuple[float, float]
    slice_at: float
    logit: float

    def __post_init__(self) -> None:
        is_outline = self.outline.ndim == 2 and self.outline.shape[1:] == (2,)
        if not is_outline or len(self.outline) < 3 or not np.isfinite(self.logit):
            raise ImageError(
                f"A mark of a slice with an outline of shape {self.outline.shape} and a logit of "
                f"{self.logit} was given; expected (n, 2) with n of 3 or more, and a number."
            )


@dataclass(frozen=True, eq=False)
class VolumeMark:
    """A place to look at again in a tomosynthesis view: one for each place, over all slices.

    `outline`, `centre` and `score` as of `Mark`, in pixels of the hung slices. It is best seen in
    `slice_index`, and seen from `first_slice` to `last_slice`, which it includes. `height_mm` is
    where it is sharpest, as `TomosynthesisView.heights_mm`; None where those are not known.
    """

    kind: MarkKind
    outline: Points
    centre: tuple[float, float]
    slice_index: int
    first_slice: int
    last_slice: int
    height_mm: float | None
    score: float
    features: Mapping[str, float]

    def __post_init__(self) -> None:
        is_outline = self.outline.ndim == 2 and self.outline.shape[1:] == (2,)
        in_order = 0 <= self.first_slice <= self.slice_index <= self.last_slice
        if not is_outline or len(self.outline) < 3 or not in_order or not 0 <= self.score <= 1:
            raise ImageError(
                f"A mark with an outline of shape {self.outline.shape}, slices "
                f"{self.first_slice}, {self.slice_index}, {self.last_slice} and a score of "
                f"{self.score} was given; expected (n, 2) with n of 3 or more, slices in order "
                "and a score of 0 to 1. Mark the place again."
            )
