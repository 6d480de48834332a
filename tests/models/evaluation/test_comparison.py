"""Differences of two AUCs against values worked out by hand, and intervals that cover."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.comparison import delong, obuchowski, paired_bootstrap
from senoscope.models.evaluation.metrics import auc

# Three positives, all above both negatives by the first score. By the second, the order from the
# top is positive, negative, positive, negative, positive. The components of the difference are
# 0, 1/2, 1 for the positives and 1/3, 2/3 for the negatives, and the areas 1 and 1/2.
LABELS = np.array([1, 1, 1, 0, 0], dtype=bool)
ONE = np.array([9.0, 8.0, 7.0, 2.0, 1.0])
OTHER = np.array([5.0, 3.0, 1.0, 2.0, 4.0])


def clustered(seed: int, patients: int = 60, views: int = 3) -> tuple[np.ndarray, ...]:
    """Labels, two scores of the same worth, patients: the views of a patient are alike."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(patients), views)
    labels = np.repeat(rng.random(patients) < 0.4, views)
    of_patient = rng.normal(size=(2, patients))[:, groups]
    scores = 1.5 * labels + of_patient + 0.4 * rng.normal(size=(2, len(groups)))
    return labels, scores[0], scores[1], groups


def test_delong_by_hand() -> None:
    difference = delong(LABELS, ONE, OTHER, range(5))
    # S10 = ((1/2)^2 + 0 + (1/2)^2) / 2 = 1/4, S01 = 2 (1/6)^2 = 1/18, S10/3 + S01/2 = 1/9.
    assert difference.value == pytest.approx(1 / 2)
    assert difference.ci == pytest.approx((1 / 2 - 1.959964 / 3, 1 / 2 + 1.959964 / 3))
    assert difference.p == pytest.approx(math.erfc(1.5 / math.sqrt(2)))
    assert (difference.n, difference.patients) == (5, 5)


@pytest.mark.parametrize(
    ("negatives", "one", "other", "areas", "p"),
    [
        (2, (0.1, 0.2, 0.6, 0.7, 0.8), (0.3, 0.6, 0.2, 0.7, 0.9), (1, 0.6666667), 0.3173),
        (
            6,
            (0.1, 0.2, 0.05, 0.3, 0.1, 0.6, 0.6, 0.7, 0.8, 0.99, 0.8, 0.67, 0.5),
            (0.3, 0.6, 0.2, 0.1, 0.1, 0.9, 0.23, 0.7, 0.9, 0.4, 0.77, 0.3, 0.89),
            (0.9642857, 0.7380952),
            0.09453,
        ),
    ],
)
def test_delong_agrees_with_published_examples(
    negatives: int, one: tuple[float, ...], other: tuple[float, ...], areas: tuple, p: float
) -> None:
    """Draelos, Comparing AUCs of machine learning models with DeLong's test, 2020, by R's pROC."""
    labels = np.arange(len(one)) >= negatives
    difference = delong(labels, np.array(one), np.array(other), range(len(one)))
    assert difference.value == pytest.approx(areas[0] - areas[1], abs=1e-6)
    assert difference.p == pytest.approx(p, abs=5e-5)


def test_obuchowski_by_hand() -> None:
    difference = obuchowski(LABELS, ONE, OTHER, ["a", "a", "b", "b", "c"])
    # Less their mean 1/2, the components of the positives sum to -1/2, 1/2 and 0 in a, b and c,
    # those of the negatives to 0, -1/6 and 1/6. Divided by the 3 positives and 2 negatives, and
    # with 2, 2 and 3 patients: 2 (2/36) + 2 (2/144) - 2 (3/2) (1/6) (1/12) = 7/72.
    half = 1.959964 * math.sqrt(7 / 72)
    assert difference.value == pytest.approx(1 / 2)
    assert difference.ci == pytest.approx((1 / 2 - half, 1 / 2 + half))
    assert difference.p == pytest.approx(math.erfc(0.5 / math.sqrt(7 / 36)))
    assert (difference.n, difference.patients) == (5, 3)


def test_which_lesion_is_in_the_same_patient_counts() -> None:
    """As above, but b has the other negative, so that the cross term turns its sign."""
    difference = obuchowski(LABELS, ONE, OTHER, ["a", "a", "b", "c", "b"])
    half = 1.959964 * math.sqrt(13 / 72)
    assert difference.ci == pytest.approx((1 / 2 - half, 1 / 2 + half))


def covariance(labels, scores, groups) -> np.ndarray:
    """(2, 2) of the two areas, by every pair of rows: Obuchowski 1997, as printed."""
    wins = [np.sign(s[labels][:, None] - s[~labels][None, :]) / 2 + 0.5 for s in scores]
    m, n = wins[0].shape
    areas = [w.mean() for w in wins]
    names = set(groups.tolist())
    x = [
        [(w.mean(axis=1) - a)[groups[labels] == g].sum() for g in names]
        for w, a in zip(wins, areas, strict=True)
    ]
    y = [
        [(w.mean(axis=0) - a)[groups[~labels] == g].sum() for g in names]
        for w, a in zip(wins, areas, strict=True)
    ]
    i10, i01, i = len(set(groups[labels])), len(set(groups[~labels])), len(names)
    found = np.empty((2, 2))
    for r, s in itertools.product(range(2), repeat=2):
        s10 = i10 / ((i10 - 1) * m) * np.dot(x[r], x[s])
        s01 = i01 / ((i01 - 1) * n) * np.dot(y[r], y[s])
        s11 = i / (i - 1) * np.dot(x[r], y[s]), i / (i - 1) * np.dot(x[s], y[r])
        found[r, s] = s10 / m + s01 / n + sum(s11) / (m * n)
    return found


@pytest.mark.parametrize("decimals", [1, 6])
def test_the_variance_is_that_of_both_areas_less_twice_their_covariance(decimals: int) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        labels, groups = rng.random(50) < 0.4, rng.integers(15, size=50)
        scores = np.round(rng.random((2, 50)) + 0.3 * labels, decimals)
        of_both = covariance(labels, scores, groups)
        variance = of_both[0, 0] + of_both[1, 1] - 2 * of_both[0, 1]
        difference = obuchowski(labels, scores[0], scores[1], groups.tolist())
        assert difference.value == pytest.approx(auc(labels, scores[0]) - auc(labels, scores[1]))
        half = (difference.ci[1] - difference.ci[0]) / 2
        assert half == pytest.approx(1.959964 * math.sqrt(variance))


def test_obuchowski_is_delong_where_every_patient_has_one_row() -> None:
    labels, one, other, _ = clustered(0)
    rows = range(len(labels))
    of_both = covariance(labels, (one, other), np.arange(len(labels)))
    variance = of_both[0, 0] + of_both[1, 1] - 2 * of_both[0, 1]
    components = [np.sign(s[labels][:, None] - s[~labels][None, :]) / 2 + 0.5 for s in (one, other)]
    gap = components[0] - components[1]
    textbook = gap.mean(axis=1).var(ddof=1) / labels.sum()
    textbook += gap.mean(axis=0).var(ddof=1) / (~labels).sum()
    assert variance == pytest.approx(textbook)
    assert delong(labels, one, other, rows) == obuchowski(labels, one, other, rows)
    half = np.diff(delong(labels, one, other, rows).ci)[0] / 2
    assert half == pytest.approx(1.959964 * math.sqrt(textbook))


def test_the_order_of_rows_and_the_names_of_patients_do_not_matter() -> None:
    labels, one, other, groups = clustered(3)
    shuffle = np.random.default_rng(0).permutation(len(labels))
    renamed = [f"patient {900 - g}" for g in groups[shuffle]]
    first = obuchowski(labels, one, other, groups.tolist())
    again = obuchowski(labels[shuffle], one[shuffle], other[shuffle], renamed)
    assert again.ci == pytest.approx(first.ci)
    assert again.p == pytest.approx(first.p)


def test_swapping_the_two_turns_the_sign() -> None:
    labels, one, other, groups = clustered(4)
    there = obuchowski(labels, one, other, groups.tolist())
    back = obuchowski(labels, other, one, groups.tolist())
    assert back.value == pytest.approx(-there.value)
    assert back.ci == pytest.approx((-there.ci[1], -there.ci[0]))
    assert back.p == pytest.approx(there.p)


def test_scores_in_the_same_order_do_not_differ() -> None:
    difference = delong(LABELS, ONE, np.exp(ONE), range(5))
    assert (difference.value, difference.ci, difference.p) == (0, (0, 0), 1)


def test_without_any_spread_there_is_no_interval_or_p() -> None:
    difference = delong(LABELS, ONE, -ONE, range(5))
    assert difference.value == 1
    assert all(math.isnan(x) for x in (*difference.ci, difference.p))


def test_delong_refuses_a_patient_with_two_rows() -> None:
    with pytest.raises(DataSetError, match="5 rows are of 4 patients"):
        delong(LABELS, ONE, OTHER, ["a", "a", "b", "c", "d"])


@pytest.mark.parametrize("groups", [["a", "a", "a", "b", "c"], ["a", "b", "c", "d", "d"]])
def test_two_patients_with_each_class_are_needed(groups: list[str]) -> None:
    with pytest.raises(DataSetError, match="expected at least 2 of each"):
        obuchowski(LABELS, ONE, OTHER, groups)


def test_rows_that_do_not_agree_are_refused() -> None:
    with pytest.raises(DataSetError, match="not finite"):
        obuchowski(LABELS, ONE, np.array([1, 2, np.nan, 3, 4]), range(5))


def test_the_interval_covers_and_one_that_counts_rows_does_not() -> None:
    """600 trials of no difference, in which a share of 0.95 has a standard error of 0.009."""
    by_patient, by_row = [], []
    for seed in range(600):
        labels, one, other, groups = clustered(seed)
        if 2 <= labels[::3].sum() <= 58:
            low, high = obuchowski(labels, one, other, groups.tolist()).ci
            by_patient.append(low <= 0 <= high)
            low, high = obuchowski(labels, one, other, range(len(labels))).ci
            by_row.append(low <= 0 <= high)
    assert len(by_patient) > 590
    assert 0.925 <= np.mean(by_patient) <= 0.975
    assert np.mean(by_row) < 0.85


def test_the_bootstrap_agrees_with_obuchowski() -> None:
    labels, one, other, groups = clustered(1)
    one = one + labels
    exact = obuchowski(labels, one, other, groups.tolist())
    drawn = paired_bootstrap(
        lambda rows: auc(labels[rows], one[rows]) - auc(labels[rows], other[rows]),
        groups.tolist(),
        resamples=1000,
    )
    assert drawn.value == pytest.approx(exact.value)
    assert (drawn.n, drawn.patients) == (180, 60) == (exact.n, exact.patients)
    assert np.diff(drawn.ci)[0] == pytest.approx(np.diff(exact.ci)[0], rel=0.15)
    assert 0.01 < exact.p < 0.5
    assert drawn.p == pytest.approx(exact.p, abs=0.05)


def test_the_p_of_a_bootstrap_says_whether_its_interval_holds_zero() -> None:
    values = np.random.default_rng(0).normal(0.0, 1.0, 40)
    for shift in (0.0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.6):
        moved = values - values.mean() + shift
        drawn = paired_bootstrap(lambda rows, of=moved: float(of[rows].mean()), range(40), 400)
        assert (drawn.p < 0.05) == (drawn.ci[0] > 0)


def test_a_difference_that_no_resample_doubts_has_the_smallest_p_there_is() -> None:
    assert paired_bootstrap(lambda rows: 1.0, range(5), 99).p == pytest.approx(2 / 100)
    assert paired_bootstrap(lambda rows: 0.0, range(5), 99).p == 1


@pytest.mark.parametrize("groups", [[], ["a", "b"]])
def test_a_difference_that_is_not_defined_has_no_p(groups: list[str]) -> None:
    nothing = paired_bootstrap(lambda rows: float("nan"), groups, 20)
    assert (nothing.n, nothing.patients) == (len(groups), len(groups))
    assert all(math.isnan(x) for x in (nothing.value, *nothing.ci, nothing.p))
