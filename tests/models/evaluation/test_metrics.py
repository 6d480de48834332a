"""Figures of merit against values worked out by hand, and intervals that know patients."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.models.evaluation.metrics import (
    auc,
    bootstrap,
    dice,
    expected_calibration_error,
    iou,
    sensitivity,
    specificity,
)


def bools(*values: int) -> np.ndarray:
    return np.array(values, dtype=bool)


@pytest.mark.parametrize(
    ("predicted", "truth", "expected_dice", "expected_iou"),
    [
        ((1, 1, 0, 0), (1, 1, 0, 0), 1.0, 1.0),
        ((1, 1, 0, 0), (0, 1, 1, 0), 0.5, 1 / 3),
        ((1, 0, 0, 0), (0, 0, 0, 1), 0.0, 0.0),
        ((0, 0, 0, 0), (1, 1, 0, 0), 0.0, 0.0),
        ((1, 1, 1, 1), (1, 0, 0, 0), 0.4, 0.25),
        ((0, 0, 0, 0), (0, 0, 0, 0), 1.0, 1.0),
    ],
)
def test_overlap_by_hand(
    predicted: tuple[int, ...], truth: tuple[int, ...], expected_dice: float, expected_iou: float
) -> None:
    assert dice(bools(*predicted), bools(*truth)) == pytest.approx(expected_dice)
    assert iou(bools(*predicted), bools(*truth)) == pytest.approx(expected_iou)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((0.1, 0.2, 0.8, 0.9), 1.0),
        ((0.9, 0.8, 0.2, 0.1), 0.0),
        ((0.5, 0.5, 0.5, 0.5), 0.5),
        ((0.1, 0.5, 0.5, 0.9), 0.875),
        ((0.3, 0.6, 0.4, 0.9), 0.75),
    ],
)
def test_auc_by_hand_counts_a_tie_as_half(scores: tuple[float, ...], expected: float) -> None:
    assert auc(bools(0, 0, 1, 1), np.array(scores)) == pytest.approx(expected)


def test_auc_agrees_with_scikit_learn_on_scores_with_ties() -> None:
    reference = pytest.importorskip(
        "sklearn.metrics", reason="comes with nncf, of the [train] extra"
    )
    rng = np.random.default_rng(0)
    for _ in range(20):
        labels = rng.random(60) < 0.4
        scores = np.round(rng.random(60) + 0.3 * labels, 1)
        assert auc(labels, scores) == pytest.approx(reference.roc_auc_score(labels, scores))


def test_sensitivity_and_specificity_by_hand() -> None:
    labels, called = bools(1, 1, 1, 0, 0), bools(1, 0, 1, 1, 0)
    assert sensitivity(labels, called) == pytest.approx(2 / 3)
    assert specificity(labels, called) == pytest.approx(1 / 2)


@pytest.mark.parametrize("labels", [bools(), bools(1, 1)])
def test_what_needs_both_classes_is_undefined_without(labels: np.ndarray) -> None:
    assert math.isnan(auc(labels, np.zeros(len(labels))))
    assert math.isnan(specificity(labels, labels))
    assert math.isnan(sensitivity(~labels, labels))


def test_calibration_error_by_hand() -> None:
    probabilities = np.array([0.05, 0.07, 0.62, 0.64, 0.66, 1.0])
    labels = bools(0, 1, 1, 1, 0, 1)
    by_hand = 2 / 6 * abs(1 / 2 - 0.06) + 3 / 6 * abs(2 / 3 - 0.64) + 1 / 6 * 0
    assert expected_calibration_error(labels, probabilities) == pytest.approx(by_hand)


def test_a_calibrated_forecast_has_next_to_no_calibration_error() -> None:
    rng = np.random.default_rng(1)
    probabilities = rng.random(50_000)
    labels = rng.random(50_000) < probabilities
    assert expected_calibration_error(labels, probabilities) < 0.01
    assert expected_calibration_error(labels, probabilities**3) > 0.1


def test_an_interval_holds_its_value_and_is_the_same_every_time() -> None:
    values = np.random.default_rng(0).normal(5, 1, 100)
    first, again = (
        bootstrap(lambda rows: float(values[rows].mean()), range(100), resamples=400)
        for _ in range(2)
    )
    assert first == again
    assert first.value == pytest.approx(values.mean())
    assert first.n == 100
    half_width = (first.ci[1] - first.ci[0]) / 2
    assert half_width == pytest.approx(1.96 * values.std() / 10, rel=0.15)


def test_patients_with_many_like_images_widen_the_interval() -> None:
    of_patient = np.random.default_rng(0).normal(0, 1, 20)
    values, groups = np.repeat(of_patient, 10), np.repeat(np.arange(20), 10).tolist()

    def width(of: list[int]) -> float:
        low, high = bootstrap(lambda rows: float(values[rows].mean()), of, resamples=400).ci
        return high - low

    assert width(groups) > 2.5 * width(list(range(200)))


def test_a_resample_holds_whole_groups_only() -> None:
    groups = ["a", "b", "a", "c", "b", "a"]
    seen: list[np.ndarray] = []

    def keep(rows: np.ndarray) -> float:
        seen.append(rows)
        return 0.0

    bootstrap(keep, groups, resamples=50)
    for rows in seen:
        times = np.bincount(rows, minlength=6)
        assert times[0] == times[2] == times[5]
        assert times[1] == times[4]
    assert len({tuple(np.sort(rows)) for rows in seen}) > 5
    np.testing.assert_array_equal(seen[-1], np.arange(6))


def test_nothing_gives_no_figure_and_n_0() -> None:
    nothing = bootstrap(lambda rows: 1.0, [])
    assert nothing.n == 0
    assert all(math.isnan(x) for x in (nothing.value, *nothing.ci))


def test_a_figure_that_is_never_defined_has_no_interval() -> None:
    undefined = bootstrap(lambda rows: float("nan"), ["a", "b"], resamples=20)
    assert undefined.n == 2
    assert all(math.isnan(x) for x in (undefined.value, *undefined.ci))


def test_resamples_without_one_class_are_left_out() -> None:
    labels, scores = bools(0, 0, 1), np.array([0.1, 0.2, 0.9])
    estimate = bootstrap(lambda rows: auc(labels[rows], scores[rows]), range(3), resamples=100)
    assert (estimate.value, estimate.ci) == (1.0, (1.0, 1.0))
