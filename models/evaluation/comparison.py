"""Is one reader or network better than another on the same cases? Paired differences.

AUC(one) - AUC(other), with the covariance of two scores that saw the same patients: DeLong where
a patient has one row, Obuchowski where some have several; any other figure by bootstrap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.by_patient import patient_numbers, require_rows
from senoscope.models.evaluation.metrics import Bools, Floats, bootstrap

Z_95 = 1.959963984540054
"""Standard deviations either side of a normal mean that hold 95 %."""
NO_VARIANCE = 1e-26
"""Below what one swapped pair among a million positives and negatives gives: rounding."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure minus another on the same rows.

    `ci` is the 95 % interval, not cut off at -1 and 1. `p` is two-sided, of no difference; it is
    nan where it is not defined. `n` counts rows, `patients` the independent groups among them.
    """

    value: float
    ci: tuple[float, float]
    p: float
    n: int
    patients: int


def delong(labels: Bools, one: Floats, other: Floats, groups: Sequence[Hashable]) -> Difference:
    """AUC(one) - AUC(other), all (n,), where every row is another patient.

    DeLong, DeLong & Clarke-Pearson, Biometrics 1988;44:837, by midranks (Sun & Xu, IEEE Signal
    Process Lett 2014;21:1389). Raises DataSetError where a patient has several rows, whose
    interval would be too narrow, and where `obuchowski` does.
    """
    if len(set(groups)) < len(groups):
        raise DataSetError(
            f"{len(groups)} rows are of {len(set(groups))} patients; DeLong expects one row per "
            "patient. Use obuchowski, or make one row of each patient with by_patient."
        )
    return obuchowski(labels, one, other, groups)


def obuchowski(labels: Bools, one: Floats, other: Floats, groups: Sequence[Hashable]) -> Difference:
    """AUC(one) - AUC(other), all (n,), where `groups` says whose the rows are.

    Obuchowski, Biometrics 1997;53:567: DeLong's components, summed within patients. A patient may
    have rows of both labels. The AUC stays that of rows, so patients with many rows weigh more.
    ci and p are nan where the components show no spread but the areas differ.
    Raises DataSetError for fewer than two patients with positives or with negatives, and for rows
    that do not agree or are not finite.
    """
    require_rows(labels, one, other, groups=groups)
    patient = patient_numbers(groups)
    patients = int(patient.max()) + 1
    of_positives, of_negatives = patient[labels], patient[~labels]
    with_positives, with_negatives = len(np.unique(of_positives)), len(np.unique(of_negatives))
    if min(with_positives, with_negatives) < 2:
        raise DataSetError(
            f"{with_positives} patients have positive rows and {with_negatives} negative ones; "
            "expected at least 2 of each. Compare on more patients."
        )
    # The variance of a difference is the same quadratic form in the differences of components,
    # so that neither the two variances nor the covariance is needed by itself.
    above_one, below_one = placements(labels, one)
    above_other, below_other = placements(labels, other)
    above, below = above_one - above_other, below_one - below_other
    difference = float(above.mean())
    x = np.bincount(of_positives, above - difference, patients) / len(above)
    y = np.bincount(of_negatives, below - difference, patients) / len(below)
    variance = (
        unbiased(with_positives) * float(x @ x)
        + unbiased(with_negatives) * float(y @ y)
        + 2 * unbiased(patients) * float(x @ y)
    )
    return _normal(difference, variance, len(labels), patients)


def paired_bootstrap(
    figure: Callable[[NDArray[np.int64]], float],
    groups: Sequence[Hashable],
    resamples: int = 2000,
) -> Difference:
    """`figure` of row indices, itself a difference of two figures on these rows.

    Whole patients are drawn, the same ones for both figures: see metrics.bootstrap, whose
    percentile interval `ci` is. `p` is twice the smaller share of resamples on either side of 0,
    the level at which that interval would touch 0; the 1 added to the count (Davison & Hinkley
    1997) keeps it above 0. Resamples where the figure is undefined are left out.
    """
    drawn: list[float] = []

    def recorded(rows: NDArray[np.int64]) -> float:
        drawn.append(figure(rows))
        return drawn[-1]

    estimate = bootstrap(recorded, groups, resamples)
    # bootstrap also asks for the figure of every row: the 1 that is added below the line.
    defined = np.array([value for value in drawn if not np.isnan(value)])
    p = float("nan")
    if not np.isnan(estimate.value):
        tail = min(int((defined <= 0).sum()), int((defined >= 0).sum()))
        p = min(1.0, 2 * (1 + tail) / len(defined))
    return Difference(estimate.value, estimate.ci, p, estimate.n, len(set(groups)))


def placements(labels: Bools, scores: Floats) -> tuple[Floats, Floats]:
    """DeLong's V10 and V01: the share of the other class that each case is on the right side of.

    A tie counts half. O(n log n): a rank among all, less the rank in the own class.
    """
    ranks = _midranks(scores)
    positives, negatives = scores[labels], scores[~labels]
    above = (ranks[labels] - _midranks(positives)) / len(negatives)
    below = 1 - (ranks[~labels] - _midranks(negatives)) / len(positives)
    return above, below


def _midranks(scores: Floats) -> Floats:
    """Ranks from 1, those of equal scores averaged."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def unbiased(count: int) -> float:
    """What a mean square of `count` deviations from their own mean lacks."""
    return count / (count - 1)


def _normal(value: float, variance: float, n: int, patients: int) -> Difference:
    if variance > NO_VARIANCE:
        error = math.sqrt(variance)
        p = math.erfc(abs(value) / error / math.sqrt(2))
        return Difference(value, (value - Z_95 * error, value + Z_95 * error), p, n, patients)
    if value == 0:
        return Difference(0.0, (0.0, 0.0), 1.0, n, patients)
    nan = float("nan")
    return Difference(value, (nan, nan), nan, n, patients)
