"""The pectoral muscle of an oblique view: a bright wedge in the upper corner at the chest wall.

A straight edge first (Karssemeijer, Phys Med Biol 1998, who takes it from a Hough transform), then
the path of steepest fall near it, by dynamic programming. How steep is judged against the
picture's own unevenness, so that a faint long edge counts as much as a bright one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.periphery import evened

WORKING_ROWS = 256
"""Rows of breast in the picture in which the edge is sought."""
LEAST_EVIDENCE = 0.40
"""Of a straight edge, where the view is not known."""
LEAST_TAIL = 0.35
"""Of the breast's depth, how far its uppermost rows reach in an oblique view: its axillary tail.
Craniocaudal views, which end in a point there, have 0.02 to 0.3."""
LEAST_OBLIQUE = 0.22
"""Where the view is known to be oblique and muscle is expected."""
_OFFSETS_PX = (3.0, 7.0)
"""To either side of an edge, where grey is compared."""
_SAMPLES = 48
_GLAND_ROW = 0.6
"""Of the rows: so far down the muscle must have left most of the breast to the gland."""
_BAND = 0.06
"""How far the edge may bow from straight, of the rows."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StraightEdge:
    """From (`top`, 0) to (0, `bottom`), in pixels of the breast scaled to WORKING_ROWS.

    `evidence`: 0..1, how much of it and how surely grey falls outwards across it.
    `fall`: by how much, of the range of grey within the breast.
    """

    top: float
    bottom: float
    evidence: float
    fall: float


def pectoral_mask(pixels: Grey, breast: Mask, is_oblique: bool | None = None) -> Mask | None:
    """Of a hung picture; same shape. None where no edge is long and steep enough.

    `is_oblique`: of the view; None where it is not known, and the picture must decide alone.
    """
    if is_oblique is False:
        return None
    rows = np.nonzero(breast.any(axis=1))[0]
    seen = slice(int(rows[0]), int(rows[-1]) + 1)
    if is_oblique is None and _tail(breast[seen]) < LEAST_TAIL:
        return None
    scale = WORKING_ROWS / (seen.stop - seen.start)
    size = max(16, round(pixels.shape[1] * scale)), WORKING_ROWS
    small = np.asarray(cv2.resize(pixels[seen], size, interpolation=cv2.INTER_AREA), np.float32)
    inside = cv2.resize(breast[seen].astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    small = np.asarray(cv2.GaussianBlur(evened(small, inside), (0, 0), 1.5), np.float32)
    line = straight_edge(small, inside)
    least = LEAST_OBLIQUE if is_oblique else LEAST_EVIDENCE
    if line is None or line.evidence < least:
        return None
    edge = _bowed(small, inside, line)
    corner = np.zeros(small.shape, np.uint8)
    polygon = np.vstack([[[-2, -2]], edge, [[-2, edge[-1, 1]]]])
    cv2.fillPoly(corner, [np.round(polygon).astype(np.int32)], 1)
    mask = np.zeros(pixels.shape, bool)
    back = pixels.shape[1], seen.stop - seen.start
    mask[seen] = cv2.resize(corner.astype(np.float32), back, interpolation=cv2.INTER_LINEAR) > 0.5
    return mask & breast


def _tail(breast: Mask) -> float:
    """How far the uppermost rows reach, of the greatest reach."""
    reach = breast.sum(axis=1)
    return float(np.median(reach[: max(1, len(reach) // 25)]) / np.percentile(reach, 98))


def straight_edge(small: Grey, inside: Mask) -> StraightEdge | None:
    """Among lines that cut off the corner, that across which grey falls most surely."""
    deep = float(np.max(np.nonzero(inside.any(axis=0))[0], initial=0))
    tail = float(np.max(np.nonzero(inside[: WORKING_ROWS // 16].any(axis=0))[0], initial=0))
    tops, bottoms = np.meshgrid(
        np.arange(12, 1.5 * tail + 13, 3.0), np.arange(50, 1.5 * WORKING_ROWS, 5.0), indexing="ij"
    )
    slant = tops / bottoms
    at_gland = tops - slant * _GLAND_ROW * WORKING_ROWS
    fits = (slant > 0.14) & (slant < 1.5) & (at_gland < 0.45 * deep)
    top, bottom = tops[fits].astype(np.float32), bottoms[fits].astype(np.float32)
    if not len(top):
        return None
    share = (np.arange(_SAMPLES, dtype=np.float32) + 0.5) / _SAMPLES
    length = np.hypot(top, bottom)
    x, y = top[:, None] * (1 - share), bottom[:, None] * share
    normal = (bottom / length)[:, None], (top / length)[:, None]
    seen = (y < WORKING_ROWS) & _inside(inside, x, y, normal)
    falls = _fall(small, x, y, normal)
    spread = float(np.median(np.abs(falls[seen]))) + 1e-6 if seen.any() else 1.0
    sure = np.tanh(falls / (2 * spread)) * seen
    count = seen.sum(axis=1)
    # Of a long edge each piece counts less: all that matters is that it goes on.
    visible = count / _SAMPLES * length / WORKING_ROWS
    evidence = sure.sum(axis=1) / np.maximum(count, 1) * np.minimum(1, visible / 0.5)
    evidence[(count < _SAMPLES // 5) | (visible < 0.2)] = 0
    best = int(np.argmax(evidence))
    low, high = np.percentile(small[inside], [5, 95])
    fall = float(np.median(falls[best][seen[best]])) if seen[best].any() else 0.0
    fall /= float(high - low) + 1e-6
    return StraightEdge(float(top[best]), float(bottom[best]), float(evidence[best]), fall)


def _fall(small: Grey, x: Floats, y: Floats, normal: tuple[Floats, Floats]) -> Floats:
    """How much brighter it is towards the corner than away from it, at each place."""
    total = np.zeros(x.shape, np.float32)
    for offset in _OFFSETS_PX:
        total += _at(small, x - offset * normal[0], y - offset * normal[1])
        total -= _at(small, x + offset * normal[0], y + offset * normal[1])
    return np.asarray(total / len(_OFFSETS_PX), np.float32)


def _inside(inside: Mask, x: Floats, y: Floats, normal: tuple[Floats, Floats]) -> Mask:
    """Whether the breast goes on some way beyond the edge: its skin is no muscle's edge."""
    beyond = _OFFSETS_PX[-1] + 3
    there = _at(inside.astype(np.float32), x + beyond * normal[0], y + beyond * normal[1])
    return np.asarray((there > 0.5) & (x >= 2))


def _at(picture: Grey, x: Floats, y: Floats) -> Floats:
    x32, y32 = x.astype(np.float32), y.astype(np.float32)
    sampled = cv2.remap(picture, x32, y32, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, np.float32)


def _bowed(small: Grey, inside: Mask, line: StraightEdge) -> NDArray[np.float64]:
    """(n, 2) [x, y] from the upper edge to the chest wall: the best path within a band."""
    length = float(np.hypot(line.top, line.bottom))
    normal = np.array([line.bottom, line.top]) / length
    count = int(length)
    share = (np.arange(count) + 0.5)[:, None] / count
    along = np.array([line.top, 0]) * (1 - share) + np.array([0, line.bottom]) * share
    reach = int(_BAND * WORKING_ROWS)
    offsets = np.arange(-reach, reach + 1)
    places = (along[:, None, :] + offsets[None, :, None] * normal).astype(np.float32)
    x, y = places[..., 0], places[..., 1]
    across = np.float32(normal[0]), np.float32(normal[1])
    steps = np.full(x.shape, across[0]), np.full(x.shape, across[1])
    falls = _fall(small, x, y, steps) * (_inside(inside, x, y, steps) & (y < WORKING_ROWS))
    cost = -falls / (falls.std() + 1e-6) + 0.3 * np.square(offsets / max(1, reach))
    chosen = offsets[_cheapest(cost)].astype(np.float32)
    smooth = cv2.GaussianBlur(chosen[:, None], (1, 0), 0, sigmaY=5).ravel()
    path = along + smooth[:, None] * normal
    # On to the edges of the picture, as straight as it came.
    slope = np.array([line.top, -line.bottom]) / length
    return np.vstack([path[0] + 40 * slope, path, path[-1] - 40 * slope])


def _cheapest(cost: NDArray[np.floating]) -> NDArray[np.intp]:
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
