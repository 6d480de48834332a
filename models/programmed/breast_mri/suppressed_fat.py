"""Gland from suppressed fat, by the signal before contrast and by what it takes up.

A coil's field is uneven, so that suppression fails in patches where fat is then as bright as gland,
or brighter. Before contrast the two cannot be told apart there; after it they can, since fat takes
up next to nothing and gland does, a little even where its enhancement is minimal. How bright fat
is here is therefore learnt from blocks that do not rise, and every voxel is judged by both its
signal and its rise, each by how well it tells (two Gaussians of equal spread: Fisher, Ann Eugen
1936;7:179). Where nothing rises the signal alone decides.

Shading that is left is followed by fat's level, over a few mm, and by gland's, over a few cm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask, Volume
from senoscope.models.programmed.breast_mri.coarse_grid import (
    Field,
    SmallGrid,
    Three,
    blurred,
    resampled,
    sigmas_for,
)

_SWEEPS = 8
_SETTLED = 3
"""Sweeps after which gland's typical signal is no longer looked for."""
_FEWEST = 20
_FAT_MM, _FAT_HOLD = 5.0, 0.03
"""Window of fat's level: a patch where suppression fails is a few cm wide, its border a few mm."""
_GLAND_MM, _GLAND_HOLD = 25.0, 0.02
_PURE = 90.0
"""Percentile of what is gland: most of it is mixed with fat, in a fatty breast nearly all."""
_MIXED = 0.84
"""Of gland's signal: what is darker is mixed with fat, and says nothing of gland's level."""
_UNEVEN = 0.3
_SIGNAL_SHARE, _RISE_SHARE = 0.15, 0.4
"""How much signal and rise of blocks vary, of gland's. Its uptake is most uneven."""
_MOST_AWAY = 3.0
"""Square of how many spreads a signal counts as away: fat that fails is any number away."""
_VOXEL_SIGNAL_SHARE, _VOXEL_RISE_SHARE, _VOXEL_NOISE = 0.08, 0.5, 1.5
_BLOCK_RISE_MM, _VOXEL_RISE_MM = 1.5, 1.0


@dataclass(frozen=True, eq=False)
class _Rise:
    """Of blocks: `blocks` above fat's, `gland` what gland rises by, `noise` of blocks of fat."""

    blocks: Field
    fat: float
    gland: float
    noise: float

    def away(self) -> tuple[Field, Field]:
        """Squares of how far from fat and from gland; what rises more than gland is no less so."""
        spread = np.float32(np.hypot(_RISE_SHARE * self.gland, self.noise))
        gland = np.float32(self.gland)
        most = np.minimum(self.blocks, gland)
        return np.square(self.blocks / spread), np.square((most - gland) / spread)


@dataclass(frozen=True, eq=False)
class _Levels:
    """Of blocks: fat's signal, its variance nearby, gland's signal; gland's typical one."""

    fat: Field
    variance: Field
    gland: Field
    typical: float
    rise: _Rise


def gland_of(
    before: Volume, rise: Volume, inside: Mask, grid: SmallGrid, start: tuple[float, float]
) -> Mask:
    """Of volumes without shading, both in the same grey values; `start` of fat and of gland."""
    levels = _levels(grid, before, rise, inside, start)
    soft = blurred(rise, sigmas_for(_VOXEL_RISE_MM, grid.spacing_mm))
    known = levels.rise
    spread = np.hypot(_VOXEL_RISE_SHARE * known.gland, _VOXEL_NOISE * known.noise)
    per_rise = np.float32(known.gland / spread**2)
    least = np.float32((_VOXEL_SIGNAL_SHARE * levels.typical) ** 2)
    found = np.zeros(before.shape, np.bool_)
    along = grid.places()
    for place, deep in enumerate(along[0]):
        if not inside[place].any():
            continue
        fat, gland, variance = (
            resampled(each, (deep[None], along[1], along[2]))[0]
            for each in (levels.fat, levels.gland, levels.variance)
        )
        by_signal = (before[place] - (fat + gland) / 2) * (gland - fat) / (least + variance)
        takes = np.clip(soft[place] - np.float32(known.fat), 0, known.gland)
        found[place] = by_signal + (takes - np.float32(known.gland / 2)) * per_rise > 0
    return found & inside


def _levels(
    grid: SmallGrid, before: Volume, rise: Volume, inside: Mask, start: tuple[float, float]
) -> _Levels:
    signal, its = grid.shrunk(before), blocks_of(inside, grid)
    typical_fat, typical = start
    fat, gland = np.full_like(signal, typical_fat), np.full_like(signal, typical)
    weight, known = np.zeros_like(signal), _first_rise(grid, rise, signal, its, start)
    near, far = sigmas_for(_FAT_MM, grid.small_mm), sigmas_for(_GLAND_MM, grid.small_mm)
    for sweep in range(_SWEEPS):
        to_fat, to_gland = known.away()
        to_fat = to_fat + _away(signal - fat, typical)
        to_gland = to_gland + _away(signal - gland, typical)
        # Membership of fuzzy c-means, squared.
        weight = (its / np.square(1 + to_fat / to_gland)).astype(np.float32)
        fat = _mean_near(signal, weight, typical_fat, near, _FAT_HOLD)
        typical_fat = float(np.median(fat[its]))
        is_gland = its & (to_fat > to_gland)
        if is_gland.sum() < _FEWEST:
            continue
        if sweep < _SETTLED:
            typical = max(float(np.percentile(signal[is_gland], _PURE)), 1e-6)
        share = signal / gland
        pure = is_gland & (share > _MIXED) & (share < 1 + _UNEVEN)
        if pure.sum() >= _FEWEST:
            gland = _mean_near(signal, pure.astype(np.float32), typical, far, _GLAND_HOLD)
        takes = float(np.median(known.blocks[is_gland]))
        known = _Rise(known.blocks, known.fat, max(takes, 1e-6), known.noise)
    variance = _mean_near(np.square(signal - fat), weight, 0.0, near, _FAT_HOLD)
    return _Levels(fat, variance, gland, typical, known)


def _first_rise(
    grid: SmallGrid, rise: Volume, signal: Field, its: Mask, start: tuple[float, float]
) -> _Rise:
    blocks = blurred(grid.shrunk(rise), sigmas_for(_BLOCK_RISE_MM, grid.small_mm))
    is_fat = its & (np.abs(signal - start[0]) <= np.abs(signal - start[1]))
    other = its & ~is_fat
    fat = float(np.median(blocks[is_fat])) if is_fat.any() else 0.0
    noise = 1.4826 * float(np.median(np.abs(blocks[is_fat] - fat))) if is_fat.any() else 0.0
    # Fat that fails is among the others: the upper quarter is gland all the same.
    takes = float(np.percentile(blocks[other], 75)) - fat if other.any() else 0.0
    return _Rise(blocks - np.float32(fat), fat, max(takes, 1e-6), noise + 1e-6)


def blocks_of(inside: Mask, grid: SmallGrid) -> NDArray[np.bool_]:
    """Those wholly inside; where there are none, those partly so."""
    share = grid.shrunk(inside)
    return np.asarray(share > 0.99 if (share > 0.99).any() else share > 0, np.bool_)


def _away(off: Field, gland: float) -> Field:
    square = np.square(off / np.float32(_SIGNAL_SHARE * gland)) + np.float32(1e-6)
    return np.asarray(square / (1 + square / np.float32(_MOST_AWAY)), np.float32)


def _mean_near(values: Field, weight: Field, typical: float, sigmas: Three, hold: float) -> Field:
    """Weighted, in a window; `typical` where there is little weight."""
    held = np.float32(hold)
    total = blurred(weight * values, sigmas) + held * np.float32(typical)
    return np.asarray(total / (blurred(weight, sigmas) + held), np.float32)
