"""Where a screen has grain, and where it moves: what tells tissue from all that is drawn round it.

Speckle differs from pixel to pixel everywhere; menus, bars and ground do not. Differences down a
column and along a row are kept apart: a vertical edge of the picture has none down the column
next to it, so that the edge is found to the pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.screen.screen_text import Box
from senoscope.domain.frame import Gray

Mask = NDArray[np.bool_]

CELL = 8
"""Pixels a side of the cells in which tissue is first looked for."""

GRAIN, STEEP = 2, 8
"""Grey values between neighbours: of the faintest speckle, and from where on it does not count that
one is larger, as the ticks of a ruler are."""

_ALIVE = 6  # grey values between the pictures of an exam
_DENSE = 0.35  # of a cell
_OPENED = 5  # cells: narrower things, such as lines of text and grey bars, are no tissue
_PAD = 2  # pixels round a line of text: the edges of its letters
_SMALLEST = 0.015  # of the screen
_MOVES = 0.25  # of the grainy area: with less the exam stands still


@dataclass(frozen=True)
class TissueMap:
    """(rows, columns) each, of one or more pictures of one screen.

    `down` and `along`: the step to the next pixel, the largest of the pictures, at most STEEP.
    `alive`: another grey in another picture; None where too little moves to tell.
    """

    down: Gray
    along: Gray
    alive: Mask | None

    def grain(self, step: int = GRAIN) -> Mask:
        """Where either step is as large."""
        return np.asarray(np.maximum(self.down, self.along) >= step)


def tissue_map(pictures: Sequence[Gray], written: Sequence[Box]) -> TissueMap:
    """Of pictures of one size; what is `written` counts as ground."""
    down, along = np.zeros_like(pictures[0]), np.zeros_like(pictures[0])
    for each in pictures:
        down[:-1] = np.maximum(down[:-1], cv2.absdiff(each[1:], each[:-1]))
        along[:, :-1] = np.maximum(along[:, :-1], cv2.absdiff(each[:, 1:], each[:, :-1]))
    spread = cv2.subtract(reduce(np.maximum, pictures), reduce(np.minimum, pictures))
    for box in written:
        place = np.s_[
            max(0, box.top - _PAD) : box.bottom + _PAD, max(0, box.left - _PAD) : box.right + _PAD
        ]
        for of in (down, along, spread):
            of[place] = 0
    alive = np.asarray(spread >= _ALIVE)
    seen = TissueMap(np.minimum(down, STEEP), np.minimum(along, STEEP), alive)
    moves = _dense(alive).sum() >= _MOVES * _dense(seen.grain()).sum() and len(pictures) > 1
    return seen if moves else replace(seen, alive=None)


def regions(seen: TissueMap) -> list[tuple[Box, Mask]]:
    """Grainy regions in pixels, whole cells, the largest first; what moves before what does not.

    The mask is of the whole screen.
    """
    cells = _dense(seen.grain())
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cells.astype(np.uint8))
    order: list[tuple[float, Box, Mask]] = []
    moving = None if seen.alive is None else _dense(seen.alive)
    for label in range(1, count):
        left, top, width, height, area = (int(each) for each in stats[label])
        if area < _SMALLEST * cells.size:
            continue
        of = labels == label
        weight = float(area) if moving is None else float((of & moving).sum())
        box = Box(left * CELL, top * CELL, (left + width) * CELL, (top + height) * CELL)
        order.append((weight, box, _pixels(of, seen.down.shape)))
    order.sort(key=lambda each: -each[0])
    return [(box, mask) for _, box, mask in order]


def _dense(of: Mask) -> Mask:
    """(rows // CELL, columns // CELL), specks and thin things gone."""
    rows, columns = (side // CELL for side in of.shape)
    whole = of[: rows * CELL, : columns * CELL].astype(np.float32)
    shares = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    cells = (shares >= _DENSE).astype(np.uint8)
    # A line of text over tissue, or a cyst, is no reason to fall apart.
    cells = np.asarray(cv2.morphologyEx(cells, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    opened = cv2.morphologyEx(cells, cv2.MORPH_OPEN, np.ones((_OPENED, _OPENED), np.uint8))
    return np.asarray(opened, np.bool_)


def _pixels(cells: Mask, shape: tuple[int, ...]) -> Mask:
    whole = np.zeros(shape, np.bool_)
    large = np.kron(cells, np.ones((CELL, CELL), np.bool_))
    whole[: large.shape[0], : large.shape[1]] = large
    return whole
