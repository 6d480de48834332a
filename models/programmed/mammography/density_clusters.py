"""Fuzzy clusters of the breast's grey values, and what speaks for each being dense tissue.

LIBRA's way (Keller et al., Med Phys 2012): clusters first, then a rule says which are dense.
Every feature compares the breast with itself, since grey differs by vendor, window and film.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.feature import Feature
from senoscope.models.programmed.mammography.breast import Grey, Mask

CLUSTERS = 8
_BINS = 256
_FUZZINESS = 2.0
_ROUNDS = 60

_SOURCE = "after Keller et al., Med Phys 2012"
FEATURES = (
    Feature("level", "1", "Level between fat (0) and bright tissue (1)", _SOURCE),
    Feature("above_fat", "1", "Level above fat, in spreads of what is darker", _SOURCE),
    Feature(
        "skewness", "1", "Of the breast's grey (Kelly): sparse gland is a bright tail", _SOURCE
    ),
)
"""Few: simulated gland is smoother than real gland, and a rule over its texture or patches calls
real gland fat."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GreyClusters:
    """From dark to bright; cluster k begins at `begins[k]`, grey of the evened picture.

    `levels`, `begins` and `shares` (of the pixels) are (CLUSTERS,), `features` (CLUSTERS,
    FEATURES).
    """

    levels: Floats
    begins: Floats
    shares: Floats
    features: Floats


def grey_clusters(even: Grey, tissue: Mask) -> GreyClusters:
    """Of an evened picture, (rows, columns), where `tissue` is."""
    values = even[tissue].astype(np.float64)
    low, dark, fat, middle, bright, high = np.percentile(values, [0.5, 5, 25, 50, 97, 99.5])
    bound = float(max(high - low, 1e-6))
    counts, edges = np.histogram(np.clip(values, low, low + bound), _BINS, (low, low + bound))
    middles = (edges[:-1] + edges[1:]) / 2
    levels = _fuzzy_c_means(counts.astype(np.float64), middles)
    begins = np.concatenate([[-np.inf], (levels[1:] + levels[:-1]) / 2])
    of = np.searchsorted(begins, values, side="right") - 1
    shares = np.bincount(of, minlength=CLUSTERS) / len(values)
    spread = max(float(fat - dark), 0.02 * bound)
    reach = max(float(bright - dark), 1e-6)
    rows = [
        (levels - fat) / max(float(bright - fat), 1e-6),
        np.clip((levels - fat) / spread, -3, 12),
        np.full(CLUSTERS, float(bright + dark - 2 * middle) / reach),
    ]
    return GreyClusters(levels, begins, shares, np.stack(rows, axis=1))


def _fuzzy_c_means(counts: Floats, middles: Floats) -> Floats:
    """Centres from dark to bright (Bezdek 1981), on a histogram, so that size costs nothing."""
    at = (np.arange(CLUSTERS) + 0.5) / CLUSTERS
    centres = np.interp(at, np.cumsum(counts) / counts.sum(), middles)
    centres += np.arange(CLUSTERS) * 1e-7  # none the same
    for _ in range(_ROUNDS):
        apart = np.square(middles[:, None] - centres[None, :]) + 1e-12
        inverse = apart ** (-1 / (_FUZZINESS - 1))
        heavy = (inverse / inverse.sum(axis=1, keepdims=True)) ** _FUZZINESS * counts[:, None]
        moved = (heavy * middles[:, None]).sum(axis=0) / (heavy.sum(axis=0) + 1e-12)
        if np.abs(moved - centres).max() < 1e-4 * float(np.ptp(middles)):
            break
        centres = moved
    return np.sort(centres)
