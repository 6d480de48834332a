"""What networks see of a lesion: its middle slice, or the box round it, phases as channels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Volume
from senoscope.models.breast_mri_network import LIMITS, resized
from senoscope.models.evaluation.breast_mri.lesion_case import LesionCase
from senoscope.models.programmed.breast_mri.lesion_model import early_and_late

SIDE_MM = 36.0
"""Of the square, and of the box."""
SLICE = 64
"""Pixels of a side of the middle slice."""
BOX = (16, 24, 24)
"""Voxels of the box."""
EXTRA = ("t2", "adc")
"""Channels that a lesion may have beside the phases, divided by their 99th percentile."""


def channels(case: LesionCase, extra: tuple[str, ...] = ()) -> list[Volume]:
    """Pre, early and late, then those of `extra`: each of the case's whole box.

    Early is less pre and late less early, divided by the early phase's 99th percentile, as in
    `breast_mri_network.channels_of`. KeyError where the case has no such extra channel.
    """
    series = case.series
    numbers = (series.pre_contrast - 1, *early_and_late(series))
    pre, early, late = (np.asarray(series.phases[k], np.float32) for k in numbers)
    scale = max(float(np.percentile(early, 99)), 1e-6)
    made = [pre / scale, (early - pre) / scale, (late - early) / scale]
    for name in extra:
        volume = case.others[name]
        made.append(volume / max(float(np.percentile(volume, 99)), 1e-6))
    return [np.clip(np.asarray(each, np.float32), *LIMITS) for each in made]


def box_of(case: LesionCase, extra: tuple[str, ...] = ()) -> NDArray[np.float32]:
    """(channels, *BOX), SIDE_MM each way round the middle of the found outline."""
    return np.stack([_around(each, case, BOX) for each in channels(case, extra)])


def middle_slice(case: LesionCase, extra: tuple[str, ...] = ()) -> NDArray[np.float32]:
    """(channels, SLICE, SLICE) of the slice in which the found outline is largest."""
    largest = int(case.outline.sum((1, 2)).argmax())
    return np.stack(
        [
            _around(each[largest : largest + 1], case, (1, SLICE, SLICE))[0]
            for each in channels(case, extra)
        ]
    )


def _around(volume: Volume, case: LesionCase, shape: tuple[int, int, int]) -> Volume:
    """Cut out with its edge carried on where the box ends, and put on the network's grid."""
    middle = np.argwhere(case.outline).mean(0)
    window, before, after = [], [], []
    for axis, (side, step) in enumerate(
        zip(volume.shape, case.series.geometry.spacing_mm, strict=True)
    ):
        if side == 1:
            start, stop = 0, 1
        else:
            half = SIDE_MM / step / 2
            start, stop = round(middle[axis] - half), round(middle[axis] + half) + 1
        window.append(slice(max(0, start), min(side, stop)))
        before.append(max(0, -start))
        after.append(max(0, stop - side))
    pads = list(zip(before, after, strict=True))
    return resized(np.pad(volume[tuple(window)], pads, mode="edge"), shape)
