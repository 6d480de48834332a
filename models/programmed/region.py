"""A lesion and the tissue round it at one scale, so that features do not hang on the scanner's.

The lesion is resampled to the same area whatever its size in the frame: how large it is
belongs to a measurement in mm, not to shape, margin or texture.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.frame import Gray

DIAMETER = 96.0
"""Region pixels: the diameter of the circle that has the lesion's area."""
ASIDE, ABOVE, BELOW = 0.75, 1.5, 1.25
"""Tissue kept left and right, above and below the lesion's box, in DIAMETER."""
CONTOUR_POINTS = 256
SMALLEST_AREA = 16.0
"""Frame pixels. Below this an outline says nothing of shape."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class LesionRegion:
    """Part of a frame, scaled to DIAMETER.

    `pixels` is (rows, columns) float32, 0 black to 1 white; `inside` is the lesion, `seen` what
    the frame holds (the rest of the region lies beyond its border). `contour` is
    (CONTOUR_POINTS, 2), [x, y] in region pixels, equally spaced along the outline, clockwise on
    the screen. `scale` is region pixels per frame pixel.
    """

    pixels: NDArray[np.float32]
    inside: Bools
    seen: Bools
    contour: Floats
    scale: float

    @cached_property
    def distance(self) -> NDArray[np.float32]:
        """Of each pixel from the outline, in region pixels: negative inside, positive outside."""
        mask = self.inside.astype(np.uint8)
        within = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        beyond = cv2.distanceTransform(1 - mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        # Half a pixel each way: the outline runs between the last pixel in and the first out.
        return np.where(self.inside, 0.5 - within, beyond - 0.5).astype(np.float32)

    def band(self, nearest: float, farthest: float) -> Bools:
        """Seen pixels at a distance in [nearest, farthest), given in DIAMETER."""
        near, far = nearest * DIAMETER, farthest * DIAMETER
        return np.asarray(self.seen & (self.distance >= near) & (self.distance < far))


def lesion_region(pixels: Gray, contour: NDArray[np.floating], aspect: float = 1.0) -> LesionRegion:
    """The region of the lesion outlined by `contour` on a (rows, columns) frame.

    `contour` is (n, 2), [x, y] in frame pixels. `aspect` is the height of a frame pixel over its
    width; shape is measured on square pixels. ImageError for an outline that encloses nothing.
    """
    outline = np.asarray(contour, dtype=np.float64) * [1.0, aspect]
    area = abs(signed_area(outline))
    if not area >= SMALLEST_AREA:
        raise ImageError(
            f"An outline encloses {area:.1f} pixels; expected {SMALLEST_AREA:.0f} or more."
        )
    scale = DIAMETER / float(np.sqrt(4 * area / np.pi))
    outline *= scale
    low = outline.min(axis=0) - np.array([ASIDE, ABOVE]) * DIAMETER
    high = outline.max(axis=0) + np.array([ASIDE, BELOW]) * DIAMETER
    # Nothing is known beyond the frame, so the region ends there, but for a border of two pixels.
    frame = np.array([pixels.shape[1], pixels.shape[0] * aspect]) * scale
    low, high = np.maximum(np.floor(low), -2), np.minimum(np.ceil(high), frame + 2)
    columns, rows = (high - low).astype(int) + 1
    part, seen = _resampled(pixels, (scale, scale * aspect), low, (int(rows), int(columns)))
    moved = _equally_spaced(outline - low)
    inside = np.zeros((int(rows), int(columns)), np.uint8)
    cv2.fillPoly(inside, [np.rint(moved * 16).astype(np.int32)], 1, shift=4)
    return LesionRegion(part, inside.astype(bool), seen, moved, scale)


def signed_area(contour: Floats) -> float:
    """Of the closed polygon (n, 2); positive where it runs clockwise on the screen (y down)."""
    x, y = contour[:, 0], contour[:, 1]
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _resampled(
    pixels: Gray, scale: tuple[float, float], low: Floats, shape: tuple[int, int]
) -> tuple[NDArray[np.float32], Bools]:
    """The part that starts at `low` in scaled coordinates, and which of it the frame holds."""
    # Averaged first where the region is smaller than the frame: sampling would alias speckle.
    fit = [min(1.0, one) for one in scale]
    reduced = cv2.resize(pixels, None, fx=fit[0], fy=fit[1], interpolation=cv2.INTER_AREA)
    ratio = np.array([reduced.shape[1] / pixels.shape[1], reduced.shape[0] / pixels.shape[0]])
    # Pixel centres: reduced = (scaled / scale + 0.5) * ratio - 0.5 along each axis.
    step = ratio / scale
    start = (low / scale + 0.5) * ratio - 0.5
    back = np.array([[step[0], 0, start[0]], [0, step[1], start[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = shape[::-1]
    part = cv2.warpAffine(reduced, back, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    held = cv2.warpAffine(np.ones_like(reduced), back, size, flags=cv2.INTER_NEAREST | flags)
    return part.astype(np.float32) / np.float32(255), np.asarray(held > 0)


def _equally_spaced(contour: Floats) -> Floats:
    if signed_area(contour) < 0:
        contour = contour[::-1]
    closed = np.vstack([contour, contour[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    places = np.linspace(0, along[-1], CONTOUR_POINTS, endpoint=False)
    return np.stack([np.interp(places, along, closed[:, axis]) for axis in (0, 1)], axis=1)
