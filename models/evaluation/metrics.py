"""Figures of merit and their confidence intervals. numpy only."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BINS = 10
SEED = 20240611
"""Of every bootstrap: the same rows give the same interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its 95 % confidence interval, and how many images it rests on."""

    value: float
    ci: tuple[float, float]
    n: int


def dice(predicted: Bools, truth: Bools) -> float:
    """2 |A and B| / (|A| + |B|), Dice 1945. An empty prediction of a lesion gives 0."""
    total = int(predicted.sum()) + int(truth.sum())
    return 2.0 * int((predicted & truth).sum()) / total if total else 1.0


def iou(predicted: Bools, truth: Bools) -> float:
    """|A and B| / |A or B|, Jaccard 1912."""
    union = int((predicted | truth).sum())
    return int((predicted & truth).sum()) / union if union else 1.0


def auc(labels: Bools, scores: NDArray[np.floating]) -> float:
    """Area under the ROC curve: P(score of a positive > of a negative), ties half.

    Mann-Whitney form (Hanley & McNeil 1982). nan where one class is absent.
    """
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    rank_sum = float(mean_rank[inverse][labels].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def sensitivity(labels: Bools, called: Bools) -> float:
    """Share of positives that were called; nan without positives."""
    return float(called[labels].mean()) if labels.any() else float("nan")


def specificity(labels: Bools, called: Bools) -> float:
    """Share of negatives that were not called; nan without negatives."""
    return float((~called[~labels]).mean()) if (~labels).any() else float("nan")


def expected_calibration_error(labels: Bools, probabilities: Floats) -> float:
    """Mean gap between probability and frequency over BINS of equal width (Naeini 2015)."""
    index = np.clip((probabilities * BINS).astype(int), 0, BINS - 1)
    gap = 0.0
    for one in range(BINS):
        inside = index == one
        if inside.any():
            gap += inside.mean() * abs(labels[inside].mean() - probabilities[inside].mean())
    return float(gap)


def bootstrap(
    figure: Callable[[NDArray[np.int64]], float],
    groups: Sequence[Hashable],
    resamples: int = 2000,
) -> Estimate:
    """`figure` of row indices, with a percentile interval from resampling whole groups.

    Rows of one group (a patient, a set of near-duplicates) are not independent, so groups are
    drawn (Efron & Tibshirani 1993). Resamples where the figure is undefined are left out.
    """
    members: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    rows_of = [np.array(rows, dtype=np.int64) for rows in members.values()]
    every = np.arange(len(groups), dtype=np.int64)
    if not rows_of:
        return Estimate(float("nan"), (float("nan"), float("nan")), 0)
    rng = np.random.default_rng(SEED)
    drawn = [
        figure(np.concatenate([rows_of[k] for k in rng.integers(len(rows_of), size=len(rows_of))]))
        for _ in range(resamples)
    ]
    defined = np.array([value for value in drawn if not np.isnan(value)])
    low, high = np.percentile(defined, [2.5, 97.5]) if len(defined) else (np.nan, np.nan)
    return Estimate(figure(every), (float(low), float(high)), len(groups))
