"""What a few slices of each phase show: copies, subtractions, and where contrast arrives.

Header words are not believed alone: a subtraction is often sent among the phases, and an agent is
often named on the phase before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.studies.mri.mri_pixels import MriPixels
from senoscope.studies.mri.mri_slices import MriSlice

HEIGHTS = (0.25, 0.5, 0.75)
"""Share of the slices at which phases are looked at."""
_MOST_NEGATIVE = 0.01
"""Share of voxels below zero that a magnitude image may have, by filters of the scanner."""
_SAME_AS_DIFFERENCE = 0.2
"""Of the mean value: what may be left of a subtraction after the difference is taken away."""
_MUCH_DARKER = 0.25
"""Of the usual phase's mean: a subtraction after registration is no plain difference."""
_BRIGHTEST = 0.005
"""Share of voxels whose change is looked at, of either sign."""
_STEP = 0.25
"""Share of the largest rise that the first phase with contrast has at least."""
_RISE_TO_FALL, _RISE_TO_SIGNAL = 3.0, 0.1
"""A rise is contrast where it is so many times the largest fall, and this share of the signal."""
_SPECKLED, _SPECKLE_SIZE = 0.1, 0.005
_MOST_COMPARED = 12
Picture = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Samples:
    """`pictures` is (heights, rows, columns) float32 of one phase."""

    pictures: NDArray[np.float32]

    @classmethod
    def of(cls, slices: Sequence[MriSlice], pixels: MriPixels) -> Samples:
        """Of slices in order. SourceUnavailable where one is damaged."""
        chosen = [slices[int(each * len(slices))] for each in HEIGHTS]
        return cls(np.stack([np.asarray(pixels.values(each), np.float32) for each in chosen]))

    def same_as(self, other: Samples) -> bool:
        """Whether not one pixel differs."""
        return bool(np.array_equal(self.pictures, other.pictures))


def subtraction_signs(samples: Sequence[Samples]) -> dict[int, str]:
    """Of phases that are no signal but a difference: why, as half a sentence, by their place."""
    found = {
        place: "it has values below zero, which no signal has: it is a subtraction"
        for place, each in enumerate(samples)
        if float((each.pictures < 0).mean()) > _MOST_NEGATIVE
    }
    whole = [place for place in range(len(samples)) if place not in found][:_MOST_COMPARED]
    means = {place: float(samples[place].pictures.mean()) for place in whole}
    highest = max(means.values(), default=0.0)
    for place in whole:
        others = [each for each in whole if each != place and means[each] > means[place]]
        if means[place] < 0.5 * highest and _is_difference(samples, place, others):
            found[place] = "it is the difference of two other phases: it is a subtraction"
        elif means[place] < _MUCH_DARKER * float(np.median([*means.values()])):
            found[place] = "it is far darker than the other phases: it looks like a subtraction"
    return found


def _is_difference(samples: Sequence[Samples], place: int, others: Sequence[int]) -> bool:
    """Of any two of the others, cut off at zero as scanners do, or not."""
    own = samples[place].pictures
    allowed = _SAME_AS_DIFFERENCE * float(np.abs(own).mean())
    for later, earlier in permutations(others, 2):
        difference = np.maximum(samples[later].pictures - samples[earlier].pictures, 0)
        if float(np.abs(np.maximum(own, 0) - difference).mean()) < allowed:
            return True
    return False


def looks_subtracted(samples: Sequence[Samples]) -> bool:
    """Whether all phases have noise that is cut off at zero, as subtractions alone have."""
    return all(_is_speckled(each.pictures[len(each.pictures) // 2]) for each in samples)


def _is_speckled(picture: Picture) -> bool:
    positive = (picture > 0).astype(np.float32)
    around = cv2.boxFilter(positive, -1, (3, 3), normalize=False)
    speckles = (picture == 0) & (around >= 3)
    if speckles.mean() < _SPECKLED:
        return False
    near = (picture > 0) & (around <= 7)
    size = float(np.median(picture[near])) if near.any() else 0.0
    return size >= 2 and size > _SPECKLE_SIZE * float(np.percentile(picture, 99))


def first_enhanced(samples: Sequence[Samples]) -> int | None:
    """Place of the first phase with contrast, by the brightest change since the first phase.

    None where no phase is brighter than the first one in the way that contrast makes it.
    """
    first = _smooth(samples[0].pictures)
    bright = first[first > np.percentile(first, 50)]
    signal = float(bright.mean()) if bright.size else 0.0
    rises: list[float] = []
    is_contrast = False
    for each in samples[1:]:
        change = _smooth(each.pictures) - first
        count = max(1, int(_BRIGHTEST * change.size))
        flat = np.partition(change.ravel(), (count, change.size - count))
        rise, fall = float(flat[-count:].mean()), -float(flat[:count].mean())
        rises.append(rise)
        is_contrast |= rise > _RISE_TO_FALL * fall and rise > _RISE_TO_SIGNAL * signal
    if not is_contrast:
        return None
    return 1 + next(place for place, each in enumerate(rises) if each >= _STEP * max(rises))


def _smooth(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([cv2.blur(each, (5, 5)) for each in pictures])
