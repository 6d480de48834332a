"""The shape that a compressed breast has on the detector, and how thick it is there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import Field

VOXEL_MM = 0.5
PLANE_MM = 1.0
"""Along the beam; `VOXEL_MM` along the detector."""


@dataclass(frozen=True, eq=False)
class Footprint:
    """On a grid of VOXEL_MM, (rows, columns), chest wall at column 0.

    `is_breast` with the nipple. `thickness_mm` is 0 outside. `depth` is 0 at the chest wall to 1
    at the front, `along` -1 in the uppermost to 1 in the lowest row of the breast. `nipple` is
    [column, row].
    """

    is_breast: NDArray[np.bool_]
    thickness_mm: Field
    depth: Field
    along: Field
    nipple: tuple[float, float]


def footprint(
    random: np.random.Generator,
    size_mm: tuple[float, float],
    thickness_mm: float,
    is_oblique: bool,
    field_mm: tuple[float, float],
) -> Footprint:
    """Of a breast of `size_mm` (depth, width) on a detector of `field_mm` (rows, columns)."""
    rows, columns = (round(each / VOXEL_MM) for each in field_mm)
    depth_mm, half_mm = size_mm[0], size_mm[1] / 2
    middle_mm = field_mm[0] * (0.56 if is_oblique else 0.5)
    along = ((np.arange(rows) * VOXEL_MM - middle_mm) / half_mm).astype(np.float32)
    front = _front(random, along, is_oblique) * np.float32(depth_mm)
    across_mm = (np.arange(columns) * VOXEL_MM).astype(np.float32)[None, :]
    is_breast = across_mm < front[:, None]
    row = int(np.argmax(front))
    nipple = float(front[row] + random.uniform(3, 6)) / VOXEL_MM, float(row)
    tip = np.zeros(is_breast.shape, np.uint8)
    radius = round(random.uniform(3.5, 5.5) / VOXEL_MM)
    cv2.line(
        tip, (round(nipple[0]) - 4 * radius, row), (round(nipple[0]) - radius, row), 1, 2 * radius
    )
    cv2.circle(tip, (round(nipple[0]) - radius, row), radius, 1, -1)
    is_breast |= tip > 0
    return Footprint(
        is_breast,
        _thickness(is_breast, thickness_mm),
        across_mm / np.maximum(front, 1.0)[:, None],
        np.broadcast_to(along[:, None], is_breast.shape).astype(np.float32),
        nipple,
    )


def _front(random: np.random.Generator, along: Field, is_oblique: bool) -> Field:
    """How far the breast reaches from the chest wall, of its depth, by row."""
    bow = np.abs(along) ** random.uniform(1.9, 2.4)
    front = np.clip(1 - bow, 0, 1) ** random.uniform(0.55, 0.7)
    for wave in range(1, 4):
        front *= 1 + random.normal(0, 0.012) * np.sin(wave * 2.2 * along + random.uniform(0, 6.3))
    if is_oblique:  # the axillary tail, up to the upper edge of the picture
        tail = random.uniform(0.42, 0.62) + random.uniform(0.15, 0.35) * np.clip(along + 1.4, 0, 1)
        front = np.where(along < 0, np.maximum(front, tail), front)
    kernel = np.hanning(61).astype(np.float32)
    padded = np.pad(front, 30, mode="edge")
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), "valid"), np.float32)


def _thickness(is_breast: NDArray[np.bool_], thickness_mm: float) -> Field:
    """Full thickness inside, rounded off towards the skin as a compressed breast is."""
    # Chest wall and upper edge are not skin: the breast goes on beyond the picture.
    wide = np.pad(is_breast.astype(np.uint8), ((0, 0), (400, 0)), mode="edge")
    wide = np.pad(wide, ((400 if is_breast[0].any() else 1, 1), (0, 1)), mode="edge")
    from_skin = cv2.distanceTransform(wide, cv2.DIST_L2, 5) * np.float32(VOXEL_MM)
    top = wide.shape[0] - is_breast.shape[0] - 1
    from_skin = from_skin[top : top + is_breast.shape[0], 400 : 400 + is_breast.shape[1]]
    half = thickness_mm / 2
    inward = 1 - np.clip(from_skin / half, 0, 1)
    thickness = 2 * half * np.sqrt(1 - np.square(inward))
    return np.asarray(np.where(is_breast, np.maximum(thickness, 2.0), 0), np.float32)
