"""Where the skin lies, as finely as the volume is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask, Volume
from senoscope.models.programmed.breast_mri.boxes import Box
from senoscope.models.programmed.breast_mri.coarse_grid import Three, blurred, dilated

SKIN_MM = 3.0
"""Normal skin is 0.5 to 2 mm thick (Willson et al., Clin Radiol 1982;33:691), and blurred."""
NIPPLE_MM = 8.0
"""From the foremost place: nipple, and what the skin does there."""
_AIR_VOXELS = 0.7


def finer_body(
    signal: Volume, rough: Mask, above: float, block_mm: Three, spacing_mm: Three
) -> Mask:
    """`rough`, found on blocks of `block_mm`, its surface moved to where the signal is `above`."""
    reach = max(block_mm)
    surely = ~dilated(~rough, reach, spacing_mm)
    maybe = dilated(rough, reach, spacing_mm)
    bright = blurred(signal, (_AIR_VOXELS,) * 3) > above
    return surely | (maybe & bright)


def near_air(body: Mask, mm: float, spacing_mm: Three) -> Mask:
    """Voxels of the body so near to the air, within its slice or across slices."""
    deep, high, wide = (2 * max(1, round(mm / each)) + 1 for each in spacing_mm)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, high))
    air = (~body).astype(np.uint8)
    found = np.stack([cv2.dilate(each, kernel, borderValue=0) for each in air])
    flat = cv2.dilate(air.reshape(len(air), -1), np.ones((deep, 1), np.uint8), borderValue=0)
    return (np.maximum(found, flat.reshape(air.shape)) > 0) & body


def around(place: Three, mm: float, shape: tuple[int, ...], spacing_mm: Three) -> tuple[Box, Mask]:
    """A ball's box, which may be empty, and the ball in it."""
    low = [max(0, int(at - mm / each)) for at, each in zip(place, spacing_mm, strict=True)]
    high = [
        max(start, min(extent, int(at + mm / each) + 2))
        for start, extent, at, each in zip(low, shape, place, spacing_mm, strict=True)
    ]
    away = [
        (np.arange(start, stop) - at) * each
        for start, stop, at, each in zip(low, high, place, spacing_mm, strict=True)
    ]
    far = sum(np.square(each) for each in np.meshgrid(*away, indexing="ij", sparse=True))
    z, y, x = (slice(start, stop) for start, stop in zip(low, high, strict=True))
    return (z, y, x), np.asarray(far <= mm * mm, np.bool_)


def skin_places(body: Mask, inside: Mask) -> NDArray[np.intp]:
    """(n, 3) voxels of the breasts that touch air."""
    return np.argwhere(near_air(body, 0.0, (1.0, 1.0, 1.0)) & inside)
