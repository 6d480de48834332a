"""Grey-level run lengths: how far a grey level goes on in one direction (Galloway 1975).

Each feature is the mean over the directions of its value on that direction's matrix: IBSI's "3D,
averaged", in 2-D its "2D, averaged"; in-plane runs of a volume are merged over slices first, as in
pyradiomics. Definitions are IBSI's (Zwanenburg 2020) under pyradiomics' names. A direction in
which no two pixels adjoin is left out; pyradiomics keeps it where one line along it still meets
two pixels with a gap between.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.radiomics.emphasis import emphases
from senoscope.models.programmed.radiomics.neighbours import Pairs

Levels = NDArray[np.int64]


def runs(levels: Levels, pairs: Pairs) -> tuple[Levels, NDArray[np.int64]]:
    """Grey level and length of every run of (n,) grey levels along one direction's pairs."""
    alike = levels[pairs[0]] == levels[pairs[1]]
    first, second = pairs[0][alike], pairs[1][alike]
    follower, ahead = np.arange(levels.size), np.zeros(levels.size, np.int64)
    follower[first], ahead[first] = second, 1
    # Each pass doubles how far a pixel sees along its run: log2(longest) passes, no loop over runs.
    while (further := ahead[follower]).any():
        ahead, follower = ahead + further, follower[follower]
    heads = np.ones(levels.size, bool)
    heads[second] = False
    return levels[heads], ahead[heads] + 1


def glrlm_features(levels: Levels, pairs: Sequence[Pairs]) -> dict[str, float]:
    """16 features of (n,) grey levels from 1 and the pairs that adjoin, at least one of them."""
    per_direction = [_features(levels, one) for one in pairs]
    return {name: float(np.mean([one[name] for one in per_direction])) for name in per_direction[0]}


def _features(levels: Levels, pairs: Pairs) -> dict[str, float]:
    run_levels, lengths = runs(levels, pairs)
    of = emphases(run_levels, lengths)
    return {
        "ShortRunEmphasis": of.short,
        "LongRunEmphasis": of.long,
        "GrayLevelNonUniformity": of.level_non_uniformity,
        "GrayLevelNonUniformityNormalized": of.level_non_uniformity_share,
        "RunLengthNonUniformity": of.extent_non_uniformity,
        "RunLengthNonUniformityNormalized": of.extent_non_uniformity_share,
        "RunPercentage": lengths.size / levels.size,
        "GrayLevelVariance": of.level_variance,
        "RunVariance": of.extent_variance,
        "RunEntropy": of.entropy,
        "LowGrayLevelRunEmphasis": of.low,
        "HighGrayLevelRunEmphasis": of.high,
        "ShortRunLowGrayLevelEmphasis": of.short_low,
        "ShortRunHighGrayLevelEmphasis": of.short_high,
        "LongRunLowGrayLevelEmphasis": of.long_low,
        "LongRunHighGrayLevelEmphasis": of.long_high,
    }
