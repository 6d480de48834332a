"""Do eight in ten of the lesions scored 0.8 turn out malignant? Measured, and mended.

A scaling is fitted on one part of the data and judged on another: on the rows that it was fitted
to it always looks good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation.by_patient import require_rows
from senoscope.models.evaluation.metrics import Bools, Estimate, Floats
from senoscope.models.evaluation.thresholds import wilson


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Rows with like probabilities: their mean, and the share of positives (95 % Wilson)."""

    probability: float
    frequency: Estimate


def brier(labels: Bools, probabilities: Floats) -> float:
    """Mean squared gap of probability and outcome (Brier 1950), (n,) each: 0 best, 1 worst.

    0.25 is what 0.5 for everyone gets. Raises DataSetError for anything but probabilities.
    """
    _require_probabilities(labels, probabilities)
    return float(((probabilities - labels) ** 2).mean())


def equal_mass_bins(
    labels: Bools, probabilities: Floats, bins: int = 10
) -> tuple[ReliabilityBin, ...]:
    """Bins of as equal numbers of rows as ties allow, by probability.

    Equal probabilities stay together, or the bins would hang on the order of the rows; with many
    ties there are fewer bins. The intervals take rows for independent: give one row per patient.
    Raises DataSetError for anything but probabilities, SettingsError for fewer than one bin.
    """
    _require_probabilities(labels, probabilities)
    if bins < 1:
        raise SettingsError(f"{bins} bins were asked for; expected at least 1. 10 is usual.")
    ordered = np.sort(probabilities)
    starts = ordered[np.arange(bins) * len(ordered) // bins]
    index = np.searchsorted(starts, probabilities, side="right")
    return tuple(_bin(labels, probabilities, index == one) for one in np.unique(index))


def platt_scaling(logits: Floats, malignant: Bools) -> tuple[float, float]:
    """Slope and intercept that make sigmoid(slope * logit + intercept) a probability.

    Newton's method on the log-likelihood with Platt's smoothed targets (Platt 1999). A step that
    does not lower the loss is halved, as overconfident logits would drive it off (Lin 2007).
    """
    positives, negatives = int(malignant.sum()), int((~malignant).sum())
    target = np.where(malignant, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.stack([logits, np.ones_like(logits)], axis=1)

    def loss(weights: Floats) -> float:
        calibrated = design @ weights
        return float(np.sum(np.logaddexp(0, calibrated) - target * calibrated))

    weights = np.array([0.0, np.log((positives + 1) / (negatives + 1))])
    for _ in range(100):
        probability = np.exp(-np.logaddexp(0, -design @ weights))
        gradient = design.T @ (probability - target)
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-9:
            step /= 2
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return float(weights[0]), float(weights[1])


def _bin(labels: Bools, probabilities: Floats, inside: Bools) -> ReliabilityBin:
    frequency = wilson(int(labels[inside].sum()), int(inside.sum()))
    return ReliabilityBin(float(probabilities[inside].mean()), frequency)


def _require_probabilities(labels: Bools, probabilities: Floats) -> None:
    require_rows(labels, probabilities)
    low, high = float(probabilities.min()), float(probabilities.max())
    if low < 0 or high > 1:
        raise DataSetError(
            f"Probabilities lie in {low:.3g} to {high:.3g}; expected 0 to 1. "
            "Put logits through a calibrator first."
        )
