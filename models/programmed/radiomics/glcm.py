"""Grey-level co-occurrence: which grey levels lie side by side (Haralick 1973).

Matrices are symmetric, at Chebyshev distance 1. Each feature is the mean over the directions of its
value on that direction's matrix: IBSI's "3D, averaged", in 2-D its "2D, averaged". In-plane
matrices of a volume are merged over slices first (IBSI's "2.5D, direction-merged"), as
pyradiomics does. pyradiomics' names in IBSI (Zwanenburg 2020):

- `JointAverage` is the joint average, `SumSquares` the joint variance, `JointEnergy` the angular
  second moment, `MaximumProbability` the joint maximum.
- `DifferenceAverage` is also IBSI's dissimilarity, `ClusterTendency` also its sum variance.
- `Id`, `Idn`, `Idm`, `Idmn` are the inverse difference (moment), n for normalised by the number
  of grey levels, which is the highest level in the region.
- `Imc1`, `Imc2` are the information correlations; `Imc2` keeps base 2 in the entropies under e,
  as IBSI's does.
- `MCC`, the maximal correlation coefficient, is not in IBSI.

Of a region of one grey level `Correlation` and `MCC` are 1 and `Imc1`, `Imc2` 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.radiomics.entropy import entropy
from senoscope.models.programmed.radiomics.neighbours import Pairs

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]


def cooccurrence(
    levels: Levels, pairs: Sequence[Pairs]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The k grey levels present, ascending, and (directions, k, k) counts in both senses."""
    present, index = np.unique(levels, return_inverse=True)
    k = present.size
    one_way = np.stack(
        [
            np.bincount(index[first] * k + index[second], minlength=k * k).reshape(k, k)
            for first, second in pairs
        ]
    )
    return present, one_way + one_way.transpose(0, 2, 1)


def glcm_features(levels: Levels, pairs: Sequence[Pairs]) -> dict[str, float]:
    """24 features of (n,) grey levels from 1 and the pairs that adjoin, at least one of them."""
    present, counts = cooccurrence(levels, pairs)
    grey = present.astype(np.float64)
    per_direction = []
    for matrix in counts:
        p = matrix / matrix.sum()
        per_direction.append(_joint(p, grey) | _differences(p, grey) | _information(p, present))
    return {name: float(np.mean([one[name] for one in per_direction])) for name in per_direction[0]}


def _joint(p: Floats, grey: Floats) -> dict[str, float]:
    """Features of the joint probability; rows and columns are alike, so one mean serves both."""
    margin = p.sum(axis=0)
    mean = margin @ grey
    variance = margin @ (grey - mean) ** 2
    autocorrelation = grey @ p @ grey
    away = grey[:, None] + grey - 2 * mean
    return {
        "Autocorrelation": autocorrelation,
        "JointAverage": mean,
        "SumAverage": 2 * mean,
        "SumSquares": variance,
        "ClusterTendency": np.sum(p * away**2),
        "ClusterShade": np.sum(p * away**3),
        "ClusterProminence": np.sum(p * away**4),
        "Correlation": (autocorrelation - mean**2) / variance if variance else 1.0,
        "JointEnergy": np.sum(p**2),
        "JointEntropy": entropy(p),
        "MaximumProbability": p.max(),
    }


def _differences(p: Floats, grey: Floats) -> dict[str, float]:
    """Features of how far apart the two grey levels are."""
    apart = np.abs(grey[:, None] - grey).astype(np.int64)
    shares = np.asarray(np.bincount(apart.ravel(), weights=p.ravel()), np.float64)
    gap = np.arange(shares.size)
    levels = grey[-1]
    mean = shares @ gap
    return {
        "DifferenceAverage": mean,
        "DifferenceVariance": shares @ (gap - mean) ** 2,
        "DifferenceEntropy": entropy(shares),
        "Contrast": shares @ gap**2,
        "Id": shares @ (1 / (1 + gap)),
        "Idn": shares @ (1 / (1 + gap / levels)),
        "Idm": shares @ (1 / (1 + gap**2)),
        "Idmn": shares @ (1 / (1 + gap**2 / levels**2)),
        "InverseVariance": shares[1:] @ (1 / gap[1:] ** 2),
    }


def _information(p: Floats, present: NDArray[np.int64]) -> dict[str, float]:
    """Features of what one grey level tells of its neighbour's.

    With equal margins both of Haralick's HXY1 and HXY2 are twice the margin's entropy. The maximal
    correlation is the second singular value of p(i, j) / sqrt(p(i) p(j)), the root of the second
    eigenvalue of Haralick's Q without Q.
    """
    sums = np.bincount((present[:, None] + present).ravel(), weights=p.ravel())
    margin = p.sum(axis=0)
    alone = entropy(margin)
    shared = max(2 * alone - entropy(p), 0.0)
    root = np.sqrt(np.where(margin > 0, margin, 1.0))
    correlations = np.linalg.svd(p / np.outer(root, root), compute_uv=False)
    return {
        "SumEntropy": entropy(np.asarray(sums, np.float64)),
        "Imc1": -shared / alone if alone else 0.0,
        "Imc2": np.sqrt(1 - np.exp(-2 * shared)),
        "MCC": correlations[1] if present.size > 1 else 1.0,
    }
