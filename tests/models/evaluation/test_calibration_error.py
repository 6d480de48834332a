"""Reliability by hand, and calibrators against maxima known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation.calibration_error import (
    Isotonic,
    TemperatureScaling,
    brier,
    equal_mass_bins,
    equal_width_bins,
    isotonic,
    platt_scaling,
    temperature_scaling,
)
from senoscope.models.evaluation.metrics import expected_calibration_error


def bools(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


def test_brier_by_hand() -> None:
    assert brier(bools(1, 0, 1), np.array([0.8, 0.4, 0.5])) == pytest.approx(0.45 / 3)
    assert brier(bools(1, 0), np.array([1.0, 0.0])) == 0
    assert brier(bools(1, 0), np.array([0.0, 1.0])) == 1


def test_equal_width_bins_by_hand() -> None:
    probabilities = np.array([0.62, 0.05, 0.64, 1.0, 0.66, 0.07])
    low, middle, high = equal_width_bins(bools(1, 0, 1, 1, 0, 1), probabilities)
    assert (low.probability, low.frequency.value, low.frequency.n) == pytest.approx((0.06, 0.5, 2))
    assert middle.probability == pytest.approx(0.64)
    assert (middle.frequency.value, middle.frequency.n) == pytest.approx((2 / 3, 3))
    # Wilson for 2 of 3, by R's prop.test without continuity correction.
    assert middle.frequency.ci == pytest.approx((0.2076596, 0.9385081), abs=1e-6)
    assert (high.probability, high.frequency.value, high.frequency.n) == (1, 1, 1)


def test_equal_width_bins_are_those_of_the_calibration_error() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.random(500)
    labels = rng.random(500) < probabilities**2
    gaps = [
        one.frequency.n / 500 * abs(one.probability - one.frequency.value)
        for one in equal_width_bins(labels, probabilities, bins=7)
    ]
    assert sum(gaps) == pytest.approx(expected_calibration_error(labels, probabilities, bins=7))


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


@pytest.mark.parametrize("of", [equal_width_bins, equal_mass_bins])
def test_bins_hold_every_row_once(of) -> None:
    rng = np.random.default_rng(1)
    for n in (1, 7, 100):
        probabilities = np.round(rng.random(n), 2)
        labels = rng.random(n) < 0.5
        bins = of(labels, probabilities)
        assert sum(one.frequency.n for one in bins) == n
        positives = sum(one.frequency.n * one.frequency.value for one in bins)
        assert positives == pytest.approx(labels.sum())


def test_the_temperature_by_hand() -> None:
    """Logits of 2 are right three times in four: 2 / T = ln 3."""
    logits = np.array([2.0, 2, 2, 2, -2, -2, -2, -2])
    scaling = temperature_scaling(logits, bools(1, 1, 1, 0, 0, 0, 0, 1))
    assert scaling.temperature == pytest.approx(2 / math.log(3))
    np.testing.assert_allclose(scaling(np.array([2.0, 0.0, -2.0])), [0.75, 0.5, 0.25])


@pytest.mark.parametrize("temperature", [0.02, 0.4, 2.5, 60.0])
def test_a_temperature_is_found_again(temperature: float) -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(0, 2, 20_000)
    labels = rng.random(20_000) < 1 / (1 + np.exp(-true))
    found = temperature_scaling(true * temperature, labels).temperature
    assert found == pytest.approx(temperature, rel=0.05)


def test_large_logits_do_not_overflow() -> None:
    with np.errstate(all="raise"):
        assert TemperatureScaling(1.0)(np.array([-1e4, 1e4])).tolist() == [0, 1]


@pytest.mark.parametrize(
    "labels", [bools(0, 0, 1, 1), bools(1, 1, 0, 0), bools(1, 0, 1, 0)], ids=str
)
def test_there_is_no_best_temperature_without_mistakes_or_without_skill(
    labels: np.ndarray,
) -> None:
    with pytest.raises(DataSetError, match="No temperature fits these 4 logits"):
        temperature_scaling(np.array([-2.0, -1.0, 1.0, 2.0]), labels)


def test_isotonic_by_hand() -> None:
    """0, 1, 0, 1, 1 in order of score: the second and third are pooled."""
    curve = isotonic(np.array([3.0, 1.0, 2.0, 4.0, 5.0]), bools(0, 0, 1, 1, 1))
    expected = {1.0: 0.0, 2.0: 0.5, 3.0: 0.5, 4.0: 1.0, 5.0: 1.0}
    np.testing.assert_allclose(curve(np.array(list(expected))), list(expected.values()))
    assert curve(np.array([-9.0, 1.5, 2.5, 3.5, 9.0])) == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert hash(curve) == hash(Isotonic(curve.scores, curve.probabilities))


def test_isotonic_pools_back_as_far_as_needed_and_weighs_ties() -> None:
    """1/3 of three ties, then 1, then 0 0 0: pooled to 2/7 from end to end."""
    curve = isotonic(np.array([1.0, 1, 1, 2, 3, 3, 4]), bools(1, 0, 0, 1, 0, 0, 0))
    assert curve(np.array([0.0, 1, 2.5, 4])) == pytest.approx(2 / 7)


def test_isotonic_agrees_with_scikit_learn() -> None:
    reference = pytest.importorskip(
        "sklearn.isotonic", reason="comes with nncf, of the [train] extra"
    )
    rng = np.random.default_rng(0)
    for decimals in (1, 6):
        for _ in range(10):
            scores = np.round(rng.random(80), decimals)
            labels = rng.random(80) < scores
            curve = reference.IsotonicRegression(out_of_bounds="clip").fit(scores, labels)
            at = np.linspace(-0.1, 1.1, 200)
            np.testing.assert_allclose(isotonic(scores, labels)(at), curve.predict(at), atol=1e-9)


@pytest.mark.parametrize("fit", [temperature_scaling, isotonic])
def test_a_calibrator_needs_both_classes(fit) -> None:
    with pytest.raises(DataSetError, match="2 of 2 rows are positive"):
        fit(np.array([1.0, -2.0]), bools(1, 1))


@pytest.mark.parametrize("of", [brier, equal_width_bins, equal_mass_bins])
@pytest.mark.parametrize("outside", [-0.01, 1.01])
def test_logits_are_no_probabilities(of, outside: float) -> None:
    with pytest.raises(DataSetError, match="expected 0 to 1"):
        of(bools(1, 0), np.array([outside, 0.5]))


@pytest.mark.parametrize("of", [equal_width_bins, equal_mass_bins])
def test_there_is_at_least_one_bin(of) -> None:
    with pytest.raises(SettingsError, match="0 bins"):
        of(bools(1, 0), np.array([0.2, 0.5]), bins=0)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_a_temperature_is_above_zero(temperature: float) -> None:
    with pytest.raises(SettingsError, match="temperature"):
        TemperatureScaling(temperature)


@pytest.mark.parametrize(
    ("scores", "probabilities"),
    [
        ((), ()),
        ((1.0, 2.0), (0.5,)),
        ((2.0, 1.0), (0.1, 0.2)),
        ((1.0, 1.0), (0.1, 0.2)),
        ((1.0, 2.0), (0.2, 0.1)),
        ((1.0, 2.0), (0.2, 1.1)),
    ],
)
def test_a_curve_that_does_not_rise_is_refused(
    scores: tuple[float, ...], probabilities: tuple[float, ...]
) -> None:
    with pytest.raises(SettingsError, match="do not make a rising curve"):
        Isotonic(scores, probabilities)


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
