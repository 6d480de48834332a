"""Slices from a sweep: filtered back-projection, the ramp along the sweep.

In the frequencies (along the rows, up) an exposure from angle a lies on the line of slope -tan(a),
so that the sum over angles needs the weight |f| of the ramp (Mertelmeier et al., Proc. SPIE 6142,
2006). What the sweep did not see, the low f, is given the weight that makes a breast of even tissue
come out as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.footprint import PLANE_MM
from senoscope.calibration.phantoms.breast.mammogram import FAT_PER_MM, GLAND_PER_MM, PIXEL_MM
from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast.projections import (
    ANGLES_DEG,
    Projections,
    displaced_mm,
    displaced_sums,
    fft_rows,
)

FINEST_PER_MM = 3.0
"""Where the Hann window along the rows ends."""
THINNEST_PER_MM = 0.8
"""Where the Hann window of the heights ends: finer than a slice of 1 mm shows nothing but noise."""
_EVEN_PX = 4


def reconstructed(projections: Projections) -> Iterator[tuple[slice, Field]]:
    """By how much each place is denser than fat, as a share of gland's own excess.

    (slices, rows, columns) of PLANE_MM and PIXEL_MM, of the breast's box: some columns at a time,
    and which.
    """
    dense = np.empty_like(projections.counts)
    excess = np.float32(1 / (GLAND_PER_MM - FAT_PER_MM))
    for one, angle in enumerate(np.radians(ANGLES_DEG)):
        depth = np.log(np.float32(projections.photons)) - np.log(projections.counts[one])
        fat_mm = cv2.resize(projections.inside_mm[one], depth.shape[::-1])
        # The edge of the breast would ring through all slices; so it is evened out first.
        even_mm = cv2.GaussianBlur(fat_mm, (0, 0), _EVEN_PX)
        dense[one] = (depth * np.float32(np.cos(angle)) - FAT_PER_MM * even_mm) * excess
    by_px = -displaced_mm(projections.planes).T / np.float32(PIXEL_MM)
    beyond = round(projections.beyond_mm / PIXEL_MM)
    gains = filters(dense.shape[1], projections.planes)
    for columns, slices in displaced_sums(dense, by_px, gains):
        yield columns, slices[:, beyond : dense.shape[1] - beyond]


def filters(rows: int, planes: int) -> Field:
    """(angles, frequencies): what `displaced_sums` weighs each exposure's rows with, per mm."""
    per_mm = np.asarray(np.fft.rfftfreq(fft_rows(rows), PIXEL_MM), np.float64)
    tangents = np.tan(np.radians(ANGLES_DEG))
    steps = np.gradient(tangents)
    flat = 1 / (steps.sum() * planes * PLANE_MM)
    ramp = np.hypot(per_mm, flat)
    up_per_mm = np.abs(np.outer(tangents, per_mm))
    window = _hann(per_mm / FINEST_PER_MM) * _hann(up_per_mm / THINNEST_PER_MM)
    return np.asarray(steps[:, None] * ramp * window, np.float32)


def _hann(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(share < 1, 0.5 + 0.5 * np.cos(np.pi * np.minimum(share, 1)), 0)
