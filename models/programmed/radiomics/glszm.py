"""Grey-level size zones: connected patches of one grey level (Thibault 2009).

Patches join over edges and corners: 8 neighbours in 2-D and in-plane, 26 in 3-D. Definitions are
IBSI's (Zwanenburg 2020); pyradiomics says "area" where IBSI says "zone" (`SmallAreaEmphasis` is
the small zone emphasis). In-plane zones of a volume are merged over slices (IBSI's "2.5D"), as in
pyradiomics.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.radiomics.emphasis import emphases
from senoscope.models.programmed.radiomics.neighbours import Ordinals, Pairs

Levels = NDArray[np.int64]


def zones(levels: Levels, pairs: Sequence[Pairs]) -> tuple[Levels, NDArray[np.int64]]:
    """Grey level and size in pixels of every zone of (n,) grey levels."""
    first = np.concatenate([one[0] for one in pairs])
    second = np.concatenate([one[1] for one in pairs])
    alike = levels[first] == levels[second]
    root = _roots(levels.size, first[alike], second[alike])
    found, sizes = np.unique(root, return_counts=True)
    return levels[found], sizes.astype(np.int64)


def _roots(count: int, first: Ordinals, second: Ordinals) -> Ordinals:
    """The lowest ordinal of each pixel's patch.

    Every root hooks on to the lowest root beside it until none is beside another; each round at
    least halves those that are left to join (Shiloach & Vishkin 1982).
    """
    root = np.arange(count)
    while not np.array_equal(root[first], root[second]):
        one, other = root[first], root[second]
        lowest = np.minimum(one, other)
        np.minimum.at(root, one, lowest)
        np.minimum.at(root, other, lowest)
        while not np.array_equal(root, root[root]):
            root = root[root]
    return root


def glszm_features(levels: Levels, pairs: Sequence[Pairs]) -> dict[str, float]:
    """16 features of (n,) grey levels from 1 and the pairs that adjoin, at least one of them."""
    zone_levels, sizes = zones(levels, pairs)
    of = emphases(zone_levels, sizes)
    return {
        "SmallAreaEmphasis": of.short,
        "LargeAreaEmphasis": of.long,
        "GrayLevelNonUniformity": of.level_non_uniformity,
        "GrayLevelNonUniformityNormalized": of.level_non_uniformity_share,
        "SizeZoneNonUniformity": of.extent_non_uniformity,
        "SizeZoneNonUniformityNormalized": of.extent_non_uniformity_share,
        "ZonePercentage": sizes.size / levels.size,
        "GrayLevelVariance": of.level_variance,
        "ZoneVariance": of.extent_variance,
        "ZoneEntropy": of.entropy,
        "LowGrayLevelZoneEmphasis": of.low,
        "HighGrayLevelZoneEmphasis": of.high,
        "SmallAreaLowGrayLevelEmphasis": of.short_low,
        "SmallAreaHighGrayLevelEmphasis": of.short_high,
        "LargeAreaLowGrayLevelEmphasis": of.long_low,
        "LargeAreaHighGrayLevelEmphasis": of.long_high,
    }
