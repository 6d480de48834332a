"""Bootstrap of whole patients by how often each is drawn: counts in place of rows, many at once.

The same draws as metrics.bootstrap would make, as numbers that a sum can be weighted with, so
that thousands of resamples of dozens of scores take seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from senoscope.models.evaluation.metrics import SEED, Bools, Estimate, Floats
from senoscope.models.evaluation.readers.areas import Ints
from senoscope.models.evaluation.thresholds import wilson

RESAMPLES = 2000
_AT_ONCE = 100


def patient_weights(patients: int, resamples: int = RESAMPLES) -> Floats:
    """(resamples, patients): how often each patient is drawn, each row summing to `patients`."""
    rng = np.random.default_rng(SEED)
    even = np.full(patients, 1 / patients)
    return rng.multinomial(patients, even, size=resamples).astype(np.float64)


def share(called: Bools, patient: Ints, weights: Floats) -> Estimate:
    """The share of (n,) cases that were called, its interval by patients.

    Where all or none were, resamples all agree: Wilson's interval of as many patients is given.
    """
    if not len(called):
        return Estimate(math.nan, (math.nan, math.nan), 0)
    value = float(called.mean())
    if value in (0.0, 1.0):
        patients = len(np.unique(patient))
        return Estimate(value, wilson(round(value * patients), patients).ci, len(called))
    count = weights.shape[1]
    hits = weights @ np.bincount(patient, called, count)
    drawn = weights @ np.bincount(patient, minlength=count)
    return Estimate(value, interval(_ratio(hits, drawn)), len(called))


def resampled_areas(labels: Bools, scores: Floats, patient: Ints, weights: Floats) -> Floats:
    """(scores, resamples): the AUC of (scores, n) in every resample; nan without both classes."""
    return np.array(
        [
            np.concatenate([_areas(labels, row, patient, some) for some in _in_parts(weights)])
            for row in scores
        ]
    )


def interval(values: Floats) -> tuple[float, float]:
    """2.5 and 97.5 % of those that are defined."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return math.nan, math.nan
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)


def _in_parts(weights: Floats) -> Iterator[Floats]:
    for start in range(0, len(weights), _AT_ONCE):
        yield weights[start : start + _AT_ONCE]


def _areas(labels: Bools, scores: Floats, patient: Ints, weights: Floats) -> Floats:
    """Mann-Whitney with weights: cumulative sums over the scores in order, ties half."""
    distinct, place = np.unique(scores, return_inverse=True)
    rows = weights[:, patient]
    positive, negative = (
        _summed(rows[:, of], place[of], len(distinct)) for of in (labels, ~labels)
    )
    below = np.cumsum(negative, axis=1) - negative / 2
    return _ratio((positive * below).sum(axis=1), positive.sum(axis=1) * negative.sum(axis=1))


def _summed(rows: Floats, place: Ints, distinct: int) -> Floats:
    """(resamples, distinct): the weights of each distinct score."""
    order = np.argsort(place, kind="stable")
    sums = np.zeros((len(rows), distinct))
    if len(order):
        found, starts = np.unique(place[order], return_index=True)
        sums[:, found] = np.add.reduceat(rows[:, order], starts, axis=1)
    return sums


def _ratio(above: Floats, below: Floats) -> Floats:
    undefined = np.full(above.shape, np.nan)
    return np.asarray(np.divide(above, below, out=undefined, where=below > 0), dtype=np.float64)
