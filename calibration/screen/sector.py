"""The sector that a curved probe sees: two straight sides that meet above it, and two arcs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.screen.screen_text import Box
from senoscope.calibration.screen.tissue_map import GRAIN, Mask, TissueMap

Outline = NDArray[np.float32]
"""(points, 2), [x, y] in pixels."""

_LEAST_SLOPE = 0.18  # columns a row: a linear probe's sides stand upright
_FEWEST_ROWS = 12
_EDGE = 0.5  # of the grain that is usual inside
_ARC_POINTS = 24
_STRIPS, _LIT, _DEEP = 8, 0.4, 0.05  # of an arc's length: of the first that is tissue, and the last
_RUN = 3


@dataclass(frozen=True, slots=True)
class Sector:
    """`apex` [x, y], where the sides meet; radii in pixels, angles from straight down, radians."""

    apex: tuple[float, float]
    near: float
    far: float
    left: float
    right: float

    def outline(self) -> Outline:
        """Once round, beginning at the upper left corner."""
        upper = np.linspace(self.left, self.right, _ARC_POINTS)
        angles = np.concatenate((upper, upper[::-1]))
        radii = np.repeat((self.near, self.far), _ARC_POINTS)
        x, y = self.apex
        points = np.stack((x + radii * np.sin(angles), y + radii * np.cos(angles)), axis=1)
        return points.astype(np.float32)


def sector_of(seen: TissueMap, region: Mask, box: Box) -> Sector | None:
    """The sector that a region of grain fills; None where its sides are not those of one."""
    near = cv2.dilate(region.astype(np.uint8), np.ones((9, 9), np.uint8))
    steps = cv2.blur(np.maximum(seen.down, seen.along).astype(np.float32), (5, 5))
    dense = ((steps >= _EDGE * np.median(steps[region])) & (near > 0)).astype(np.uint8)
    # The mean of 5 x 5 pixels reaches 2 pixels beyond the edge.
    tissue = np.asarray(cv2.erode(dense, np.ones((5, 5), np.uint8)) > 0)
    rows = np.flatnonzero(tissue.any(axis=1))
    if len(rows) < _FEWEST_ROWS:
        return None
    left = np.argmax(tissue[rows], axis=1)
    right = tissue.shape[1] - 1 - np.argmax(tissue[rows][:, ::-1], axis=1)
    widest = int(np.argmax(right - left >= 0.96 * np.max(right - left)))
    if widest < max(_FEWEST_ROWS, 0.3 * box.height):
        return None
    upper = np.s_[: widest + 1]
    sides = [_side(rows[upper], edge[upper]) for edge in (left, right)]
    (left_slope, left_at), (right_slope, right_at) = sides
    if left_slope > -_LEAST_SLOPE or right_slope < _LEAST_SLOPE:
        return None
    y = (right_at - left_at) / (left_slope - right_slope)
    apex = left_slope * y + left_at, y
    return _between(
        tissue, seen.grain(GRAIN), apex, float(np.arctan(left_slope)), float(np.arctan(right_slope))
    )


def _side(rows: NDArray[np.int64], edge: NDArray[np.int64]) -> tuple[float, float]:
    """(slope, column at row 0), of the rows that agree: marks at the side and shadows do not."""
    kept = np.ones(len(rows), np.bool_)
    for limit in (np.inf, 8.0, 4.0, 2.0):
        slope, at = np.polyfit(rows[kept], edge[kept], 1)
        off = np.abs(slope * rows + at - edge)
        kept = off <= max(limit, float(np.median(off)))
    return float(slope), float(at)


def _between(
    tissue: Mask, grain: Mask, apex: tuple[float, float], left: float, right: float
) -> Sector | None:
    y, x = np.mgrid[: tissue.shape[0], : tissue.shape[1]].astype(np.float32)
    x, y = x - apex[0], y - apex[1]
    share = (np.arctan2(x, y) - left) / (right - left)
    wedge = (y > 0) & (share >= 0) & (share < 1)
    radius = np.hypot(x, y)[wedge].astype(np.int64)
    strip = (share[wedge] * _STRIPS).astype(np.int64)
    bins = int(radius.max()) + 1
    size = np.maximum(np.bincount(strip * bins + radius, minlength=_STRIPS * bins), 1)

    def lit(of: Mask) -> NDArray[np.float64]:
        counts = np.bincount(strip * bins + radius, of[wedge], _STRIPS * bins)
        return np.asarray(np.median((counts / size).reshape(_STRIPS, bins), axis=0), np.float64)

    bright = np.flatnonzero(lit(tissue) >= _LIT)
    if not len(bright):
        return None
    near, far = int(bright[0]), int(bright[-1])
    deep = lit(grain) >= _DEEP
    while deep[far : far + _RUN].any():
        far += 1
    return Sector(apex, float(near), float(far), left, right)
