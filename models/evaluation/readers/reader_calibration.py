"""Are probabilities what they say they are? Brier score, slope and intercept, months, scanners.

Slope and intercept: Cox, Biometrika 1958;45:562, by maximum likelihood, with errors that hold where
a patient has several cases (the sandwich by patients; Liang & Zeger, Biometrika 1986;73:13).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.calibration_error import brier, equal_mass_bins
from senoscope.models.evaluation.comparison import Z_95
from senoscope.models.evaluation.metrics import Bools, Estimate, Floats
from senoscope.models.evaluation.platt_fit import scaled
from senoscope.models.evaluation.readers.areas import Ints
from senoscope.models.evaluation.readers.patient_resamples import interval
from senoscope.models.evaluation.readers.reader_study import CalibrationFigures, CalibrationPeriod
from senoscope.models.evaluation.thresholds import wilson

SURE = 0.001
"""0 and 1 count as this far from it: who says 0 hardly means less than one in a thousand."""
FEWEST_CANCERS = 10
"""And as many others: for a slope."""
_STEPS = 50
_FAR = 30.0


def logits(probabilities: Floats) -> Floats:
    """Natural log odds, (n,), with SURE from 0 and 1."""
    kept = np.clip(probabilities, SURE, 1 - SURE)
    return np.asarray(np.log(kept / (1 - kept)), dtype=np.float64)


def calibration_figures(
    by: str, said: Said, labels: Bools, probabilities: Floats, patient: Ints, weights: Floats
) -> CalibrationFigures:
    """Of (n,) cases with an outcome, at least one; `weights` as patient_weights makes them."""
    cancers = int(labels.sum())
    squares = np.bincount(patient, (probabilities - labels) ** 2, weights.shape[1])
    counts = np.bincount(patient, minlength=weights.shape[1])
    drawn = weights @ counts
    spread = (weights @ squares)[drawn > 0] / drawn[drawn > 0]
    enough = min(cancers, len(labels) - cancers) >= FEWEST_CANCERS
    prevalence = cancers / len(labels)
    return CalibrationFigures(
        by, said, len(labels), cancers,
        Estimate(brier(labels, probabilities), interval(spread), len(labels)),
        prevalence * (1 - prevalence),
        float(probabilities.sum()),
        _weight(labels, logits(probabilities), patient, True) if enough else None,
        _weight(labels, logits(probabilities), patient, False) if enough else None,
        equal_mass_bins(labels, probabilities),
    )  # fmt: skip


def calibration_period(
    by: str,
    period: str,
    exam_logits: Floats,
    outcomes: Sequence[tuple[bool, float]],
) -> CalibrationPeriod:
    """Of all exams' logits, and of (cancer, probability) of the cases with an outcome."""
    labels = np.array([cancer for cancer, _ in outcomes], dtype=np.bool_)
    chances = np.array([chance for _, chance in outcomes], dtype=np.float64)
    cancers, n, expected = int(labels.sum()), len(labels), float(chances.sum())
    ratio = None
    if n and expected > 0:
        low, high = wilson(cancers, n).ci
        ratio = Estimate(cancers / expected, (low * n / expected, high * n / expected), n)
    return CalibrationPeriod(
        by, period, len(exam_logits), n, cancers, expected, ratio,
        brier(labels, chances) if n else None,
        float(exam_logits.mean()),
        float(exam_logits.std(ddof=1)) if len(exam_logits) > 1 else math.nan,
    )  # fmt: skip


def recalibration(labels: Bools, of: Floats) -> tuple[float, float] | None:
    """Slope and intercept of (n,) logits; None where a line parts the classes without an error."""
    found = _fit(labels, np.stack([of, np.ones_like(of)], axis=1), np.zeros_like(of))
    return None if found is None else (float(found[0]), float(found[1]))


def _weight(labels: Bools, of: Floats, patient: Ints, slope: bool) -> Estimate | None:
    """The slope, or the intercept with the slope held at 1."""
    ones = np.ones_like(of)
    design = np.stack([of, ones], axis=1) if slope else ones[:, None]
    offset = np.zeros_like(of) if slope else of
    weights = _fit(labels, design, offset)
    if weights is None:
        return None
    chances = scaled(design @ weights + offset, 1.0, 0.0)
    bread = np.linalg.inv((design * (chances * (1 - chances))[:, None]).T @ design)
    scores = np.zeros((int(patient.max()) + 1, design.shape[1]))
    np.add.at(scores, patient, design * (labels - chances)[:, None])
    groups = len(np.unique(patient))
    covariance = bread @ (scores.T @ scores) @ bread * groups / (groups - 1)
    half = Z_95 * math.sqrt(float(covariance[0, 0]))
    value = float(weights[0])
    return Estimate(value, (value - half, value + half), len(labels))


def _fit(labels: Bools, design: Floats, offset: Floats) -> Floats | None:
    """Newton's method from 0, steps halved where they overshoot; None where it runs away."""

    def loss(at: Floats) -> float:
        log_odds = design @ at + offset
        return float((np.logaddexp(0, log_odds) - labels * log_odds).sum())

    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chances = scaled(design @ weights + offset, 1.0, 0.0)
        curvature = (design * (chances * (1 - chances))[:, None]).T @ design
        if abs(float(np.linalg.det(curvature))) < 1e-12 or np.abs(weights).max() > _FAR:
            return None
        step = np.linalg.solve(curvature, design.T @ (chances - labels))
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return weights
