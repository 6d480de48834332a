"""Joined after the fact: no fold sees its own patients, and what adds nothing gains nothing."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.readers.read_cases import read_cases
from senoscope.models.evaluation.readers.reader_with_network import (
    joined_study,
    nested,
    patient_folds,
)
from tests.models.evaluation.readers.builders import crossed_log


def test_folds_keep_patients_whole_and_spread_those_with_a_cancer() -> None:
    patient = np.repeat(np.arange(100), 2)
    labels = patient < 20
    folds = patient_folds(labels, patient, 5)
    assert (folds[::2] == folds[1::2]).all()
    assert np.bincount(folds).tolist() == [40] * 5
    assert np.bincount(folds[labels]).tolist() == [8] * 5


def test_a_fit_never_sees_the_fold_it_is_judged_on() -> None:
    random = np.random.default_rng(1)
    patient = np.repeat(np.arange(120), 2)
    labels = random.random(240) < 0.3
    both = random.normal(size=(240, 2)) + labels[:, None] * [1.0, 0.5]
    folds = patient_folds(labels, patient, 5)
    before = nested(labels, both, patient, folds)
    held = folds == 2
    turned = np.where(held, ~labels, labels)
    after = nested(turned, both, patient, folds)
    np.testing.assert_array_equal(after[held], before[held])
    assert not np.allclose(after[~held], before[~held])


def test_two_that_know_different_things_are_better_together() -> None:
    random = np.random.default_rng(2)
    patient = np.arange(600)
    labels = random.random(600) < 0.3
    both = random.normal(size=(600, 2)) + labels[:, None]
    joined = nested(labels, both, patient, patient_folds(labels, patient, 5))
    assert auc(labels, joined) > max(auc(labels, both[:, 0]), auc(labels, both[:, 1])) + 0.02


def test_a_network_of_noise_is_given_no_weight() -> None:
    random = np.random.default_rng(3)
    patient = np.arange(600)
    labels = random.random(600) < 0.3
    both = np.stack([random.normal(size=600) + 1.5 * labels, random.normal(size=600)], axis=1)
    joined = nested(labels, both, patient, patient_folds(labels, patient, 5))
    assert auc(labels, joined) == pytest.approx(auc(labels, both[:, 0]), abs=0.01)


def test_every_reader_is_joined_with_every_network_and_the_means_are_theirs() -> None:
    found = joined_study(read_cases(crossed_log(90, 2, with_ai=False)), resamples=100)
    assert found is not None
    assert (found.n, found.patients) == (180, 90)
    assert [(of.reader, of.network) for of in found.pairs] == [("r0", "net 1"), ("r1", "net 1")]
    (mean,) = found.means
    for name in ("alone", "ranks", "fitted", "ranks_gain", "fitted_over_network"):
        of_pairs = [getattr(of, name).value for of in found.pairs]
        assert getattr(mean, name).value == pytest.approx(np.mean(of_pairs))
    assert mean.ranks_gain.value == pytest.approx(mean.ranks.value - mean.alone.value)
    assert mean.fitted.ci[0] < mean.fitted.value < mean.fitted.ci[1]


def test_too_few_cancers_are_joined_with_nothing() -> None:
    assert joined_study(read_cases(crossed_log(10, 2)), resamples=10) is None
    assert joined_study(read_cases([]), resamples=10) is None
