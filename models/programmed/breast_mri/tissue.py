"""Fibroglandular tissue from fat, by fuzzy c-means (Bezdek 1981) of the grey values in the breast.

As Nie et al. (Med Phys 2008;35:5253) do it: on the volume before contrast, shading evened out. Of a
histogram, so that it takes no time: every voxel of one grey value has one membership.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask, Volume
from senoscope.models.programmed.breast_mri.coarse_grid import (
    Field,
    SmallGrid,
    Three,
    blurred,
    resampled,
    shape_of,
    sigmas_for,
)
from senoscope.models.programmed.breast_mri.suppressed_fat import blocks_of, gland_of

_BINS = 512
_ROUNDS = 100
_STILL = 1e-4
_BLOCK_MM = 2.0
_WINDOW_MM = 14.0
_HOLD = 0.03
_SWEEPS = 12
_FEWEST = 20
_APART = 1.6
"""How much brighter fat is than gland, or gland than suppressed fat, at least to begin with."""
_PURE = 60.0
"""Percentile of what is nearer to gland than to fat: most of it is mixed with fat."""


def fuzzy_c_means(
    values: NDArray[np.floating],
    weights: NDArray[np.floating],
    classes: int,
    fuzziness: float = 2.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(classes,) centres, rising, and (classes, n) memberships that sum to 1 for each value."""
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / max(float(weights.sum()), 1e-12)
    starts = (np.arange(classes) + 0.5) / classes
    centres = values[order][np.minimum(np.searchsorted(share, starts), len(values) - 1)]
    centres = np.asarray(centres, np.float64)
    power = 2.0 / (fuzziness - 1)
    for _ in range(_ROUNDS):
        away = np.maximum(np.abs(values[None] - centres[:, None]), 1e-9)
        member = 1 / np.sum((away[:, None] / away[None]) ** power, axis=1)
        weight = member**fuzziness * weights
        moved = (weight * values).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12)
        still = float(np.abs(moved - centres).max()) <= _STILL * max(float(np.ptp(values)), 1e-12)
        centres = moved
        if still:
            break
    order = np.argsort(centres)
    return np.asarray(centres[order], np.float64), np.asarray(member[order], np.float64)


def fibroglandular(
    before: Volume, rise: Volume, inside: Mask, is_fat_bright: bool, spacing_mm: Three
) -> Mask:
    """What in the breasts is no fat, by the signal before contrast and its rise, without shading.

    Where fat is bright, the border lies midway between gland and the fat that is near, since
    shading is never quite gone. Where it is suppressed, see `suppressed_fat`.
    """
    grid = SmallGrid.of(shape_of(before), spacing_mm, _BLOCK_MM)
    signal, its = grid.shrunk(before), blocks_of(inside, grid)
    low, high = _start(signal[its])
    # Classes that are nearer are the shaded and the bright fat of a breast with little gland.
    if not is_fat_bright:
        return gland_of(before, rise, inside, grid, (low, max(high, low * _APART)))
    fat, share = _bright_fat(signal, its, grid, high, min(low, high / _APART))
    found = np.zeros(before.shape, np.bool_)
    along = grid.places()
    for place, deep in enumerate(along[0]):
        if inside[place].any():
            here = resampled(fat, (deep[None], along[1], along[2]))[0]
            found[place] = (before[place] < here * np.float32((1 + share) / 2)) & inside[place]
    return found


def _bright_fat(
    signal: Field, its: Mask, grid: SmallGrid, typical: float, gland: float
) -> tuple[Field, float]:
    """Fat's signal at the grid's blocks, and what share of it gland beside it has.

    Fuzzy c-means whose centre for fat is a weighted mean over a window (Pham and Prince, IEEE Trans
    Med Imaging 1999;18:737, hold it smooth in another way).
    """
    sigmas = sigmas_for(_WINDOW_MM, grid.small_mm)
    fat = np.full(signal.shape, typical, np.float32)
    for _ in range(_SWEEPS):
        other = fat * np.float32(gland / typical)
        away = np.square((signal - fat) / (np.abs(signal - other) + 1e-6))
        weight = (its / np.square(1 + away)).astype(np.float32)
        held = np.float32(_HOLD)
        fat = (blurred(weight * signal, sigmas) + held * typical) / (blurred(weight, sigmas) + held)
        is_other = its & (away > 1)
        typical = max(float(np.median(fat[its])), 1e-6)
        if is_other.sum() >= _FEWEST:
            seen = signal[is_other] * (typical / fat[is_other])
            gland = float(np.percentile(seen, 100 - _PURE))
    return fat, gland / typical


def _start(values: NDArray[np.floating]) -> tuple[float, float]:
    """Centres of two classes."""
    low, high = np.percentile(values, [0.5, 99.5])
    counts, edges = np.histogram(values, _BINS, (float(low), float(max(high, low + 1e-6))))
    centres, _ = fuzzy_c_means((edges[1:] + edges[:-1]) / 2, counts.astype(np.float64), 2)
    return float(max(centres[0], 1e-6)), float(max(centres[1], 1e-6))
