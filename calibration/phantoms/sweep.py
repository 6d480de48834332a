"""A simulated sweep as figures are measured on it: pictures, and which lesion is where in each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.metrics import iou

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TrueLesion:
    """One lesion in one picture. `mask` is (rows, columns), True inside, never empty.

    `number` is the lesion's own throughout a sweep. `in_view` is False where more than half of it
    is outside the picture: there it may be outlined, and need not be.
    """

    number: int
    mask: Mask
    in_view: bool = True


@dataclass(frozen=True, eq=False)
class SweepFrame:
    """One picture, (rows, columns) uint8, and every lesion of which it shows anything."""

    pixels: Gray
    lesions: tuple[TrueLesion, ...]


def phantom_sweep(phantom: BModePhantom, frames: int) -> Iterator[SweepFrame]:
    """The phantom's own sweep, there and back.

    Two masks that overlap in pictures that follow each other are one lesion. One that was out of
    the plane for a picture counts as another when it is cut again.
    """
    before: tuple[TrueLesion, ...] = ()
    given = 0
    for frame in phantom.sweep(frames):
        lesions: list[TrueLesion] = []
        for truth in frame.truth:
            taken = {lesion.number for lesion in lesions}
            same = [
                (iou(truth.mask, lesion.mask), lesion.number)
                for lesion in before
                if lesion.number not in taken
            ]
            shared, number = max(same, default=(0.0, 0))
            if shared == 0:
                given += 1
                number = given
            lesions.append(TrueLesion(number, truth.mask))
        before = tuple(lesions)
        yield SweepFrame(frame.pixels, before)
