"""The pectoral muscle of an oblique view: a bright wedge in the upper corner at the chest wall.

A straight edge first (Karssemeijer, Phys Med Biol 1998, who takes it from a Hough transform), then
the path of steepest fall near it, by dynamic programming.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey, Mask

WORKING_ROWS = 256
"""Rows of the picture in which the edge is sought."""
_LEAST_FALL = 1.1
"""In spreads of the fall over the breast, along the whole edge: less is no muscle."""
_BAND = 0.05
"""How far the edge may bow from straight, of the rows."""


@dataclass(frozen=True, slots=True)
class _Line:
    """From (`top`, 0) to (0, `bottom`) in working pixels, and the mean fall of grey across it."""

    top: float
    bottom: float
    fall: float


def pectoral_mask(pixels: Grey, breast: Mask) -> Mask | None:
    """Of a hung picture; same shape. None where no edge is long and steep enough."""
    scale = WORKING_ROWS / pixels.shape[0]
    size = max(16, round(pixels.shape[1] * scale)), WORKING_ROWS
    small = cv2.GaussianBlur(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), (0, 0), 2.0)
    inside = cv2.resize(breast.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    inner = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1) > 0
    if not inner[0].any():  # the breast does not reach the upper edge: no oblique view
        return None
    line = _steepest_line(small, inner)
    if line is None:
        return None
    edge = _bowed(small, inner, line)
    mask = np.zeros(small.shape, np.uint8)
    polygon = np.vstack([[[-2, -2]], edge, [[-2, edge[-1, 1]]]])
    cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
    full = cv2.resize(mask.astype(np.float32), pixels.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray((full > 0.5) & breast)


def _steepest_line(small: Grey, inner: Mask) -> _Line | None:
    """Among lines that cut off the corner, where grey falls most from the corner outwards."""
    across = -cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=3) / 8
    down = -cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=3) / 8
    # Of each pixel against its neighbours, so that one bright vessel is not a whole edge.
    spread = float(np.std(np.hypot(across, down)[inner])) + 1e-6
    width = float(np.max(np.nonzero(inner[: WORKING_ROWS // 12].any(axis=0))[0], initial=0))
    best: _Line | None = None
    for top in np.arange(8, width, 2.0):
        for bottom in np.arange(max(0.25 * WORKING_ROWS, 0.9 * top), 1.25 * WORKING_ROWS, 4.0):
            fall = _fall(across, down, inner, top, bottom) / spread
            if best is None or fall > best.fall:
                best = _Line(float(top), float(bottom), fall)
    return best if best is not None and best.fall >= _LEAST_FALL else None


def _fall(across: Grey, down: Grey, inner: Mask, top: float, bottom: float) -> float:
    """Mean fall at right angles to the line, over its part in the picture; long ones count more."""
    count = 64
    share = (np.arange(count) + 0.5) / count
    x, y = top * (1 - share), bottom * share
    seen = y < WORKING_ROWS - 1
    xs, ys = np.round(x[seen]).astype(int), np.round(y[seen]).astype(int)
    ok = inner[ys, xs]
    if ok.mean() < 0.85:
        return 0.0
    length = float(np.hypot(top, bottom))
    normal = bottom / length, top / length
    falls = across[ys, xs] * normal[0] + down[ys, xs] * normal[1]
    # A cap, so that a short steep piece does not stand for the rest.
    capped = np.clip(falls, -0.5, np.percentile(falls, 75))
    return float(np.mean(capped * ok)) * (length / WORKING_ROWS) ** 0.5


def _bowed(small: Grey, inner: Mask, line: _Line) -> NDArray[np.float64]:
    """(n, 2) [x, y] from the upper edge to the chest wall: the best path within a band."""
    length = np.hypot(line.top, line.bottom)
    normal = np.array([line.bottom, line.top]) / length
    count = int(length)
    share = (np.arange(count) + 0.5)[:, None] / count
    along = np.array([line.top, 0]) * (1 - share) + np.array([0, line.bottom]) * share
    reach = int(_BAND * WORKING_ROWS)
    offsets = np.arange(-reach, reach + 1)
    places = along[:, None, :] + offsets[None, :, None] * normal
    sampled = cv2.remap(
        small,
        places[..., 0].astype(np.float32),
        places[..., 1].astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    falls = -np.gradient(sampled, axis=1)
    cost = -falls / (falls.std() + 1e-6) + 0.15 * np.square(offsets / max(1, reach))
    chosen = offsets[_cheapest(cost)]
    smooth = cv2.GaussianBlur(chosen.astype(np.float32)[:, None], (1, 0), 0, sigmaY=4).ravel()
    path = along + smooth[:, None] * normal
    keep = path[:, 0] >= 0
    last = path[keep][-1] if keep.any() else path[-1]
    edge = np.vstack([[path[0, 0] + (path[0, 1]) * line.top / line.bottom, -2], path[keep]])
    return np.vstack([edge, [-2, min(last[1] + 2 * line.bottom / line.top, small.shape[0] + 2)]])


def _cheapest(cost: NDArray[np.float64]) -> NDArray[np.intp]:
    """The column in each row of the path down of least cost, one column aside a row at most."""
    total = cost.copy()
    came = np.zeros(cost.shape, np.intp)
    columns = np.arange(cost.shape[1])
    for row in range(1, len(cost)):
        before = np.pad(total[row - 1], 1, constant_values=np.inf)
        options = np.stack([before[:-2] + 0.2, before[1:-1], before[2:] + 0.2])
        step = np.argmin(options, axis=0)
        came[row] = np.clip(columns + step - 1, 0, cost.shape[1] - 1)
        total[row] += options[step, columns]
    path = np.empty(len(cost), np.intp)
    path[-1] = int(np.argmin(total[-1]))
    for row in range(len(cost) - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path
