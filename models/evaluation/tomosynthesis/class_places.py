"""Places that a class network looks at: blobs of a mass's size that outshine what is around.

Differences of Gaussians (Lindeberg, Int J Comput Vis 1998), weighted by where the breast is, so
that its edge is none; in slabs the best of each column of tissue, apart in depth too.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray
from senoscope.models.evaluation.tomosynthesis.class_view import GRID_MM, SLAB_MM, Greys
from senoscope.models.programmed.mammography.breast import breast_mask

RADII_MM = (3.0, 4.5, 6.5)
"""Of the masses that are sought."""
AROUND = 2.0
"""How much wider what a blob is compared with is."""
APART_MM = 9.0
SKIN_MM = 5.0
"""So near the skin nothing is looked at."""
BESIDE = 1
"""Slabs on either side that are averaged with each."""


@dataclass(frozen=True, slots=True)
class Place:
    """Column `x`, row `y` of GRID_MM and number of the slab; how much brighter it is, 0..1."""

    x: int
    y: int
    slab: int
    contrast: float


def averaged(slabs: NDArray[np.uint8]) -> Greys:
    """(n, rows, columns) in 0..1: each slab with those beside it."""
    padded = np.pad(slabs.astype(np.float32), ((BESIDE, BESIDE), (0, 0), (0, 0)), mode="edge")
    parts = [padded[k : k + len(slabs)] for k in range(2 * BESIDE + 1)]
    return np.asarray(sum(parts) / np.float32(255 * len(parts)), np.float32)


def slab_places(slabs: NDArray[np.uint8], count: int) -> list[Place]:
    """The `count` brightest at most, the brightest first."""
    thick = averaged(slabs)
    mask = tissue(slabs.mean(0).astype(np.float32) / np.float32(255))
    return _best(np.stack([_contrast(each, mask) for each in thick]), count)


def picture_places(picture: Gray, count: int) -> list[Place]:
    """The same of a mammogram; `slab` is 0."""
    pixels = picture.astype(np.float32) / np.float32(255)
    mask = tissue(pixels)
    return _best(_contrast(pixels, mask)[None], count)


def tissue(pixels: Greys) -> NDArray[np.bool_]:
    """Where the breast is, without what is near its skin; the chest wall is no skin."""
    breast = breast_mask(pixels).astype(np.uint8)
    side = 2 * round(SKIN_MM / GRID_MM) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    wide = cv2.copyMakeBorder(breast, side, side, side, side, cv2.BORDER_CONSTANT, value=(0,))
    wide[:, :side] = wide[:, side : side + 1]
    inner = cv2.erode(wide, disc)[side:-side, side:-side]
    # A breast that is thinner than that has no place to look at but itself.
    return np.asarray((inner if inner.any() else breast) > 0)


def _contrast(pixels: Greys, mask: NDArray[np.bool_]) -> Greys:
    """The best over RADII_MM of inside less around."""
    weight = mask.astype(np.float32)
    best = np.full(pixels.shape, -1, np.float32)
    for radius_mm in RADII_MM:
        inside = radius_mm / GRID_MM / np.sqrt(2.0)
        near = _weighted(pixels, weight, inside) - _weighted(pixels, weight, AROUND * inside)
        np.maximum(best, near, out=best)
    return np.where(mask, best, -1).astype(np.float32)


def _weighted(pixels: Greys, weight: Greys, sigma: float) -> Greys:
    over = cv2.GaussianBlur(pixels * weight, (0, 0), sigma)
    under = cv2.GaussianBlur(weight, (0, 0), sigma)
    return np.asarray(over / np.maximum(under, 1e-3), np.float32)


def _best(contrast: Greys, count: int) -> list[Place]:
    """Greedy; one place in a ball of APART_MM."""
    left = contrast.copy()
    reach, deep = round(APART_MM / GRID_MM), round(APART_MM / SLAB_MM)
    down, along = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    disc = down**2 + along**2 <= reach**2
    found: list[Place] = []
    while len(found) < count:
        slab, y, x = (int(k) for k in np.unravel_index(int(left.argmax()), left.shape))
        if left[slab, y, x] <= -1:
            break
        found.append(Place(x, y, slab, float(contrast[slab, y, x])))
        top, start = max(0, y - reach), max(0, x - reach)
        near = slice(max(0, slab - deep), slab + deep + 1)
        part = left[near, top : y + reach + 1, start : x + reach + 1]
        ball = disc[top - y + reach :, start - x + reach :][: part.shape[1], : part.shape[2]]
        part[:, ball] = -1
    return found
