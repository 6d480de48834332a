"""Fully developed speckle: what a scanner's detector sees of many unresolved scatterers.

The received field is complex Gaussian scatterers times the tissue's echo amplitude, convolved
with the scanner's point spread function; its magnitude is Rayleigh distributed with mean over
deviation of 1.91 (Wagner et al., IEEE Trans. Sonics Ultrason. 30(3), 1983).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
"""(rows, columns), row 0 at the probe."""

AXIAL_SIGMA_MM = 0.11
"""A 10 MHz pulse of about two cycles."""
LATERAL_SIGMA_MM = (0.17, 0.36)
"""At the probe and at 40 mm: the aperture stops growing with depth, so the beam widens."""
ELEVATION_PITCH_MM = 1.1
"""Planes this far apart hold independent scatterers: the thickness of the slice."""

_BAND_ROWS = 24


@lru_cache(maxsize=4)
def _plane(seed: int, index: int, rows: int, columns: int) -> tuple[Map, Map]:
    random = np.random.default_rng([seed, 1, index])
    real, imaginary = random.standard_normal((2, rows, columns), dtype=np.float32)
    return real, imaginary


def scatterers(seed: int, elevation_mm: float, rows: int, columns: int) -> tuple[Map, Map]:
    """Real and imaginary scatterer strength, each of variance 1, in the plane at `elevation_mm`.

    Neighbouring planes are mixed with cos and sin weights: the pattern changes smoothly and its
    variance stays. `elevation_mm` is 0 or more.
    """
    index, fraction = divmod(elevation_mm / ELEVATION_PITCH_MM, 1.0)
    near = _plane(seed, int(index), rows, columns)
    far = _plane(seed, int(index) + 1, rows, columns)
    weights = np.cos(fraction * np.pi / 2), np.sin(fraction * np.pi / 2)
    return _mixed(near[0], far[0], weights), _mixed(near[1], far[1], weights)


def _mixed(near: Map, far: Map, weights: tuple[float, float]) -> Map:
    return np.asarray(cv2.addWeighted(near, weights[0], far, weights[1], 0.0), np.float32)


def envelope(amplitude: Map, scattering: Sequence[Map], pitch_mm: float) -> Map:
    """Magnitude of the detected field, in the amplitude's own unit times a constant.

    `amplitude` and both parts of `scattering` are (rows, columns) on a square grid of `pitch_mm`.
    """
    real, imaginary = (_convolved(amplitude * part, pitch_mm) for part in scattering)
    return np.asarray(cv2.magnitude(real, imaginary), np.float32)


def _convolved(field: Map, pitch_mm: float) -> Map:
    """The field after the point spread function, whose energy is 1 at every depth."""
    here = np.ones(1, np.float32)
    axial = cv2.sepFilter2D(field, -1, here, _pulse(AXIAL_SIGMA_MM / pitch_mm))
    at_probe, at_40_mm = LATERAL_SIGMA_MM
    bands = []
    for top in range(0, len(field), _BAND_ROWS):
        sigma_mm = at_probe + (at_40_mm - at_probe) * top * pitch_mm / 40.0
        band = np.ascontiguousarray(axial[top : top + _BAND_ROWS])
        bands.append(cv2.sepFilter2D(band, -1, _pulse(sigma_mm / pitch_mm), here))
    return np.concatenate(bands).astype(np.float32, copy=False)


def _pulse(sigma_px: float) -> NDArray[np.float32]:
    reach = int(np.ceil(3 * sigma_px))
    offsets = np.arange(-reach, reach + 1, dtype=np.float32)
    kernel = np.exp(-0.5 * (offsets / sigma_px) ** 2)
    return np.asarray(kernel / np.sqrt(np.sum(kernel**2)), np.float32)
