"""Where the tissue has moved to since the frame before, by optical flow on a reduced picture."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

LONG_SIDE = 192
"""Pixels, at least, of the reduced picture. About a millimetre every four: speckle is averaged."""
POINTS_A_SIDE = 4
LEAST_FOUND = 4
"""Of the 16 points. With fewer, the tissue is held to stand still."""
WINDOW, LEVELS, STEPS = (15, 15), 2, 8
STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, STEPS, 0.05)
Box = tuple[float, float, float, float]


def motions(before: Gray, now: Gray, boxes: Sequence[Box], scale: int) -> list[NDArray[np.float64]]:
    """[x, y] that what was in each box has moved, in frame pixels: the median of its points.

    `before` and `now` are `reduced` by `scale`, of one size. `boxes` are (left, top, right, bottom)
    in frame pixels. By Lucas and Kanade (1981), in pyramids after Bouguet (2001).
    """
    if not boxes:
        return []
    points = np.concatenate([_grid(box, scale) for box in boxes]).astype(np.float32)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, points[:, None], np.empty_like(points), None, None, WINDOW, LEVELS, STOP
    )
    steps = np.reshape(np.asarray(moved, np.float64), points.shape) - points
    each = len(boxes), POINTS_A_SIDE**2
    kept = np.reshape(found, each) == 1
    return [
        np.median(own[good], axis=0) * scale
        if np.count_nonzero(good) >= LEAST_FOUND
        else np.zeros(2)
        for own, good in zip(steps.reshape(*each, 2), kept, strict=True)
    ]


def _grid(box: Box, scale: int) -> NDArray[np.float64]:
    left, top, right, bottom = box
    across, down = (
        np.linspace(first, last, POINTS_A_SIDE) / scale
        for first, last in ((left, right), (top, bottom))
    )
    return np.stack(np.meshgrid(across, down), -1).reshape(-1, 2)


def reduced(pixels: Gray) -> tuple[Gray, int]:
    """A (rows, columns) frame by a whole `scale`, which is fast; an edge narrower than it goes."""
    scale = max(max(pixels.shape) // LONG_SIDE, 1)
    rows, columns = (side // scale for side in pixels.shape)
    whole = pixels[: rows * scale, : columns * scale]
    return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)), scale
