"""Small dynamic series with a chest, two breasts, a vessel and a lesion that takes up contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import AXIAL, SAGITTAL, DynamicSeries, VolumeGeometry

SHAPE = (20, 48, 64)
TIMES = (0.0, 90.0, 180.0, 270.0, 360.0)
INJECTED = 60.0
LESION = (slice(8, 12), slice(14, 18), slice(14, 19))


def tissue(seed: int = 1) -> NDArray[np.float64]:
    """(slices, rows, columns): air 0, fat 150, chest 300, glands 350."""
    _, rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    body = np.zeros(SHAPE)
    for middle in (16, 48):
        body[(columns - middle) ** 2 + (rows - 22) ** 2 < 170] = 150
        body[(columns - middle) ** 2 + (rows - 20) ** 2 < 40] = 350
    body[rows > 32] = 300
    body += np.random.default_rng(seed).normal(0, 8, SHAPE) * (body > 0)
    return body


def phases(count: int = 5, pre: int = 1, seed: int = 1) -> tuple[NDArray[np.uint16], ...]:
    """Rician, with a lesion that washes out, a vessel, and a little of all other tissue."""
    still = tissue(seed)
    noise = np.random.default_rng(seed + 100)
    found = []
    for phase in range(count):
        since = max(0, phase - pre + 1)
        moved = still.copy()
        if since:
            moved += 0.05 * since * still
            moved[LESION] *= 2.4 - 0.15 * since
            moved[:, 34:38, 28:36] *= 3.0 - 0.3 * since
        real, imaginary = noise.normal(0, 6, (2, *SHAPE))
        found.append(np.rint(np.hypot(moved + real, imaginary)).astype(np.uint16))
    return tuple(found)


def series(
    plane: str = "axial", count: int = 5, pre: int = 1, *, seed: int = 1, across_mm: float = 0.0
) -> DynamicSeries:
    """`across_mm`: where the first voxel lies to the patient's left, for sagittal ones."""
    axes = {"axial": AXIAL, "sagittal": SAGITTAL}.get(plane)
    if axes is None:
        axes = np.array([[0.0, 1, 0], [0, 0, -1], [1, 0, 0]])
    spacing = (2.5, 4.0, 4.0)
    origins = {
        "axial": (-126.0, -90.0, -30.0),
        "sagittal": (across_mm, -60.0, 90.0),
        "coronal": (-126.0, -60.0, 90.0),
    }
    geometry = VolumeGeometry(spacing, axes, origins[plane])
    times = tuple(90.0 * each for each in range(count))
    injected = times[pre] - 30 if pre else None
    return DynamicSeries(phases(count, pre, seed), geometry, times, max(1, pre), injected, True)
