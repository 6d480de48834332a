"""A dynamic series of two balls of fat on a chest, with gland and one lesion, for quick tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, Mask, VolumeGeometry

SHAPE, SPACING_MM = (26, 56, 88), (4.0, 3.5, 3.5)


@dataclass(frozen=True, eq=False)
class SmallExam:
    """Masks are of the phase before contrast."""

    series: DynamicSeries
    breast: Mask
    gland: Mask
    lesion: Mask


def small_exam(is_fat_bright: bool = False, moved_voxels: int = 0, noise: float = 3.0) -> SmallExam:
    """Axial; the lesion (a ball of 9 mm radius) is in the left breast.

    From the first phase after contrast on she lies `moved_voxels` columns farther to the left.
    """
    random = np.random.default_rng(4)
    z, y, x = np.meshgrid(
        *(np.arange(n, dtype=np.float32) * mm for n, mm in zip(SHAPE, SPACING_MM, strict=True)),
        indexing="ij",
    )
    middle, front, height = float(x.max()) / 2, 105.0, float(z.max()) / 2
    wall = front + np.square(x - middle) / 700
    chest = y >= wall
    breast, gland = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    for side in (-1, 1):
        off = np.square((x - middle - side * 75) / 60) + np.square((z - height) / 60)
        breast |= (off + np.square((y - front) / 75) < 1) & ~chest
        gland |= (off * 3 + np.square((y - front + 28) / 28) < 1) & ~chest
    body = chest | breast | (y >= wall - 10)
    away = np.square(x - middle - 70) + np.square(y - front + 28) + np.square(z - height)
    lesion = away < 81
    fat, water = (400.0, 180.0) if is_fat_bright else (60.0, 160.0)
    before = np.where(chest, 150.0, np.where(gland | lesion, water, fat)) * body
    phases = []
    for rise_gland, rise_lesion in ((0.0, 0.0), (0.10, 1.4), (0.14, 1.3), (0.16, 1.1)):
        signal = before * (1 + rise_gland * gland + (rise_lesion - rise_gland) * lesion)
        if phases:
            signal = np.roll(signal, moved_voxels, axis=2)
        signal = np.hypot(*(random.normal(0, noise, (2, *SHAPE)) + np.stack([signal, 0 * signal])))
        phases.append(np.rint(signal).astype(np.uint16))
    geometry = VolumeGeometry(SPACING_MM, AXIAL, (-middle, -100.0, -height))
    series = DynamicSeries(
        tuple(phases), geometry, (0.0, 120.0, 240.0, 360.0), fat_suppressed=not is_fat_bright
    )
    return SmallExam(series, breast, gland, lesion)
