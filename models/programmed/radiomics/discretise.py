"""Intensities to grey levels, the lowest in the region being level 1.

IBSI (Zwanenburg 2020) starts bins of fixed width at the lower bound of the re-segmentation range;
pyradiomics, and so this file, at the multiple of the width at or below the region's minimum. With
a bound that is a multiple of the width the bins are the same, their numbers shifted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]

MOST_LEVELS = 1024
"""IBSI advises 16 to 128; a co-occurrence matrix grows with the square."""


@dataclass(frozen=True, slots=True)
class FixedWidth:
    """Bins of `width` intensity units, their edges at multiples of `width`."""

    width: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.width) and self.width > 0):
            raise SettingsError(
                f"the bin width is {self.width}; give a positive number of intensity units"
            )

    def levels(self, values: Floats) -> Levels:
        """Grey level of each of (n,) intensities, from 1."""
        bins = np.floor(values / self.width)
        highest = bins.max() - bins.min() + 1
        if highest > MOST_LEVELS:
            raise SettingsError(
                f"bins of width {self.width} make {highest:.0f} grey levels of intensities "
                f"{values.min():g} to {values.max():g}; at most {MOST_LEVELS} are taken: "
                "choose wider bins"
            )
        return np.asarray(bins - bins.min() + 1, np.int64)


@dataclass(frozen=True, slots=True)
class FixedCount:
    """`count` bins of equal width from the region's minimum to its maximum."""

    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_LEVELS:
            raise SettingsError(f"the bin count is {self.count}; give 1 to {MOST_LEVELS}")

    def levels(self, values: Floats) -> Levels:
        """Grey level of each of (n,) intensities, 1 to `count`; all 1 where they are equal."""
        low, extent = values.min(), np.ptp(values)
        if not extent:
            return np.ones(values.shape, np.int64)
        bins = np.floor(self.count * (values - low) / extent)
        return np.asarray(np.minimum(bins + 1, self.count), np.int64)


Binning = FixedWidth | FixedCount
