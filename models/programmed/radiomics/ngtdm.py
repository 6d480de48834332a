"""Neighbourhood grey-tone difference: how a pixel stands out from its neighbours (Amadasun 1989).

Definitions are IBSI's (Zwanenburg 2020). A pixel without a neighbour in the region is left out, as
IBSI says; pyradiomics counts it, with no difference. Where nothing differs `Coarseness` is 1e6 and
the others are 0, in both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.radiomics.neighbours import Pairs

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]

MOST_COARSE = 1e6


def tone_differences(
    levels: Levels, pairs: Sequence[Pairs]
) -> tuple[Levels, NDArray[np.int64], Floats]:
    """The k grey levels present, how many pixels have each, and their summed differences.

    The difference of a pixel is |its grey level - the mean of its neighbours'|.
    """
    n = levels.size
    total, count = np.zeros(n), np.zeros(n, np.int64)
    for first, second in pairs:
        # A pixel is at most once the first and once the second of one direction.
        total[first] += levels[second]
        total[second] += levels[first]
        count[first] += 1
        count[second] += 1
    has = count > 0
    differences = np.abs(levels[has] - total[has] / count[has])
    present, index, sizes = np.unique(levels[has], return_inverse=True, return_counts=True)
    summed = np.bincount(index, weights=differences)
    return present, sizes.astype(np.int64), np.asarray(summed, np.float64)


def ngtdm_features(levels: Levels, pairs: Sequence[Pairs]) -> dict[str, float]:
    """5 features of (n,) grey levels from 1 and the pairs that adjoin, at least one of them."""
    present, sizes, s = tone_differences(levels, pairs)
    n, k, total = int(sizes.sum()), present.size, float(s.sum())
    p = sizes / n
    weighted = float(p @ s)
    apart = np.abs(present[:, None] - present)
    spread = float(p @ apart**2 @ p) / (k * max(k - 1, 1))
    scattered = float(np.sum(np.abs((present * p)[:, None] - present * p)))
    tones = ((p * s)[:, None] + p * s) / (p[:, None] + p)
    return {
        "Coarseness": 1 / weighted if weighted else MOST_COARSE,
        "Contrast": spread * total / n,
        "Busyness": weighted / scattered if scattered else 0.0,
        "Complexity": float(np.sum(apart * tones)) / n,
        "Strength": float(np.sum((p[:, None] + p) * apart**2)) / total if total else 0.0,
    }
