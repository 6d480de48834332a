"""Penalised logistic regression with the covariance of its weights; numpy only.

Ridge (le Cessie & van Houwelingen, Appl Stat 1992;41:191) by iteratively reweighted least squares,
which is Newton's method on the penalised likelihood. The covariance is the inverse of the penalised
curvature: the posterior's, where the penalty is a normal prior (Gray, JASA 1992;87:942).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_STEPS = 100
_SMALL = 1e-9
_FAR = 30.0
"""Log odds a spread: a weight beyond it belongs to classes that a line parts without an error."""


@dataclass(frozen=True, eq=False)
class PenalisedFit:
    """`weights` is (columns,), `covariance` (columns, columns), in the units of the design."""

    weights: Floats
    covariance: Floats

    @property
    def standard_errors(self) -> Floats:
        """(columns,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)), np.float64)


def fit_penalised(design: Floats, labels: Bools, penalty: Floats) -> PenalisedFit:
    """Weights of the (n, columns) `design`; `penalty` is (columns,), per unit of squared weight.

    A column of ones has the penalty 0. DataSetError where a class is absent, or where without a
    penalty the weights run away, since a line parts the classes without an error.
    """
    if labels.all() or not labels.any():
        raise DataSetError(
            f"{int(labels.sum())} of {len(labels)} rows have the outcome; expected some of both "
            "kinds. Give more rows."
        )
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        probability = _logistic(design @ weights)
        gradient = design.T @ (probability - labels) + penalty * weights
        curvature = _curvature(design, probability, penalty)
        step = np.linalg.solve(curvature, gradient)
        now = _loss(design, labels, penalty, weights)
        while _loss(design, labels, penalty, weights - step) > now and np.abs(step).max() > _SMALL:
            step /= 2
        weights = weights - step
        if np.abs(step).max() < _SMALL or np.abs(weights).max() > _FAR:
            break
    if np.abs(weights).max() > _FAR:
        raise DataSetError(
            f"{len(labels)} rows of {design.shape[1]} columns are parted without an error, so that "
            "no finite weights are best. Give more rows, fewer columns, or a penalty."
        )
    covariance = np.linalg.inv(_curvature(design, _logistic(design @ weights), penalty))
    return PenalisedFit(weights, np.asarray((covariance + covariance.T) / 2, np.float64))


def pooled(fits: list[PenalisedFit]) -> PenalisedFit:
    """Of one model on several imputed tables (Rubin, Multiple Imputation, 1987).

    The variance is the mean one and, (1 + 1/m) times, that between the tables.
    """
    weights = np.array([each.weights for each in fits])
    within = np.mean([each.covariance for each in fits], axis=0)
    if len(fits) == 1:
        return PenalisedFit(weights[0], within)
    off = weights - weights.mean(axis=0)
    between = off.T @ off / (len(fits) - 1)
    return PenalisedFit(weights.mean(axis=0), within + (1 + 1 / len(fits)) * between)


def log_loss(labels: Bools, log_odds: Floats) -> float:
    """Mean of (n,)."""
    return float(np.mean(np.logaddexp(0, log_odds) - labels * log_odds))


def _curvature(design: Floats, probability: Floats, penalty: Floats) -> Floats:
    weighted = design * (probability * (1 - probability))[:, None]
    # What keeps a column that never varies from making the system singular.
    return np.asarray(weighted.T @ design + np.diag(penalty + _SMALL), np.float64)


def _loss(design: Floats, labels: Bools, penalty: Floats, weights: Floats) -> float:
    log_odds = design @ weights
    likelihood = np.sum(np.logaddexp(0, log_odds) - labels * log_odds)
    return float(likelihood + (penalty * weights**2).sum() / 2)


def _logistic(log_odds: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(log_odds / 2), np.float64)
