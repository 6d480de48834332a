"""Which pixels of a mammogram are breast, and at which edge of the picture its chest wall lies."""

from __future__ import annotations

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


class Edge(IntEnum):
    """Of a picture as it is stored."""

    LEFT = 0
    TOP = 1
    RIGHT = 2
    BOTTOM = 3


def chest_wall(pixels: Grey) -> Edge | None:
    """The edge at which the breast lies: that along which most of it touches.

    `pixels` is (rows, columns) in 0..1, air dark. None where no edge stands out.
    """
    small = _small(pixels)
    patch = _patch(small)
    if patch is None:
        return None
    sides = patch[:, 0], patch[0], patch[:, -1], patch[-1]
    touching = [float(np.mean(each)) * len(each) for each in sides]
    order = np.argsort(touching)[::-1]
    first, second = touching[order[0]], touching[order[1]]
    # An oblique view may touch the upper edge as well, but never nearly as long.
    return Edge(int(order[0])) if first > 0 and first > 1.25 * second else None


def breast_mask(pixels: Grey) -> Mask:
    """Of a picture hung with its chest wall at column 0, all breast and muscle; same shape.

    Labels, borders and lines of light that do not touch the breast are left out, and holes are
    filled. ImageError where nothing in the picture stands out from the air.
    """
    small = _small(pixels)
    patch = _patch(small)
    if patch is None:
        raise ImageError(
            "No breast stands out from the air in this mammogram: it may be blank, inverted or "
            "wholly exposed. Give the image as it was stored."
        )
    rows, columns = pixels.shape
    grown = cv2.resize(patch.astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown > 0.5)


def _small(pixels: Grey) -> Grey:
    scale = WORKING_PX / max(pixels.shape)
    size = max(16, round(pixels.shape[1] * scale)), max(16, round(pixels.shape[0] * scale))
    shrunk = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.medianBlur(shrunk, 5), np.float32)


def _patch(small: Grey) -> Mask | None:
    """The largest piece brighter than air; None where there is none."""
    framed = _without_frame(small)
    level = _air_limit(framed)
    if level is None:
        return None
    bright = (framed > level).astype(np.uint8)
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, _disc(7))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bright)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if not len(areas) or areas.max() < 0.03 * small.size:
        return None
    piece = (labels == 1 + int(np.argmax(areas))).astype(np.uint8)
    piece = cv2.morphologyEx(piece, cv2.MORPH_CLOSE, _disc(9))
    return _filled(piece)


def _without_frame(small: Grey) -> Grey:
    """With lines at the edges that are nearly all white made dark: frames, unexposed film."""
    framed = small.copy()
    white = 0.97 * float(framed.max())
    for turns in range(4):
        turned = np.rot90(framed, turns)
        for line in range(turned.shape[0] // 12):
            if np.mean(turned[line] >= white) < 0.85:
                break
            turned[line] = 0
    return framed


def _air_limit(small: Grey) -> float | None:
    """Between air and tissue. Air is the lowest peak of the grey values, and narrow."""
    low, high = float(small.min()), float(np.percentile(small, 99.5))
    if high - low < _FLAT:
        return None
    counts, edges = np.histogram(small, 128, (low, high))
    smooth = np.convolve(counts, np.ones(3) / 3, "same")
    air = int(np.argmax(smooth[:43]))  # in the lower third
    # Down the peak's right side until it has levelled off.
    place = air
    while place < 64 and smooth[place] > 0.04 * smooth[air]:
        place += 1
    limit = float(edges[min(place + 1, 127)])
    return max(limit, low + 0.02 * (high - low))


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _filled(piece: NDArray[np.uint8]) -> Mask:
    contours, _ = cv2.findContours(piece, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(piece)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return filled > 0
