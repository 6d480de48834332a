"""Against Obuchowski and Rockette's own formulas, term by term, on a jackknife by patient."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.metrics import Bools, Floats, auc
from senoscope.models.evaluation.readers.areas import Areas, Ints, areas
from senoscope.models.evaluation.readers.mrmc import area_difference, mean_area
from senoscope.models.evaluation.readers.replay import read_scores
from senoscope.models.evaluation.readers.student import t_quantile

READERS = 4


def study(seed: int = 5, patients: int = 300) -> tuple[Bools, Floats, Ints]:
    """Scores of two modalities by READERS readers, the second modality the better."""
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), 2)
    labels = random.random(2 * patients) < 0.2
    shared = np.repeat(random.normal(size=patients), 2)
    scores = []
    for modality in range(2):
        of_modality = random.normal(size=2 * patients)
        for reader in range(READERS):
            strength = 1.0 + 0.5 * modality + 0.2 * reader
            noise = random.normal(size=2 * patients)
            scores.append(labels * strength + shared + of_modality + noise)
    return labels, np.array(scores), patient


def jackknife(labels: Bools, scores: Floats, patient: Ints) -> Floats:
    """Covariance of the areas, patient by patient left out; pairs counted one by one."""

    def area(kept: Bools, row: Floats) -> float:
        positives, negatives = row[kept & labels], row[kept & ~labels]
        gap = positives[:, None] - negatives[None, :]
        return float(((gap > 0) + 0.5 * (gap == 0)).mean())

    count = int(patient.max()) + 1
    without = np.array([[area(patient != out, row) for row in scores] for out in range(count)])
    return np.asarray(np.cov(without.T) * (count - 1) ** 2 / count)


def by_the_book(table: Floats, covariance: Floats) -> tuple[float, tuple[float, float], float]:
    """Difference of modality 0 and 1, interval and degrees: (2, readers) areas.

    Hillis 2007: F = MS(T) / [MS(TR) + J max(Cov2 - Cov3, 0)], interval with its degrees.
    """
    readers = table.shape[1]
    of_t, of_r, all_of = table.mean(axis=1), table.mean(axis=0), table.mean()
    ms_tr = sum(
        (table[t, r] - of_t[t] - of_r[r] + all_of) ** 2 for t in range(2) for r in range(readers)
    ) / (readers - 1)

    def mean_cov(same_modality: bool) -> float:
        return float(np.mean([
            covariance[t * readers + r, u * readers + s]
            for t in range(2) for u in range(2) for r in range(readers) for s in range(readers)
            if r != s and (t == u) == same_modality
        ]))  # fmt: skip

    below = ms_tr + readers * max(mean_cov(True) - mean_cov(False), 0)
    freedom = below**2 / (ms_tr**2 / (readers - 1))
    half = t_quantile(0.05, freedom) * math.sqrt(2 / readers * below)
    value = float(of_t[0] - of_t[1])
    return value, (value - half, value + half), freedom


def test_the_difference_is_that_of_the_textbook_given_the_same_covariance() -> None:
    labels, scores, patient = study()
    values = np.array([auc(labels, row) for row in scores])
    covariance = jackknife(labels, scores, patient)
    found = area_difference(
        "one", "two", READERS, Areas(values, covariance, len(labels), 300, int(labels.sum()))
    )
    value, ci, freedom = by_the_book(values.reshape(2, READERS), covariance)
    assert found.value == pytest.approx(value, abs=1e-12)
    assert found.ci == pytest.approx(ci, abs=1e-9)
    assert found.freedom == pytest.approx(freedom, rel=1e-9)
    assert found.p < 0.05
    assert (found.ci[1] < 0) == (found.p < 0.05)


def test_the_products_covariance_gives_nearly_the_jackknifes_interval() -> None:
    labels, scores, patient = study()
    found = area_difference("one", "two", READERS, areas(labels, scores, patient))
    values = np.array([auc(labels, row) for row in scores])
    value, ci, _ = by_the_book(values.reshape(2, READERS), jackknife(labels, scores, patient))
    assert found.value == pytest.approx(value)
    assert found.ci == pytest.approx(ci, abs=1e-3)


def test_one_modality_has_hillis_interval() -> None:
    labels, scores, patient = study()
    of = areas(labels, scores[:READERS], patient)
    found = mean_area(Said.ALONE, of)
    between = np.var(of.values, ddof=1)
    second = np.mean([of.covariance[r, s] for r in range(4) for s in range(4) if r != s])
    freedom = (between + 4 * second) ** 2 / (between**2 / 3)
    half = t_quantile(0.05, freedom) * math.sqrt((between + 4 * second) / 4)
    assert found.value == pytest.approx(of.values.mean())
    assert found.ci == pytest.approx((found.value - half, found.value + half))
    assert (found.freedom, found.reader_variance) == pytest.approx((freedom, between))
    assert (found.readers, found.n, found.patients) == (4, 600, 300)


def test_one_network_against_readers_is_a_modality_that_all_readers_share() -> None:
    labels, scores, patient = study()
    once = areas(labels, scores[: READERS + 1], patient)
    shared = areas(labels, scores[[0, 1, 2, 3, 4, 4, 4, 4]], patient)
    found = area_difference("readers", "network", READERS, once)
    same = area_difference("readers", "network", READERS, shared)
    assert found.ci == pytest.approx(same.ci)
    assert found.freedom == pytest.approx(same.freedom)


def test_readers_who_do_not_differ_leave_the_cases_error() -> None:
    labels, scores, patient = study()
    found = mean_area(Said.ALONE, areas(labels, scores[[0, 0, 0]], patient))
    alone = areas(labels, scores[:1], patient).estimate(0)
    assert math.isinf(found.freedom)
    assert found.ci == pytest.approx(alone.ci)


def test_a_modality_against_itself_differs_by_nothing() -> None:
    labels, scores, patient = study()
    found = area_difference("a", "a", 2, areas(labels, scores[[0, 1, 0, 1]], patient))
    assert (found.value, found.ci, found.p) == (0, (0, 0), 1)


def test_the_interval_of_the_mean_covers_as_often_as_it_says() -> None:
    """200 SIMULATED studies of 6 readers drawn anew: 95 % of them, give or take."""
    covered, runs, random = 0, 200, np.random.default_rng(7)
    patient = np.repeat(np.arange(150), 2)
    for _ in range(runs):
        labels = random.random(300) < 0.25
        shared = random.normal(size=300) * 0.7
        strength = 1.2 + 0.3 * random.normal(size=(6, 1))
        scores = labels * strength + shared + random.normal(size=(6, 300))
        low, high = mean_area(Said.ALONE, areas(labels, scores, patient)).ci
        # Mean over readers of Phi(strength / sqrt(2 (1 + 0.7^2))), by integration.
        places, weights = np.polynomial.hermite_e.hermegauss(21)
        true = sum(
            weight * (1 + math.erf((1.2 + 0.3 * place) / math.sqrt(2 * 1.49) / math.sqrt(2))) / 2
            for place, weight in zip(places, weights / weights.sum(), strict=True)
        )
        covered += low <= true <= high
    assert 0.90 <= covered / runs <= 0.99


def test_the_reader_studys_mean_has_the_jackknifes_interval(public_data: Path) -> None:
    rows = read_scores((public_data / "reader-study" / "scores.csv").read_text())
    labels = np.array([row.cancer for row in rows])
    patient = np.unique([row.case for row in rows], return_inverse=True)[1]
    names = sorted(name for name in rows[0].scores if name.startswith("Reader"))
    scores = np.array([[row.scores[name] for row in rows] for name in names])
    found = mean_area(Said.ALONE, areas(labels, scores, patient))
    assert found.value == pytest.approx(0.7788, abs=5e-5)
    covariance = jackknife(labels, scores, patient)
    values = np.array([auc(labels, row) for row in scores])
    between = values.var(ddof=1)
    second = (covariance.sum() - np.trace(covariance)) / (14 * 13)
    error = math.sqrt(between / 14 + second)
    freedom = 13 * ((between + 14 * second) / between) ** 2
    half = t_quantile(0.05, freedom) * error
    assert found.ci == pytest.approx((found.value - half, found.value + half), abs=5e-4)


def test_errors_that_go_against_each_other_count_as_independent() -> None:
    values = np.array([0.7, 0.8, 0.9])
    against, apart = (
        mean_area(Said.ALONE, Areas(values, np.full((3, 3), each) + np.eye(3) / 500, 9, 9, 3))
        for each in (-0.001, 0.0)
    )
    assert against.ci == apart.ci
    assert against.freedom == pytest.approx(2)
