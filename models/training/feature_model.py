"""Fits a logistic model over named features; penalty and calibration from folds over patients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.calibration_error import platt_scaling
from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.feature_model import LIMIT, FeatureModel, Weight

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Candidates for the ridge penalty, per unit of squared weight."""
FOLDS = 5


def fit_feature_model(
    features: Sequence[Values], malignant: Bools, groups: Sequence[str]
) -> FeatureModel:
    """Ridge logistic regression (le Cessie & van Houwelingen 1992) on one row per lesion.

    `groups` names the patient of each. nan counts as usual. DataSetError where a class is absent
    or there are fewer patients than folds.
    """
    folds = _folds(groups)
    if not len(folds) or malignant.all() or not malignant.any() or folds.max() < FOLDS - 1:
        raise DataSetError(
            f"{len(features)} lesions were given, {int(malignant.sum())} of them malignant; "
            f"expected both kinds, of at least {FOLDS} patients. Choose more of the data set."
        )
    names = list(features[0])
    table = np.array([[row[name] for name in names] for row in features], dtype=np.float64)
    scores = {each: _out_of_fold(table, malignant, folds, each) for each in PENALTIES}
    penalty = min(PENALTIES, key=lambda each: _log_loss(scores[each], malignant))
    slope, shift = platt_scaling(scores[penalty], malignant)
    if slope <= 0:  # unseen patients come out the wrong way round: the features say nothing
        slope, shift = 0.0, float(np.log(malignant.sum() / (~malignant).sum()))
    usual, spread = _usual(table)
    weights = ridge_logistic(_standardised(table, usual, spread), malignant, penalty) * slope
    rows = zip(usual, spread, weights[:-1], strict=True)
    named = {
        name: Weight(*(float(f"{value:.6g}") for value in row))
        for name, row in zip(names, rows, strict=True)
    }
    return FeatureModel(named, round(float(weights[-1] + shift), 6))


def _folds(groups: Sequence[str]) -> NDArray[np.int64]:
    """A fold number per row; patients are dealt out in a fixed random order."""
    names = sorted(set(groups))
    order = np.random.default_rng(0).permutation(len(names))
    fold_of = {name: int(order[place]) % FOLDS for place, name in enumerate(names)}
    return np.array([fold_of[group] for group in groups], dtype=np.int64)


def _out_of_fold(
    table: Floats, malignant: Bools, folds: NDArray[np.int64], penalty: float
) -> Floats:
    logits = np.empty(len(table))
    for fold in range(FOLDS):
        held = folds == fold
        usual, spread = _usual(table[~held])
        design = _standardised(table[~held], usual, spread)
        weights = ridge_logistic(design, malignant[~held], penalty)
        logits[held] = _standardised(table[held], usual, spread) @ weights
    return logits


def _usual(table: Floats) -> tuple[Floats, Floats]:
    return np.nanmedian(table, axis=0), np.maximum(np.nanstd(table, axis=0), 1e-6)


def _standardised(table: Floats, usual: Floats, spread: Floats) -> Floats:
    """With a last column of ones; what cannot be assessed counts as usual."""
    scaled = np.clip(np.nan_to_num((table - usual) / spread, nan=0.0), -LIMIT, LIMIT)
    return np.hstack([scaled, np.ones((len(table), 1))])


def ridge_logistic(design: Floats, malignant: Bools, penalty: float) -> Floats:
    """Weights of the (n, columns) `design`, whose last column are ones: its is not penalised.

    Newton's method on the penalised likelihood (le Cessie & van Houwelingen 1992).
    """
    ridge = np.full(design.shape[1], penalty)
    ridge[-1] = 1e-9
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        probability = np.exp(-np.logaddexp(0, -design @ weights))
        gradient = design.T @ (probability - malignant) + ridge * weights
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design
        step = np.linalg.solve(curvature + np.diag(ridge), gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _log_loss(logits: Floats, malignant: Bools) -> float:
    return float(np.mean(np.logaddexp(0, logits) - malignant * logits))
