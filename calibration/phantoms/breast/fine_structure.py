"""What a simulated breast has that the grid of its gland is too coarse for."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from senoscope.calibration.phantoms.breast.power_law import Field, power_law


def texture_tile(random: np.random.Generator, side: int, wide_px: float) -> Field:
    """(side, side), periodic, of variance 1: structures narrower than about `wide_px`."""
    margin = round(4 * wide_px)
    tile = power_law(random, (side, side), 3.0)
    # Padded, since a blur that does not go round would show where tiles meet.
    around = cv2.GaussianBlur(np.pad(tile, margin, mode="wrap"), (0, 0), wide_px)
    tile -= around[margin : margin + side, margin : margin + side]
    return np.asarray(tile / tile.std(), np.float32)


def vessel_paths_mm(
    random: np.random.Generator, tip: tuple[float, float], shape: tuple[int, ...], pixel_mm: float
) -> Iterator[Field]:
    """The path through each of some vessels from the chest wall towards the nipple at `tip`.

    Each is (rows, columns) of `shape`; wander and width are those of pixels of 0.1 mm.
    """
    end = np.array(tip)
    for _ in range(random.integers(4, 9)):
        start = np.array([0, end[1] + random.uniform(-600, 600)])
        share = np.linspace(0, random.uniform(0.5, 0.85), 80)[:, None]
        wander = np.cumsum(random.normal(0, 3.5, (80, 1)), axis=0)
        points = start + share * (end - start) + wander * [0, 1]
        line = np.zeros(shape, np.float32)
        width = int(random.integers(5, 16))
        cv2.polylines(line, [np.round(points).astype(np.int32)], False, width * pixel_mm, width)
        yield np.asarray(cv2.GaussianBlur(line, (0, 0), width / 4), np.float32)
