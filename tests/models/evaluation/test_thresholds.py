"""Operating points by hand, and intervals of shares against published ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation.metrics import bootstrap, sensitivity, specificity
from senoscope.models.evaluation.thresholds import (
    specificity_at_sensitivity,
    threshold_keeping,
    wilson,
)

LABELS = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
SCORES = np.array([0.9, 0.7, 0.5, 0.2, 0.8, 0.5, 0.4, 0.3, 0.1])


@pytest.mark.parametrize(
    ("at_least", "threshold", "reached", "spared"),
    [
        (1.0, 0.2, 1.0, 0.2),
        (0.76, 0.2, 1.0, 0.2),
        (0.75, 0.5, 0.75, 0.6),
        (0.5, 0.7, 0.5, 0.8),
        (0.01, 0.9, 0.25, 1.0),
    ],
)
def test_the_threshold_is_the_largest_that_finds_enough(
    at_least: float, threshold: float, reached: float, spared: float
) -> None:
    found = threshold_keeping(LABELS, SCORES, at_least)
    called = found <= SCORES
    assert (found, sensitivity(LABELS, called), specificity(LABELS, called)) == pytest.approx(
        (threshold, reached, spared)
    )


@pytest.mark.parametrize("n", [10, 20, 100])
def test_a_share_that_can_be_met_is_met_and_not_passed(n: int) -> None:
    labels, scores = np.arange(n + 1) < n, np.arange(n + 1.0)
    for found in range(1, n + 1):
        called = scores >= threshold_keeping(labels, scores, found / n)
        assert sensitivity(labels, called) == pytest.approx(found / n)


def test_equal_scores_are_called_together() -> None:
    assert threshold_keeping(LABELS, np.full(9, 0.5), 0.5) == 0.5


def draw(seed: int) -> tuple[np.ndarray, np.ndarray, list[int]]:
    rng = np.random.default_rng(seed)
    labels = rng.random(200) < 0.3
    return labels, labels + rng.normal(size=200), (np.arange(200) // 2).tolist()


def test_the_specificity_is_the_operating_points_with_an_interval_round_it() -> None:
    labels, scores, groups = draw(0)
    estimate = specificity_at_sensitivity(labels, scores, groups, 0.9, resamples=300)
    called = scores >= threshold_keeping(labels, scores, 0.9)
    assert estimate.value == specificity(labels, called)
    assert estimate.ci[0] < estimate.value < estimate.ci[1]
    assert estimate.n == 200


def test_choosing_the_threshold_widens_the_interval() -> None:
    labels, scores, groups = draw(1)
    chosen = specificity_at_sensitivity(labels, scores, groups, 0.9, resamples=300)
    called = scores >= threshold_keeping(labels, scores, 0.9)
    fixed = bootstrap(lambda rows: specificity(labels[rows], called[rows]), groups, resamples=300)
    assert fixed.value == chosen.value
    assert np.diff(chosen.ci)[0] > 1.5 * np.diff(fixed.ci)[0]


def test_resamples_without_one_class_are_left_out() -> None:
    labels, scores = np.array([0, 0, 1], dtype=bool), np.array([0.1, 0.2, 0.9])
    estimate = specificity_at_sensitivity(labels, scores, range(3), 0.9, resamples=100)
    assert (estimate.value, estimate.ci) == (1, (1, 1))


@pytest.mark.parametrize("at_least", [0.0, -0.1, 1.01, 95.0, math.nan])
def test_a_sensitivity_is_a_share(at_least: float) -> None:
    with pytest.raises(SettingsError, match=r"Write 95 % as 0\.95"):
        threshold_keeping(LABELS, SCORES, at_least)
    with pytest.raises(SettingsError, match=r"Write 95 % as 0\.95"):
        specificity_at_sensitivity(LABELS, SCORES, range(9), at_least)


def test_both_classes_and_rows_that_agree_are_needed() -> None:
    with pytest.raises(DataSetError, match="0 of 9 rows are positive"):
        threshold_keeping(np.zeros(9, bool), SCORES, 0.9)
    with pytest.raises(DataSetError, match="8 patients are named for 9 rows"):
        specificity_at_sensitivity(LABELS, SCORES, range(8), 0.9)


@pytest.mark.parametrize(
    ("successes", "n", "published"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_intervals_of_shares_are_those_of_newcombe(
    successes: int, n: int, published: tuple[float, float]
) -> None:
    """Newcombe, Stat Med 1998;17:857, table I: method 3."""
    estimate = wilson(successes, n)
    assert (estimate.value, estimate.n) == (successes / n, n)
    assert estimate.ci == pytest.approx(published, abs=5.1e-5)
    low, high = wilson(n - successes, n).ci
    assert (1 - high, 1 - low) == pytest.approx(estimate.ci)


@pytest.mark.parametrize("n", [1, 20, 5000])
def test_the_interval_of_no_failures_ends_at_one(n: int) -> None:
    assert wilson(n, n).ci[1] == 1
    assert wilson(0, n).ci[0] == 0


def test_nothing_gives_no_share() -> None:
    nothing = wilson(0, 0)
    assert nothing.n == 0
    assert all(math.isnan(x) for x in (nothing.value, *nothing.ci))


@pytest.mark.parametrize(("successes", "n"), [(5, 4), (-1, 4), (0, -1)])
def test_there_are_no_more_successes_than_rows(successes: int, n: int) -> None:
    with pytest.raises(SettingsError, match=f"{successes} successes of {n} rows"):
        wilson(successes, n)
