"""Outlines of one lesion on frames that follow each other: how far they overlap, and their mean."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

GRID = 96
"""Cells a side on which two outlines are compared: a hundredth of what they span."""
FINE = 2
"""The mean is drawn on so many times finer cells, so that its steps stay below what an eye sees."""
ROUND = 0.1
"""Of the span, left free around."""

Contour = NDArray[np.float32]
Map = NDArray[np.float32]


def overlap(first: Contour, second: Contour) -> float:
    """Intersection over union of two filled (n, 2) contours, in 0..1."""
    if _apart(first, second):
        return 0.0
    grid = _Grid.round(first, second)
    inside, other = grid.filled(first) > 0, grid.filled(second) > 0
    either = int(np.count_nonzero(inside | other))
    return int(np.count_nonzero(inside & other)) / max(either, 1)


def mean_outline(before: Contour, now: Contour, share: float) -> tuple[Contour, float]:
    """The outline between two, and its area in square pixels; `share` in 0..1 is that of `now`.

    Where the mean of the signed distances from both edges is 0, so a shape grows and shrinks
    between them. `now` itself where nothing is left in between.
    """
    grid = _Grid.round(before, now)
    distance = (1 - share) * grid.distance(before) + share * grid.distance(now)
    fine = cv2.resize(distance, (GRID * FINE, GRID * FINE), interpolation=cv2.INTER_LINEAR)
    found, _ = cv2.findContours(
        (fine > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    cells = max(found, key=cv2.contourArea, default=None)
    cell_area = 0.0 if cells is None else cv2.contourArea(cells)
    if cells is None or cell_area == 0:
        return now, float(cv2.contourArea(now))
    points = cv2.approxPolyDP(cells, 0.5, True)[:, 0].astype(np.float32)
    if len(points) < 3:
        return now, float(cv2.contourArea(now))
    return grid.unfold(points), float(cell_area * (grid.cell / FINE) ** 2)


def _apart(first: Contour, second: Contour) -> bool:
    highest, lowest = first.max(axis=0), first.min(axis=0)
    return bool((second.min(axis=0) > highest).any() or (second.max(axis=0) < lowest).any())


class _Grid(NamedTuple):
    """GRID x GRID square cells of `cell` pixels; `corner` [x, y] is the first one's middle."""

    corner: NDArray[np.float32]
    cell: float

    @classmethod
    def round(cls, first: Contour, second: Contour) -> _Grid:
        points = np.concatenate([first, second])
        lowest, highest = points.min(axis=0), points.max(axis=0)
        span = float((highest - lowest).max()) * (1 + 2 * ROUND) + 2
        middle = (lowest + highest) / 2
        return cls((middle - span / 2).astype(np.float32), span / (GRID - 1))

    def filled(self, contour: Contour) -> NDArray[np.uint8]:
        """1 inside or on the contour."""
        mask = np.zeros((GRID, GRID), np.uint8)
        cells = np.rint((contour - self.corner) / self.cell).astype(np.int32)
        cv2.fillPoly(mask, [cells], (1,))
        return mask

    def distance(self, contour: Contour) -> Map:
        """In cells from the edge, above 0 inside."""
        mask = self.filled(contour)
        inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
        outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 3)
        return np.asarray(inside - outside + (0.5 - mask), np.float32)

    def unfold(self, fine: Contour) -> Contour:
        """Points of the finer cells as frame pixels, pixel centres at integers."""
        cells = (fine + 0.5) / FINE - 0.5
        return np.asarray(cells * np.float32(self.cell) + self.corner, np.float32)
