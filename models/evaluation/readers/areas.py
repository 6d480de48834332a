"""Areas under ROC curves of several scores on the same cases, and how their errors go together.

DeLong's components summed within patients (Obuchowski, Biometrics 1997;53:567), as in
comparison.obuchowski, for all pairs of scores at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.evaluation.comparison import Z_95, placements, unbiased
from senoscope.models.evaluation.metrics import Bools, Estimate, Floats

Ints = NDArray[np.int64]
FEWEST = 2
"""Patients of either class: with fewer there is no variance."""


@dataclass(frozen=True, eq=False)
class Areas:
    """`values` (scores,) and `covariance` (scores, scores) of their errors; `n` cases."""

    values: Floats
    covariance: Floats
    n: int
    patients: int
    cancers: int

    def estimate(self, place: int) -> Estimate:
        """One area with its 95 % interval, cut off at 0 and 1."""
        value = float(self.values[place])
        half = Z_95 * math.sqrt(max(float(self.covariance[place, place]), 0.0))
        return Estimate(value, (max(0.0, value - half), min(1.0, value + half)), self.n)


def can_be_computed(labels: Bools, patient: Ints) -> bool:
    """Whether at least FEWEST patients have positives, and as many negatives."""
    return min(len(np.unique(patient[labels])), len(np.unique(patient[~labels]))) >= FEWEST


def areas(labels: Bools, scores: Floats, patient: Ints) -> Areas:
    """Of (scores, n) on n cases with `labels`; `patient` numbers whose each is, from 0."""
    patients = int(patient.max()) + 1
    of_positives, of_negatives = patient[labels], patient[~labels]
    above, below = zip(*(placements(labels, row) for row in scores), strict=True)
    values = np.array([each.mean() for each in above])
    x = np.array(
        [np.bincount(of_positives, a - v, patients) for a, v in zip(above, values, strict=True)]
    ) / len(of_positives)  # fmt: skip
    y = np.array(
        [np.bincount(of_negatives, b - v, patients) for b, v in zip(below, values, strict=True)]
    ) / len(of_negatives)  # fmt: skip
    cross = x @ y.T
    covariance = (
        unbiased(len(np.unique(of_positives))) * (x @ x.T)
        + unbiased(len(np.unique(of_negatives))) * (y @ y.T)
        + unbiased(len(np.unique(patient))) * (cross + cross.T)
    )
    return Areas(values, covariance, len(labels), len(np.unique(patient)), int(labels.sum()))
