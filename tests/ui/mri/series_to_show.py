"""A small series whose voxels say where they are, stored axially or sagittally."""

from __future__ import annotations

import numpy as np

from senoscope.domain.breast_mri import AXIAL, SAGITTAL, DynamicSeries, VolumeGeometry

SIZE = 12, 16, 20
"""[z, y, x] as the page counts: to the head, to the back, to the patient's left."""
HEIGHTS = (0.0, 1.0, 0.8, 0.6)
SPOT = 4, 5, 13
"""[z, y, x] of what enhances, to twice its signal, and washes out."""


def axial_volumes() -> list[np.ndarray]:
    """(phases) of [z, y, x]: 1000 and where it is, and SPOT."""
    z, y, x = np.indices(SIZE)
    base = (1000 + 40 * z + 20 * y + 2 * x).astype(np.float32)
    phases = []
    for height in HEIGHTS:
        phase = base.copy()
        phase[SPOT] *= 1 + height
        phases.append(phase)
    return phases


def axial_series() -> DynamicSeries:
    geometry = VolumeGeometry((3.0, 1.0, 1.0), AXIAL)
    return DynamicSeries(tuple(axial_volumes()), geometry, (0.0, 90.0, 180.0, 270.0))


def sagittal_series() -> DynamicSeries:
    """The same woman: slices from right to left, rows to the feet, columns to the back."""
    turned = tuple(each.transpose(2, 0, 1)[:, ::-1].copy() for each in axial_volumes())
    geometry = VolumeGeometry((1.0, 3.0, 1.0), SAGITTAL)
    return DynamicSeries(turned, geometry, (0.0, 90.0, 180.0, 270.0))
