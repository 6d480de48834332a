"""Do eight in ten of the lesions scored 0.8 turn out malignant? Measured, and mended.

A calibrator is fitted on one part of the data and judged on another: on the rows that it was
fitted to it always looks good.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation.by_patient import require_both_classes, require_rows
from senoscope.models.evaluation.metrics import Bools, Estimate, Floats
from senoscope.models.evaluation.thresholds import wilson


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Rows with like probabilities: their mean, and the share of positives (95 % Wilson)."""

    probability: float
    frequency: Estimate


@dataclass(frozen=True, slots=True)
class TemperatureScaling:
    """Logits divided by `temperature` > 0: above 1 less sure, below 1 surer. Keeps the order."""

    temperature: float

    def __post_init__(self) -> None:
        if not 0 < self.temperature < math.inf:
            raise SettingsError(
                f"The temperature is {self.temperature}; expected a number above 0. Fit it again."
            )

    def __call__(self, logits: Floats) -> Floats:
        """Probabilities in 0..1, of the logits' shape."""
        # The sigmoid, in the form that does not overflow.
        return np.asarray(0.5 + 0.5 * np.tanh(logits / (2 * self.temperature)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Isotonic:
    """Straight lines between (score, probability) knots, level before the first and after the last.

    `scores` increase, `probabilities` in 0..1 never decrease. Scores of one level become ties.
    """

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = (np.diff(self.scores) > 0).all() and (np.diff(self.probabilities) >= 0).all()
        inside = all(0 <= probability <= 1 for probability in self.probabilities)
        count, other = len(self.scores), len(self.probabilities)
        if not count or count != other or not rising or not inside:
            raise SettingsError(
                f"{count} scores and {other} probabilities do not make a rising curve in 0..1; "
                "expected as many of both, in order. Fit it again."
            )

    def __call__(self, scores: Floats) -> Floats:
        """Probabilities in 0..1, of the scores' shape."""
        return np.asarray(np.interp(scores, self.scores, self.probabilities), dtype=np.float64)


def brier(labels: Bools, probabilities: Floats) -> float:
    """Mean squared gap of probability and outcome (Brier 1950), (n,) each: 0 best, 1 worst.

    0.25 is what 0.5 for everyone gets. Raises DataSetError for anything but probabilities.
    """
    _require_probabilities(labels, probabilities)
    return float(((probabilities - labels) ** 2).mean())


def equal_width_bins(
    labels: Bools, probabilities: Floats, bins: int = 10
) -> tuple[ReliabilityBin, ...]:
    """The bins of `metrics.expected_calibration_error`, by probability; empty ones are left out.

    The intervals take rows for independent: give one row per patient. Raises DataSetError for
    anything but probabilities, SettingsError for fewer than one bin.
    """
    _require_probabilities(labels, probabilities)
    _require_bins(bins)
    index = np.clip((probabilities * bins).astype(int), 0, bins - 1)
    return tuple(_bin(labels, probabilities, index == one) for one in np.unique(index))


def equal_mass_bins(
    labels: Bools, probabilities: Floats, bins: int = 10
) -> tuple[ReliabilityBin, ...]:
    """Bins of as equal numbers of rows as ties allow, by probability.

    Equal probabilities stay together, or the bins would hang on the order of the rows; with many
    ties there are fewer bins. Raises as `equal_width_bins` does.
    """
    _require_probabilities(labels, probabilities)
    _require_bins(bins)
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


def temperature_scaling(logits: Floats, labels: Bools) -> TemperatureScaling:
    """The temperature of the largest likelihood (Guo et al., ICML 2017), (n,) logits and labels.

    Raises DataSetError where there is none: one class is absent, the logits' signs already tell
    all classes apart (any surer is likelier), or the logits are on average on the wrong side.
    """
    require_rows(labels, logits)
    require_both_classes(labels)

    def slope(sureness: float) -> float:
        """Of the mean log loss with regard to 1 / temperature, in which it is convex."""
        return float((logits * (TemperatureScaling(1 / sureness)(logits) - labels)).mean())

    if (np.where(labels, logits, -logits) >= 0).all() or (logits * (0.5 - labels)).sum() >= 0:
        raise DataSetError(
            f"No temperature fits these {len(labels)} logits best: their signs tell the classes "
            "apart without a mistake, or not at all. Fit on more rows, held out from training."
        )
    low, high = 0.0, 1.0
    while slope(high) < 0:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return TemperatureScaling(2 / (low + high))


def isotonic(scores: Floats, labels: Bools) -> Isotonic:
    """The rising curve of the least squares, by pool adjacent violators, (n,) scores and labels.

    Ayer et al. 1955; Zadrozny & Elkan, KDD 2002. Its ends are often exactly 0 and 1, which a few
    hundred rows cannot show. Raises DataSetError unless both classes are there and rows agree.
    """
    require_rows(labels, scores)
    require_both_classes(labels)
    values, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    positives = np.bincount(inverse, weights=labels)
    # A block: [positives, rows, first value, last value].
    blocks: list[tuple[float, int, float, float]] = []
    for positive, count, value in zip(
        positives.tolist(), counts.tolist(), values.tolist(), strict=True
    ):
        block = (positive, count, value, value)
        while blocks and blocks[-1][0] * block[1] >= block[0] * blocks[-1][1]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2], block[3])
        blocks.append(block)
    knots = {
        value: positive / count
        for positive, count, first, last in blocks
        for value in (first, last)
    }
    return Isotonic(tuple(knots), tuple(knots.values()))


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


def _require_bins(bins: int) -> None:
    if bins < 1:
        raise SettingsError(f"{bins} bins were asked for; expected at least 1. 10 is usual.")
