"""The edges of a linear probe's picture, to the pixel; its two halves; and what is cut off it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senoscope.calibration.screen.screen_text import Box
from senoscope.calibration.screen.tissue_map import CELL, GRAIN, Mask, TissueMap

MOST_CUT = 0.35
"""Of the tissue's area. Where writing costs more there is no field to be had."""

_EDGE = 0.5  # of what is usual inside: columns, and rows near the probe
_STRIPS, _DEEP = 8, 0.1  # of a strip's columns: rows far from it hold little but noise, all along
_RUN = 3  # columns or rows in a row that must be tissue to be an edge
_BESIDE = (2.0, 0.4)  # heights of a line of text that are cut with it: letters not recognised
_ALIVE, _HALF = 0.4, 0.62
_MIDDLE = (0.35, 0.65)
_GUTTER, _SEAM = 0.3, 2.5


def rectangle(seen: TissueMap, box: Box) -> Box:
    """The tissue of which `box` is whole cells."""
    # Medians: the ticks of a ruler and the letters of a line cover less than half of a side.
    busy = seen.along[box.top : box.bottom, box.left : box.right].mean(axis=1)
    busy_rows = box.top + np.flatnonzero(busy >= np.median(busy))
    columns = np.median(seen.down[busy_rows], axis=0)
    left, right = _ends(columns >= _EDGE * np.median(columns[box.left : box.right]), *box[::2])
    rows = np.median(seen.along[:, left:right], axis=1)
    top, _ = _ends(rows >= max(1.0, _EDGE * np.median(rows[busy_rows])), *box[1::2])
    strips = np.array_split(seen.along[:, left:right] >= GRAIN, _STRIPS, axis=1)
    deep = np.median([strip.mean(axis=1) for strip in strips], axis=0) >= _DEEP
    bottom = box.bottom - 2 * CELL
    while deep[bottom : bottom + _RUN].any():
        bottom += 1
    return Box(left, top, right, bottom)


def _ends(tissue: Mask, first: int, last: int) -> tuple[int, int]:
    """The first and one past the last of a run, looked for from a cell outside inwards."""
    start, stop = max(0, first - CELL), min(len(tissue), last + CELL)
    for low in range(start, stop):
        if tissue[low : low + _RUN].all():
            break
    for high in range(stop, low, -1):
        if tissue[high - _RUN : high].all():
            break
    return low, high


def half_that_moves(seen: TissueMap, box: Box) -> Box | None:
    """The half of `box` in which anything moves; None where all of it does, or nothing is known."""
    if seen.alive is None:
        return None
    shares = seen.alive[box.top : box.bottom, box.left : box.right].mean(axis=0)
    moving = np.flatnonzero(shares >= _ALIVE * float(np.percentile(shares, 80)))
    if not len(moving) or len(moving) > _HALF * len(shares):
        return None
    runs = np.split(moving, np.flatnonzero(np.diff(moving) > CELL) + 1)
    longest = max(runs, key=len)
    return box._replace(left=box.left + int(longest[0]), right=box.left + int(longest[-1]) + 1)


def has_two_halves(seen: TissueMap, box: Box) -> bool:
    """Whether a gutter or a seam runs down the middle."""
    down, along = (
        of[box.top : box.bottom, box.left : box.right].mean(axis=0)
        for of in (seen.down, seen.along)
    )
    first, last = (round(share * len(down)) for share in _MIDDLE)
    gutter = down[first:last] < _GUTTER * np.median(down)
    seam = along[first:last] > _SEAM * np.median(along)
    return bool(gutter.any() or seam.any())


def cut_free(inside: Mask, area: Box, written: Sequence[Box]) -> Box | None:
    """What is left of `area` without any line that reaches into it; None where too little is.

    `inside` is the tissue on the whole screen. The side is cut off that costs the least of it.
    """
    whole = int(inside[area.top : area.bottom, area.left : area.right].sum())
    for line in sorted(written, key=lambda box: box.top):
        if not _tissue(inside, _common(area, line)):
            continue
        beside, above = (round(share * line.height) for share in _BESIDE)
        choices = (
            area._replace(top=line.bottom + above),
            area._replace(bottom=line.top - above),
            area._replace(left=line.right + beside),
            area._replace(right=line.left - beside),
        )
        area = max(choices, key=lambda box: _tissue(inside, box))
        if _tissue(inside, area) < (1 - MOST_CUT) * whole:
            return None
    return area


def _common(one: Box, other: Box) -> Box:
    return Box(
        max(one.left, other.left),
        max(one.top, other.top),
        min(one.right, other.right),
        min(one.bottom, other.bottom),
    )


def _tissue(inside: Mask, box: Box) -> int:
    if box.right <= box.left or box.bottom <= box.top:
        return 0
    return int(inside[box.top : box.bottom, box.left : box.right].sum())
