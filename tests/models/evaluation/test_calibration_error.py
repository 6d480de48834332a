"""Reliability by hand, and Platt scaling against the curve that labels were drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation.calibration_error import (
    brier,
    equal_mass_bins,
    platt_scaling,
)


def bools(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


def test_brier_by_hand() -> None:
    assert brier(bools(1, 0, 1), np.array([0.8, 0.4, 0.5])) == pytest.approx(0.45 / 3)
    assert brier(bools(1, 0), np.array([1.0, 0.0])) == 0
    assert brier(bools(1, 0), np.array([0.0, 1.0])) == 1


def test_equal_mass_bins_by_hand() -> None:
    probabilities = np.array([0.9, 0.1, 0.2, 0.6, 0.3, 0.35, 0.95])
    bins = equal_mass_bins(bools(1, 0, 1, 0, 0, 1, 1), probabilities, bins=3)
    assert [one.frequency.n for one in bins] == [2, 2, 3]
    assert [one.probability for one in bins] == pytest.approx([0.15, 0.325, 2.45 / 3])
    assert [one.frequency.value for one in bins] == pytest.approx([0.5, 0.5, 2 / 3])


def test_equal_probabilities_stay_in_one_bin() -> None:
    probabilities = np.array([0.1, 0.5, 0.5, 0.5, 0.5, 0.9])
    labels = bools(0, 0, 0, 1, 1, 1)
    bins = equal_mass_bins(labels, probabilities, bins=3)
    assert [one.frequency.n for one in bins] == [1, 5]
    assert bins == equal_mass_bins(labels[::-1], probabilities[::-1], bins=3)
    (alone,) = equal_mass_bins(labels, np.full(6, 0.3))
    assert (alone.frequency.n, alone.frequency.value) == (6, 0.5)


def test_bins_hold_every_row_once() -> None:
    rng = np.random.default_rng(1)
    for n in (1, 7, 100):
        probabilities = np.round(rng.random(n), 2)
        labels = rng.random(n) < 0.5
        bins = equal_mass_bins(labels, probabilities)
        assert sum(one.frequency.n for one in bins) == n
        positives = sum(one.frequency.n * one.frequency.value for one in bins)
        assert positives == pytest.approx(labels.sum())


@pytest.mark.parametrize("of", [brier, equal_mass_bins])
@pytest.mark.parametrize("outside", [-0.01, 1.01])
def test_logits_are_no_probabilities(of, outside: float) -> None:
    with pytest.raises(DataSetError, match="expected 0 to 1"):
        of(bools(1, 0), np.array([outside, 0.5]))


def test_there_is_at_least_one_bin() -> None:
    with pytest.raises(SettingsError, match="0 bins"):
        equal_mass_bins(bools(1, 0), np.array([0.2, 0.5]), bins=0)


def drawn(slope: float, intercept: float, spread: float, n: int = 20_000) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, spread, n)
    return logits, rng.random(n) < 1 / (1 + np.exp(-(slope * logits + intercept)))


@pytest.mark.parametrize(
    ("slope", "intercept", "spread"),
    [(1.0, 0.0, 1.5), (2.0, 0.85, 1.0), (0.4, -1.2, 4.0), (0.1, 0.3, 25.0), (15.0, -0.5, 0.1)],
)
def test_platt_scaling_finds_the_slope_and_intercept_the_labels_came_from(
    slope: float, intercept: float, spread: float
) -> None:
    found_slope, found_intercept = platt_scaling(*drawn(slope, intercept, spread))
    assert found_slope == pytest.approx(slope, rel=0.07)
    assert found_intercept == pytest.approx(intercept, abs=0.06)


@pytest.mark.parametrize("logit", [1.0, 10.0, 80.0])
def test_platt_scaling_of_separated_classes_stays_short_of_certainty(logit: float) -> None:
    """Smoothed targets: of 50 right, one more might have been wrong."""
    malignant = np.arange(100) < 50
    slope, intercept = platt_scaling(np.where(malignant, logit, -logit), malignant)
    assert 1 / (1 + np.exp(-(slope * logit + intercept))) == pytest.approx(51 / 52, abs=1e-4)


def test_scaled_probabilities_are_right_on_the_whole() -> None:
    logits, malignant = drawn(0.3, 0.5, 6.0, n=500)
    slope, intercept = platt_scaling(logits, malignant)
    probability = 1 / (1 + np.exp(-(slope * logits + intercept)))
    assert probability.mean() == pytest.approx(malignant.mean(), abs=0.01)
