"""Which pixels of a mammogram are breast, and at which edge of the picture its chest wall lies.

Made for digital pictures and for digitised film, whose air is grey and uneven, whose frame may be
white and whose skin is hardly brighter than the air.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError

Grey = NDArray[np.float32]
Mask = NDArray[np.bool_]

WORKING_PX = 512
"""Longest side of the picture on which the outline is found: a breast's edge is smooth."""
_FLAT = 0.04
"""Between air and tissue at least, of the picture's whole range."""
_AS_DARK = 0.06
"""Of the picture's range, how much brighter air is in one place than in another."""
_CLEARER = 1.25
"""How much longer than along another edge a breast must lie along its chest wall."""
_NO_AIR = (
    "No breast stands out from the air in this mammogram: it may be blank, inverted or wholly "
    "exposed. Give the image as it was stored."
)


class Edge(IntEnum):
    """Of a picture as it is stored."""

    LEFT = 0
    TOP = 1
    RIGHT = 2
    BOTTOM = 3


@dataclass(frozen=True, slots=True)
class ChestWall:
    """`edge` of the picture, and how many pixels of padding or frame lie behind the wall there."""

    edge: Edge
    behind_px: int


def chest_wall(pixels: Grey) -> Edge | None:
    """The edge at which the breast lies: that along which most of it is straight.

    `pixels` is (rows, columns) in 0..1, air dark. None where no edge stands out.
    """
    found = find_chest_wall(pixels)
    return None if found is None else found.edge


def find_chest_wall(pixels: Grey) -> ChestWall | None:
    """As `chest_wall`; film that was padded after it was cut has its wall inside the picture."""
    small = _small(pixels)
    patch = _patch(small)
    if patch is None:
        return None
    straight, gaps = zip(*(_straight(np.rot90(patch, turns)) for turns in range(4)), strict=True)
    # np.rot90 brings each edge of Edge to the top in turn: TOP, RIGHT, BOTTOM, LEFT.
    order = (Edge.TOP, Edge.RIGHT, Edge.BOTTOM, Edge.LEFT)
    along = dict(zip(order, straight, strict=True))
    behind = dict(zip(order, gaps, strict=True))
    # An oblique view lies along the upper edge as well, but never nearly as long.
    pairs = (Edge.LEFT, Edge.RIGHT), (Edge.TOP, Edge.BOTTOM)
    sides, ends = (sorted(pair, key=lambda edge: -along[edge]) for pair in pairs)
    best, other = ends if along[ends[0]] > _CLEARER * along[sides[0]] else sides
    if along[best] <= _CLEARER * along[other]:
        return None
    return ChestWall(best, round(behind[best] * max(pixels.shape) / WORKING_PX))


def breast_mask(pixels: Grey) -> Mask:
    """Of a picture hung with its chest wall at column 0, all breast and muscle; same shape.

    Labels, borders and lines of light are left out, also where they touch the breast, and holes
    are filled. ImageError where nothing in the picture stands out from the air.
    """
    small = _small(pixels)
    patch = _patch(small)
    if patch is None:
        raise ImageError(_NO_AIR)
    smooth = _without_tabs(patch)
    rows, columns = pixels.shape
    grown = cv2.resize(smooth.astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown > 0.5)


def _small(pixels: Grey) -> Grey:
    scale = WORKING_PX / max(pixels.shape)
    size = max(16, round(pixels.shape[1] * scale)), max(16, round(pixels.shape[0] * scale))
    shrunk = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.medianBlur(shrunk, 5), np.float32)


def _straight(patch: Mask) -> tuple[int, int]:
    """Of the side that is uppermost: how many columns begin at the first row, and that row."""
    is_there = patch.any(axis=0)
    first = np.argmax(patch, axis=0)[is_there]
    top = int(np.percentile(first, 2))  # a corner may stick out
    near = max(2.0, 0.02 * float(patch.any(axis=1).sum()))
    return int((first <= top + near).sum()), top if top > near else 0


def _patch(small: Grey) -> Mask | None:
    """The largest piece brighter than air; None where there is none."""
    inner = _field(small)
    seen = small[inner]
    if min(seen.shape) < 16:
        return None
    bright = _brighter_than_air(seen)
    if bright is None:
        return None
    opened = cv2.morphologyEx(bright.astype(np.uint8), cv2.MORPH_OPEN, _disc(7))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if not len(areas) or areas.max() < 0.03 * seen.size:
        return None
    piece = (labels == 1 + int(np.argmax(areas))).astype(np.uint8)
    # Closed as if the breast went on beyond the edges, or corners would be rounded.
    wide = cv2.copyMakeBorder(piece, 9, 9, 9, 9, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, _disc(9))[9:-9, 9:-9]
    patch = np.zeros(small.shape, bool)
    patch[inner] = _filled(np.ascontiguousarray(closed))
    return patch


def _field(small: Grey) -> tuple[slice, slice]:
    """Without lines at the edges that are all one grey (padding) or nearly all white (frames)."""
    white = small.min() + 0.93 * float(np.ptp(small))
    flat = 0.004 * float(np.ptp(small))
    bounds = [0, small.shape[0], 0, small.shape[1]]
    most = [small.shape[0] // 6, small.shape[1] // 6]
    has_changed = True
    while has_changed and min(bounds[1] - bounds[0], bounds[3] - bounds[2]) > 16:
        has_changed = False
        for side in range(4):
            seen = small[bounds[0] : bounds[1], bounds[2] : bounds[3]]
            line = (seen[0], seen[-1], seen[:, 0], seen[:, -1])[side]
            gone = min(abs(bounds[side] - (0, small.shape[0], 0, small.shape[1])[side]), 10**6)
            is_padding = float(np.ptp(line)) <= flat
            is_frame = gone < most[side // 2] and float(np.mean(line >= white)) > 0.7
            if is_padding or is_frame:
                bounds[side] += 1 if side % 2 == 0 else -1
                has_changed = True
    return slice(bounds[0], bounds[1]), slice(bounds[2], bounds[3])


def _brighter_than_air(seen: Grey) -> Mask | None:
    """By the air that lies around the breast, which may be uneven and noisy.

    Air is what is dark (Otsu, IEEE Trans SMC 1979) along the edges of the picture.
    """
    low, high = float(seen.min()), float(np.percentile(seen, 99.5))
    if high - low < _FLAT:
        return None
    levels = np.clip((seen - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    parting, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    air = _air(seen, levels, parting)
    if air is None:
        return None
    off = seen - _plane(seen, air)
    # Half of air is darker than its middle; brighter is also skin, so only the dark half tells.
    middle = float(np.median(off[air]))
    below = middle - off[air & (off < middle)]
    noise = float(np.sqrt(np.mean(np.square(below)))) if len(below) else 0.0
    usual = float(np.percentile(off[air], 98))
    limit = max(middle + 3.0 * noise, usual, middle + 0.01 * (high - low)) + 0.01 * (high - low)
    return np.asarray(off > min(limit, middle + parting / 255 * (high - low)))


def _air(seen: Grey, levels: NDArray[np.uint8], parting: float) -> Mask | None:
    """Samples of it: the edge across from the brightest, and what is as dark along the others."""
    wide = max(3, round(0.03 * max(seen.shape)))
    edges = np.zeros((4, *seen.shape), bool)
    edges[0, :, :wide], edges[1, :wide] = True, True
    edges[2, :, -wide:], edges[3, -wide:] = True, True
    brightest = int(np.argmax([float(levels[edge].mean()) for edge in edges]))
    # Of the two edges beside it, one may be darker still, but also an oblique view's muscle.
    opposite = edges[(brightest + 2) % 4] & (levels <= 0.8 * parting)
    if opposite.sum() < 0.2 * edges[(brightest + 2) % 4].sum():
        return None
    middle = float(np.median(levels[opposite]))
    uneven = 4.4 * float(np.median(np.abs(levels[opposite] - middle)))
    level = middle + max(_AS_DARK * 255, uneven)
    return np.asarray(edges.any(axis=0) & (levels <= min(level, 0.8 * parting)))


def _plane(seen: Grey, air: Mask) -> Grey:
    """Air's brightness at each place, as a plane through it: films are darker on one side."""
    rows, columns = np.nonzero(air)
    values = seen[air].astype(np.float64)
    design = np.stack([np.ones(len(rows)), rows / len(seen), columns / seen.shape[1]], axis=1)
    weights = np.ones(len(rows))
    found = np.zeros(3)
    for _ in range(3):
        heavy = design * weights[:, None]
        found = np.linalg.solve(heavy.T @ design + 1e-3 * np.eye(3), heavy.T @ values)
        left = values - design @ found
        spread = 1.48 * float(np.median(np.abs(left))) + 1e-4
        weights = (np.abs(left) < 2.5 * spread).astype(np.float64)
    down = np.arange(len(seen))[:, None] / len(seen)
    across = np.arange(seen.shape[1])[None, :] / seen.shape[1]
    return np.asarray(found[0] + found[1] * down + found[2] * across, np.float32)


def _without_tabs(patch: Mask) -> Mask:
    """Without what sticks out of the front farther than any nipple: labels that touch it."""
    rows, columns = patch.shape
    reach = np.where(patch.any(axis=1), columns - np.argmax(patch[:, ::-1], axis=1), 0)
    window = max(3, round(0.15 * rows) | 1)
    line = reach.astype(np.float32)[:, None]
    opened = cv2.morphologyEx(
        line, cv2.MORPH_OPEN, np.ones((window, 1), np.uint8), borderType=cv2.BORDER_REPLICATE
    ).ravel()
    within = np.arange(columns)[None, :] < (opened + 0.06 * rows)[:, None]
    return np.asarray(patch & within)


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _filled(piece: NDArray[np.uint8]) -> Mask:
    contours, _ = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(piece)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return filled > 0
