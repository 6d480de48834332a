"""A breast of nothing but fat, into which a test puts what it wants to see again."""

from __future__ import annotations

import numpy as np

from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast.projections import Projections
from senoscope.calibration.phantoms.breast.reconstruction import reconstructed
from senoscope.calibration.phantoms.breast.tissue_planes import Box, TissuePlanes

PLANES = 30
SIZE_MM = (50.0, 14.0)
"""(rows, columns)."""


def even_breast(
    grains_mm: tuple[tuple[float, float, float, float], ...] = (),
    ball_mm: tuple[float, float, float, float] | None = None,
) -> TissuePlanes:
    """Grains of calcium and a ball of gland: plane, row, column and radius, mm."""
    fine = tuple(round(each / 0.25) for each in SIZE_MM)
    dense = np.zeros((PLANES, *fine), np.float32)
    if ball_mm is not None:
        z, y, x = (
            (np.arange(count) + 0.5) * step - middle
            for count, step, middle in zip(dense.shape, (1, 0.25, 0.25), ball_mm, strict=False)
        )
        away = np.sqrt(z[:, None, None] ** 2 + y[:, None] ** 2 + x**2)
        dense += np.clip((ball_mm[3] - away) / 0.5 + 0.5, 0, 1)
    coarse = tuple(round(each / 0.5) for each in SIZE_MM)
    return TissuePlanes(
        dense,
        0.25,
        np.ones((PLANES, *coarse), np.float32),
        0.5,
        np.array(grains_mm, np.float32).reshape(-1, 4),
        np.full([round(each / 0.1) for each in SIZE_MM], PLANES, np.float32),
        Box(0.0, *SIZE_MM),
    )


def slices_of(tissue: TissuePlanes, dose: str = "high", seed: int = 1) -> Field:
    """(slices, rows, columns), 0 is fat and 1 is gland."""
    projections = Projections.of(tissue, np.random.default_rng(seed), dose)
    return np.concatenate([block for _, block in reconstructed(projections)], axis=2)
