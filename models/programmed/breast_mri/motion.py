"""A phase where the tissue lies that was there before contrast."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Volume
from senoscope.models.programmed.breast_mri.analysis import Motion
from senoscope.models.programmed.breast_mri.boxes import Box, ranges
from senoscope.models.programmed.breast_mri.coarse_grid import in_box


def moved(
    phase: NDArray[np.generic],
    motion: Motion | None,
    index: int,
    slices: Sequence[int] | None = None,
) -> Volume:
    """Phase `index`, (slices, rows, columns), on the voxels of the phase before contrast.

    (chosen slices, rows, columns) float32, by cubic interpolation; beyond the volume its
    outermost voxels count. Without motion, or where none of it is in this phase, as it is.
    """
    chosen = range(len(phase)) if slices is None else slices
    rows, columns = (range(extent) for extent in phase.shape[1:])
    return np.stack([_slice(phase, motion, index, place, rows, columns) for place in chosen])


def moved_box(phase: NDArray[np.generic], motion: Motion | None, index: int, box: Box) -> Volume:
    """What `moved` gives, of a box alone."""
    deep, rows, columns = ranges(box)
    return np.stack([_slice(phase, motion, index, place, rows, columns) for place in deep])


def _slice(
    phase: NDArray[np.generic], motion: Motion | None, index: int, place: int,
    rows: range, columns: range,
) -> NDArray[np.float32]:  # fmt: skip
    if motion is None or not motion.displacement[index].any():
        there = phase[place, rows.start : rows.stop, columns.start : columns.stop]
        return np.asarray(there, np.float32)
    here = (range(place, place + 1), rows, columns)
    away = in_box(motion.displacement[index], motion.step, here)[0]
    return moved_slice(phase, away, place, rows, columns)


def moved_slice(
    phase: NDArray[np.generic], away: NDArray[np.float32], place: int, rows: range, columns: range
) -> NDArray[np.float32]:
    """Slice `place` of a phase from what lies `away` of it, (rows, columns, 3) in voxels."""
    deep = np.clip(place + away[..., 0], -2, len(phase) + 1)
    down = away[..., 1] + np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
    across = away[..., 2] + np.arange(columns.start, columns.stop, dtype=np.float32)
    return sampled(phase, *(np.asarray(each, np.float32) for each in (deep, down, across)))


def sampled(
    volume: NDArray[np.generic],
    deep: NDArray[np.float32],
    down: NDArray[np.float32],
    across: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Values at voxels [deep, down, across], each (rows, columns).

    By cubic interpolation: a linear one blurs what moved, and a lesion's rim then falls below the
    thresholds of its volume.
    """
    found = np.zeros(deep.shape, np.float32)
    last = len(volume) - 1
    # Few slices are met: a displacement is smooth.
    for one in range(int(np.floor(deep.min())) - 1, int(np.ceil(deep.max())) + 2):
        weight = _cubic(np.abs(deep - one))
        if weight.any():
            found += weight * cv2.remap(
                np.asarray(volume[min(max(one, 0), last)], np.float32), across, down,
                cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE,
            )  # fmt: skip
    return found


def _cubic(away: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights of Keys' kernel (IEEE Trans ASSP 1981;29:1153) by how many slices away.

    Its free number is -0.75, as OpenCV has it within a slice: all axes are treated alike.
    """
    near = (1.25 * away - 2.25) * away**2 + 1
    far = ((-0.75 * away + 3.75) * away - 6) * away + 3
    return np.where(away < 1, near, np.where(away < 2, far, 0)).astype(np.float32)
