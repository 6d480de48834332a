"""Areas and their covariance against the house's own difference, and against a jackknife."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.evaluation.comparison import Z_95, obuchowski
from senoscope.models.evaluation.metrics import Bools, Floats, auc
from senoscope.models.evaluation.readers.areas import Ints, areas, can_be_computed


def study(patients: int = 150, scores: int = 3, seed: int = 3) -> tuple[Bools, Floats, Ints]:
    """Two breasts a patient that are alike; scores with ties."""
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), 2)
    labels = random.random(2 * patients) < 0.25
    shared = np.repeat(random.normal(size=patients), 2)
    of = [
        np.round(shared + random.normal(size=2 * patients) + labels * strength, 1)
        for strength in np.linspace(0.8, 1.6, scores)
    ]
    return labels, np.array(of), patient


def jackknifed(labels: Bools, scores: Floats, patient: Ints) -> Floats:
    """Covariance of the areas by leaving out one patient after the other (Quenouille, Tukey)."""
    count = int(patient.max()) + 1
    without = np.array(
        [[auc(labels[patient != out], row[patient != out]) for row in scores]
         for out in range(count)]
    )  # fmt: skip
    off = without - without.mean(axis=0)
    return np.asarray((count - 1) / count * off.T @ off)


def test_values_are_the_areas_and_variances_of_differences_are_obuchowskis() -> None:
    labels, scores, patient = study()
    found = areas(labels, scores, patient)
    np.testing.assert_allclose(found.values, [auc(labels, row) for row in scores])
    for one, other in ((0, 1), (0, 2), (1, 2)):
        pair = obuchowski(labels, scores[one], scores[other], patient.tolist())
        c = found.covariance
        error = np.sqrt(c[one, one] + c[other, other] - 2 * c[one, other])
        assert (pair.ci[1] - pair.ci[0]) / 2 == pytest.approx(Z_95 * error, rel=1e-9)


def test_the_covariance_is_nearly_that_of_a_jackknife_by_patient() -> None:
    labels, scores, patient = study(400)
    np.testing.assert_allclose(
        areas(labels, scores, patient).covariance, jackknifed(labels, scores, patient), rtol=0.03
    )


def test_a_patients_second_like_breast_adds_no_certainty() -> None:
    labels, scores, patient = study(100)
    once = areas(labels[::2], scores[:, ::2], patient[::2])
    twice = areas(
        np.repeat(labels[::2], 2), np.repeat(scores[:, ::2], 2, axis=1), np.repeat(patient[::2], 2)
    )
    np.testing.assert_allclose(twice.covariance, once.covariance)
    assert (once.patients, twice.patients, twice.n) == (100, 100, 200)


def test_an_interval_stays_within_0_and_1() -> None:
    labels = np.array([True, True, False, False, False, True])
    found = areas(labels, np.array([[6.0, 5, 1, 2, 3, 2.5]]), np.arange(6)).estimate(0)
    assert 0 <= found.ci[0] < found.value < found.ci[1] == 1


def test_two_patients_of_each_kind_are_needed() -> None:
    labels = np.array([True, True, False, False])
    assert can_be_computed(labels, np.array([0, 1, 2, 3]))
    assert not can_be_computed(labels, np.array([0, 0, 1, 2]))
