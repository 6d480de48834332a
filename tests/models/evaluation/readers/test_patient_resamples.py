"""Counts in place of rows: the same figures as of rows that are there more than once."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.models.evaluation.metrics import auc, bootstrap
from senoscope.models.evaluation.readers.patient_resamples import (
    interval,
    patient_weights,
    resampled_areas,
    share,
)
from tests.models.evaluation.readers.test_areas import study


def test_an_area_with_weights_is_that_of_repeated_rows() -> None:
    labels, scores, patient = study(40)
    weights = patient_weights(40, 150)
    found = resampled_areas(labels, scores, patient, weights)
    assert found.shape == (3, 150)
    for one in (0, 7, 149):
        rows = np.repeat(np.arange(80), weights[one][patient].astype(int))
        expected = [auc(labels[rows], row[rows]) for row in scores]
        np.testing.assert_allclose(found[:, one], expected)


def test_a_resample_without_both_kinds_has_no_area() -> None:
    labels = np.array([True, False, False])
    weights = np.array([[0.0, 2, 1], [1, 1, 1]])
    found = resampled_areas(labels, np.array([[3.0, 1, 2]]), np.arange(3), weights)
    assert math.isnan(found[0, 0])
    assert found[0, 1] == 1


def test_each_resample_draws_as_many_patients_as_there_are() -> None:
    weights = patient_weights(30, 500)
    assert (weights.sum(axis=1) == 30).all()
    assert weights.mean() == 1


def test_a_shares_interval_is_nearly_that_of_the_houses_bootstrap() -> None:
    labels, scores, patient = study(200)
    called = scores[0] > 0.5
    found = share(called, patient, patient_weights(200))
    other = bootstrap(lambda rows: float(called[rows].mean()), patient.tolist())
    assert found.value == other.value
    assert found.ci == pytest.approx(other.ci, abs=0.01)
    assert (found.n, labels.size) == (400, 400)


def test_where_all_are_called_the_interval_is_wilsons_of_patients() -> None:
    weights = patient_weights(10)
    all_called = share(np.ones(20, dtype=bool), np.repeat(np.arange(10), 2), weights)
    assert all_called.value == 1
    assert all_called.ci[0] == pytest.approx(0.7225, abs=1e-4)
    none = share(np.zeros(20, dtype=bool), np.repeat(np.arange(10), 2), weights)
    assert none.ci == pytest.approx((0, 1 - 0.7225), abs=1e-4)


def test_no_cases_have_no_share() -> None:
    empty = share(np.array([], dtype=bool), np.array([], dtype=np.int64), patient_weights(3, 10))
    assert math.isnan(empty.value)
    assert empty.n == 0
    assert all(math.isnan(end) for end in interval(np.array([math.nan])))
