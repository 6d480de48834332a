from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.evaluation.rival_figures import (
    inner_threshold,
    patient_figures,
    ranked_scores,
    rival_figures,
)

LABELS = np.array([True, True, True, False, False, False, False, False])
GROUPS = [f"patient {row}" for row in range(8)]
PERFECT = np.array([3.0, 2.5, 2.0, 1.0, 0.5, 0.0, -0.5, -1.0])
SIZE = np.array([1.0, -1.0, 0.5, 0.0, 0.7, -0.3, 2.0, 0.1])
MISSED = np.array([3.0, 2.5, np.nan, 1.0, 0.5, 0.0, -0.5, np.nan])


def test_a_missed_lesion_ranks_below_all_others() -> None:
    ranked = ranked_scores(MISSED)
    assert ranked[2] == ranked[7] < np.nanmin(MISSED)
    assert np.array_equal(ranked_scores(PERFECT), PERFECT)
    assert np.isfinite(ranked_scores(np.full(3, np.nan))).all()


def test_figures_of_a_perfect_rival_and_of_one_that_misses() -> None:
    columns = {"size": SIZE, "perfect": PERFECT, "misses": MISSED}
    thresholds = {"size": 0.4, "perfect": 1.5, "misses": 1.5}
    figures = rival_figures(LABELS, columns, GROUPS, thresholds, baseline="size")
    assert figures["perfect"].auc.value == 1
    assert figures["perfect"].sensitivity.value == figures["perfect"].specificity.value == 1
    # Of 15 pairs the missed one loses four and ties with the benign one that was missed too.
    assert figures["misses"].auc.value == pytest.approx(10.5 / 15)
    assert figures["misses"].sensitivity.value == pytest.approx(2 / 3)
    assert figures["misses"].specificity_at_95.value == 0
    assert (figures["misses"].missed, figures["perfect"].missed) == (2, 0)
    assert figures["misses"].malignant == 3
    assert figures["size"].over_baseline is None
    over = figures["perfect"].over_baseline
    assert over is not None
    assert over.value == pytest.approx(1 - figures["size"].auc.value)


def test_a_rival_without_a_threshold_has_nothing_that_needs_one() -> None:
    figures = rival_figures(
        LABELS, {"size": SIZE, "reader": PERFECT}, GROUPS, {"size": 0.4}, baseline="size"
    )
    assert np.isnan(figures["reader"].sensitivity.value)
    assert figures["reader"].auc.value == 1


def test_the_threshold_keeps_95_of_100_found_and_ignores_the_missed() -> None:
    labels = np.arange(200) < 100
    scores = np.where(labels, np.arange(200.0), -5.0)
    assert inner_threshold(labels, scores) == 5
    scores[50] = np.nan
    assert inner_threshold(labels, scores) in (4.0, 5.0)


def test_a_patient_is_the_mean_of_the_views_that_were_found() -> None:
    labels = np.array([True, True, True, False, False, False])
    groups = ["a", "a", "b", "c", "c", "d"]
    # a: mean 1 of 2 views; b: missed in the one view; c: 0.5, its other view missed; d: 2.
    scores = np.array([3.0, -1.0, np.nan, 0.5, np.nan, 2.0])
    size = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    found = patient_figures(labels, {"size": size, "net": scores}, groups, "size")
    # Of the pairs a-c, a-d, b-c, b-d only the first is in order.
    assert found["net"].auc.value == pytest.approx(1 / 4)
    assert (found["net"].auc.n, found["net"].malignant) == (4, 2)
    assert found["size"].auc.value == 1
    assert found["size"].over_baseline is None
    over = found["net"].over_baseline
    assert over is not None
    assert (over.value, over.n, over.patients) == (pytest.approx(-3 / 4), 4, 4)


def test_a_patient_with_one_malignant_view_is_malignant() -> None:
    labels = np.array([False, True, True, False, False])
    groups = ["a", "a", "b", "c", "d"]
    scores = np.array([0.0, 2.0, 3.0, -1.0, -2.0])
    found = patient_figures(labels, {"size": scores}, groups, "size")
    assert (found["size"].malignant, found["size"].auc.value) == (2, 1)


def test_a_rival_that_finds_no_lesion_at_all_is_at_chance() -> None:
    nothing = np.full(8, np.nan)
    found = patient_figures(LABELS, {"size": SIZE, "blind": nothing}, GROUPS, "size")
    assert found["blind"].auc.value == 0.5
