"""At what height a thing lies, from a profile over slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.models.programmed.mammography.breast import Grey


@dataclass(frozen=True, slots=True)
class Depth:
    """In slices, as indices: where a profile peaks, between two by a parabola, and its height.

    `first` and `last` are the slices about the peak that have at least half of it.
    """

    at: float
    peak: float
    first: int
    last: int

    @property
    def slice_index(self) -> int:
        """The nearest slice."""
        return round(self.at)


def depth_of(profile: Grey, low: int = 0, high: int | None = None) -> Depth:
    """The highest of (slices,) from `low` to `high`, both included."""
    high = len(profile) - 1 if high is None else high
    top = low + int(np.argmax(profile[low : high + 1]))
    peak = float(profile[top])
    half = profile >= peak / 2 if peak > 0 else np.arange(len(profile)) == top
    below, above = np.nonzero(~half[:top])[0], np.nonzero(~half[top:])[0]
    first = int(below[-1]) + 1 if len(below) else 0
    last = top + int(above[0]) - 1 if len(above) else len(profile) - 1
    return Depth(_parabola(profile, top), peak, first, last)


def _parabola(profile: Grey, top: int) -> float:
    """The peak of the parabola through the highest slice and its two neighbours."""
    if not 0 < top < len(profile) - 1:
        return float(top)
    before, here, after = (float(each) for each in profile[top - 1 : top + 2])
    bend = before - 2 * here + after
    return top if bend >= 0 else top + min(max((before - after) / (2 * bend), -0.5), 0.5)


def height_at(heights_mm: Sequence[float] | None, at: float) -> float | None:
    """Of a slice's index, which may lie between two; None where heights are not known."""
    if heights_mm is None:
        return None
    return float(np.interp(at, np.arange(len(heights_mm)), heights_mm))
