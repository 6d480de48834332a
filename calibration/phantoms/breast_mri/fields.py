"""Smooth fields that are kept on coarse nodes, a slice at a time.

As `models.programmed.breast_mri.coarse_grid` has them: node [i, j, k] lies at voxel [i, j, k] *
step, linear between nodes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast_mri.grid import Three


def field_slice(nodes: Field, step: Three, place: int, shape: tuple[int, int]) -> Field:
    """(rows, columns) of slice `place` of nodes (slices, rows, columns), `step` apart."""
    at = min(place / step[0], len(nodes) - 1.0)
    low = min(int(at), max(len(nodes) - 2, 0))
    high = min(low + 1, len(nodes) - 1)
    plane = nodes[low] + np.float32(at - low) * (nodes[high] - nodes[low])
    # By hand: a product of matrices would wake every core for each slice.
    top, down = _between(shape[0], plane.shape[0], step[1])
    plane = plane[top] + down[:, None] * (plane[top + 1] - plane[top])
    left, across = _between(shape[1], plane.shape[1], step[2])
    begin = np.take(plane, left, axis=1)
    begin += across * (np.take(plane, left + 1, axis=1) - begin)
    return begin


@lru_cache(maxsize=16)
def _between(count: int, nodes: int, step: float) -> tuple[NDArray[np.intp], Field]:
    """The node before each voxel, and how far it is on its way to the next, 0..1."""
    at = np.minimum(np.arange(count) / step, nodes - 1)
    low = np.minimum(at.astype(np.intp), nodes - 2)
    return low, np.asarray(at - low, np.float32)
