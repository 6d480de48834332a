"""Phases near a lesion, aligned once more at full resolution.

What is left of the whole breasts' registration, 0.1 to 0.2 mm, is little to look at and too much
for a volume by thresholds: half of a small lesion's voxels are rim.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask, Volume
from senoscope.models.programmed.breast_mri.analysis import Motion
from senoscope.models.programmed.breast_mri.boxes import Box, padded, ranges, within
from senoscope.models.programmed.breast_mri.coarse_grid import in_box
from senoscope.models.programmed.breast_mri.motion import moved_box, moved_slice
from senoscope.models.programmed.breast_mri.registration import Registration

AROUND_MM = 20.0
_EDGE_MM = 5.0
"""Of the surroundings, what may have come from beyond them."""
_WINDOW_MM, _ROUNDS = 10.0, 3


def moved_near(
    series: DynamicSeries, motion: Motion | None, breasts: Mask, box: Box
) -> list[Volume]:
    """Each phase of a box, on the voxels of the last one before contrast.

    `breasts` of the whole volume. Without motion, or breast in the box's surroundings, as
    `moved_box` gives them.
    """
    last, mm = series.pre_contrast - 1, series.geometry.spacing_mm
    wide = padded(box, AROUND_MM, mm, series.shape)
    inner = within(padded(box, AROUND_MM - _EDGE_MM, mm, series.shape), wide)
    counts = np.zeros([each.stop - each.start for each in wide], np.bool_)
    counts[inner] = breasts[wide][inner]
    if motion is None or not counts.any():
        return [moved_box(each, motion, index, box) for index, each in enumerate(series.phases)]
    way = Registration(_as_float(series.phases[last][wide]), counts, mm, (_WINDOW_MM,))
    deep, rows, columns = ranges(box)
    found = []
    for index, phase in enumerate(series.phases):
        if index == last:
            found.append(_as_float(phase[box]))
            continue
        away = in_box(motion.displacement[index], motion.step, ranges(wide))
        away = way.closer(_as_float(phase[wide]), away, _ROUNDS)[within(box, wide)]
        slices = [
            moved_slice(phase, away[at], place, rows, columns) for at, place in enumerate(deep)
        ]
        found.append(np.stack(slices))
    return found


def _as_float(volume: NDArray[np.generic]) -> Volume:
    return np.ascontiguousarray(volume, np.float32)
