"""Grey-level dependence: how many neighbours of a pixel share its grey level (Sun & Wee 1983).

IBSI (Zwanenburg 2020) calls it neighbouring grey level dependence (NGLDM) and says "low" and "high
dependence" for pyradiomics' "small" and "large". In both a dependence counts the pixel itself and
so starts at 1; the coarseness is 0 (equal grey levels) and the Chebyshev distance 1. Of IBSI's
features pyradiomics lacks the dependence percentage (always 1), the dependence energy and the
normalised grey level non-uniformity (first-order uniformity).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.radiomics.emphasis import emphases
from senoscope.models.programmed.radiomics.neighbours import Pairs

Levels = NDArray[np.int64]


def dependences(levels: Levels, pairs: Sequence[Pairs]) -> NDArray[np.int64]:
    """For each of (n,) pixels one more than its neighbours of the same grey level."""
    count = np.ones(levels.size, np.int64)
    for first, second in pairs:
        alike = levels[first] == levels[second]
        # A pixel is at most once the first and once the second of one direction.
        count[first[alike]] += 1
        count[second[alike]] += 1
    return count


def gldm_features(levels: Levels, pairs: Sequence[Pairs]) -> dict[str, float]:
    """14 features of (n,) grey levels from 1 and the pairs that adjoin."""
    of = emphases(levels, dependences(levels, pairs))
    return {
        "SmallDependenceEmphasis": of.short,
        "LargeDependenceEmphasis": of.long,
        "GrayLevelNonUniformity": of.level_non_uniformity,
        "DependenceNonUniformity": of.extent_non_uniformity,
        "DependenceNonUniformityNormalized": of.extent_non_uniformity_share,
        "GrayLevelVariance": of.level_variance,
        "DependenceVariance": of.extent_variance,
        "DependenceEntropy": of.entropy,
        "LowGrayLevelEmphasis": of.low,
        "HighGrayLevelEmphasis": of.high,
        "SmallDependenceLowGrayLevelEmphasis": of.short_low,
        "SmallDependenceHighGrayLevelEmphasis": of.short_high,
        "LargeDependenceLowGrayLevelEmphasis": of.long_low,
        "LargeDependenceHighGrayLevelEmphasis": of.long_high,
    }
