"""Statistics that runs, zones and dependences share: each has a grey level and an extent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.radiomics.entropy import entropy


@dataclass(frozen=True, slots=True)
class Emphases:
    """Weighted sums over a matrix of grey level i by extent j, divided by its entries.

    `short` weighs by 1/j^2, `long` by j^2, `low` by 1/i^2, `high` by i^2, `short_low` by both. A
    non-uniformity is also given as a share of the number of entries.
    """

    short: float
    long: float
    low: float
    high: float
    short_low: float
    short_high: float
    long_low: float
    long_high: float
    level_non_uniformity: float
    level_non_uniformity_share: float
    extent_non_uniformity: float
    extent_non_uniformity_share: float
    level_variance: float
    extent_variance: float
    entropy: float


def emphases(levels: NDArray[np.int64], extents: NDArray[np.int64]) -> Emphases:
    """Of n > 0 runs, zones or dependences, grey level and extent each from 1.

    Means over the list equal sums over the matrix, which a large zone would make very wide.
    """
    n = levels.size
    high, long = levels.astype(np.float64) ** 2, extents.astype(np.float64) ** 2
    of_level = np.unique(levels, return_counts=True)[1]
    of_extent = np.unique(extents, return_counts=True)[1]
    of_both = np.unique(levels * (extents.max() + 1) + extents, return_counts=True)[1]
    level_share, extent_share = np.sum((of_level / n) ** 2), np.sum((of_extent / n) ** 2)
    return Emphases(
        short=float(np.mean(1 / long)),
        long=float(np.mean(long)),
        low=float(np.mean(1 / high)),
        high=float(np.mean(high)),
        short_low=float(np.mean(1 / (high * long))),
        short_high=float(np.mean(high / long)),
        long_low=float(np.mean(long / high)),
        long_high=float(np.mean(high * long)),
        level_non_uniformity=float(n * level_share),
        level_non_uniformity_share=float(level_share),
        extent_non_uniformity=float(n * extent_share),
        extent_non_uniformity_share=float(extent_share),
        level_variance=float(np.var(levels)),
        extent_variance=float(np.var(extents)),
        entropy=entropy(of_both / n),
    )
