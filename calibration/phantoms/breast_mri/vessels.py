"""Vessels that run under the skin of a breast towards the nipple."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast_mri.grid import SimulatedGrid
from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.calibration.phantoms.breast_mri.tissue import TAKES_UP, Tissue
from senoscope.calibration.phantoms.breast_mri.woman import HangingBreast, Woman


def draw_vessels(tissue: Tissue, woman: Woman, grid: SimulatedGrid) -> None:
    """Two to five in each breast, 1 to 2.4 mm wide, thinner towards the nipple."""
    for breast in woman.breasts:
        random = np.random.default_rng([woman.seed, 130, breast.sign + 1])
        for _ in range(int(random.integers(2, 6))):
            path = _path(random, woman, breast, min(grid.spacing_mm) / 2)
            radius = random.uniform(0.5, 1.2) * np.linspace(1, 0.6, len(path))
            _stamp(tissue, grid, path, radius)


def _path(
    random: np.random.Generator, woman: Woman, breast: HangingBreast, step_mm: float
) -> NDArray[np.float64]:
    """(n, 3) mm: from the edge of the base forward, winding, at some depth under the skin."""
    start = random.uniform(0, 2 * np.pi)
    deep = random.uniform(0.72, 0.92)
    turn = np.cumsum(random.normal(0, 0.35, 6))
    knots = np.linspace(0.03, random.uniform(0.6, 0.9), 6)
    fine = np.linspace(0, 1, 400)
    depth = np.interp(fine, np.linspace(0, 1, 6), knots)
    angle = start + np.interp(fine, np.linspace(0, 1, 6), turn)
    angle += 0.06 * np.sin(2 * np.pi * fine * random.uniform(3, 6))
    ring = deep * np.sqrt(np.maximum(1 - depth**2, 0))
    places = np.array(
        [
            breast.back((float(d), float(r * np.cos(a)), float(r * np.sin(a))))
            for d, r, a in zip(depth * deep, ring, angle, strict=True)
        ]
    )
    x = places[:, 2].astype(np.float32)
    path = np.stack([places[:, 0], woman.wall_mm(x) - places[:, 1], places[:, 2]], axis=1)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    even = np.arange(0, along[-1], step_mm)
    return np.stack([np.interp(even, along, path[:, axis]) for axis in range(3)], axis=1)


def _stamp(
    tissue: Tissue, grid: SimulatedGrid, path: NDArray[np.float64], radius: NDArray[np.float64]
) -> None:
    spacing = np.array(grid.spacing_mm)
    voxel = float(np.cbrt(np.prod(spacing)))
    reach = int(np.ceil((radius.max() + voxel) / spacing.min()))
    steps = np.arange(-reach, reach + 1)
    near = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    at = (path - np.array(grid.corner_mm)) / spacing
    whole = np.rint(at).astype(np.int64)
    cells = whole[:, None] + near[None]
    away = np.linalg.norm((cells - at[:, None]) * spacing, axis=-1)
    thin = np.minimum(1, (2 * radius / voxel) ** 2)[:, None]
    share = np.clip((radius[:, None] - away) / voxel + 0.5, 0, 1) * thin
    inside = np.all((cells >= 0) & (cells < np.array(grid.shape)), axis=-1) & (share > 0.05)
    # The largest share of a voxel is written last, so it stays.
    order = np.argsort(share[inside], kind="stable")
    z, y, x = cells[inside][order].T
    share = share[inside][order]
    keep = tissue.breast[z, y, x] & (tissue.labels[z, y, x] <= Label.GLAND)
    z, y, x, share = z[keep], y[keep], x[keep], share[keep]
    water = tissue.water[z, y, x].astype(np.float32) / 255
    is_vessel = share >= np.maximum(0.2, water)
    tissue.water[z, y, x] = np.rint(255 * np.maximum(water, share))
    z, y, x = z[is_vessel], y[is_vessel], x[is_vessel]
    tissue.labels[z, y, x] = Label.VESSEL
    tissue.ktrans[z, y, x] = TAKES_UP[Label.VESSEL][0]
