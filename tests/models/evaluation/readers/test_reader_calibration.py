"""Slopes that are known, intervals that hold for patients, and periods."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.platt_fit import scaled
from senoscope.models.evaluation.readers.patient_resamples import patient_weights
from senoscope.models.evaluation.readers.reader_calibration import (
    calibration_figures,
    calibration_period,
    logits,
    recalibration,
)


def test_a_slope_and_a_shift_that_were_put_in_come_out() -> None:
    random = np.random.default_rng(1)
    true = random.normal(-1.5, 1.5, 6000)
    labels = random.random(6000) < scaled(true, 1, 0)
    said = scaled(true, 2, 1)  # twice too sure, and too high
    patient = np.repeat(np.arange(3000), 2)
    found = calibration_figures("net", Said.AI, labels, said, patient, patient_weights(3000, 200))
    assert found.slope is not None
    assert found.slope.ci[0] < 0.5 < found.slope.ci[1]
    assert found.in_the_large is not None
    assert found.in_the_large.ci[1] < 0
    assert found.expected == pytest.approx(said.sum())
    assert found.brier.ci[0] < found.brier.value < found.brier.ci[1]
    assert found.brier_of_prevalence == pytest.approx(labels.mean() * (1 - labels.mean()))
    assert len(found.bins) == 10


def test_the_same_case_twice_makes_nothing_surer() -> None:
    random = np.random.default_rng(2)
    chances = scaled(random.normal(-1, 1, 300), 1, 0)
    labels = random.random(300) < chances
    once = calibration_figures(
        "net", Said.AI, labels, chances, np.arange(300), patient_weights(300, 50)
    )
    twice = calibration_figures(
        "net", Said.AI, np.repeat(labels, 2), np.repeat(chances, 2), np.repeat(np.arange(300), 2),
        patient_weights(300, 50),
    )  # fmt: skip
    assert once.slope is not None
    assert twice.slope is not None
    assert twice.slope.ci == pytest.approx(once.slope.ci)
    assert twice.brier.ci == pytest.approx(once.brier.ci)


def test_few_cancers_have_no_slope() -> None:
    labels = np.arange(100) < 9
    found = calibration_figures(
        "net", Said.AI, labels, np.full(100, 0.1), np.arange(100), patient_weights(100, 20)
    )
    assert (found.slope, found.in_the_large, found.cancers) == (None, None, 9)


def test_a_line_that_parts_the_kinds_without_an_error_has_no_slope() -> None:
    of = np.linspace(-3, 3, 60)
    assert recalibration(of > 0, of) is None
    found = recalibration(np.array([False, True] * 30), of)
    assert found is not None
    assert found[0] == pytest.approx(0, abs=0.1)


def test_a_certain_0_counts_as_one_in_a_thousand() -> None:
    found = logits(np.array([0, 0.001, 0.5, 1]))
    np.testing.assert_allclose(found, [-6.906755, -6.906755, 0, 6.906755], rtol=1e-6)


def test_a_period_has_its_ratio_with_wilsons_interval() -> None:
    outcomes = [(place < 4, 0.02) for place in range(100)]
    found = calibration_period("net", "2025-03", np.array([-1.0, -3.0]), outcomes)
    assert (found.exams, found.n, found.cancers, found.expected) == (2, 100, 4, pytest.approx(2))
    assert found.ratio is not None
    assert found.ratio.value == pytest.approx(2)
    assert found.ratio.ci[0] < 2 < found.ratio.ci[1]
    assert (found.mean_logit, found.sd_logit) == pytest.approx((-2, 2**0.5))


def test_a_period_without_an_outcome_still_has_its_logits() -> None:
    found = calibration_period("net", "s1", np.array([-1.0]), [])
    assert (found.ratio, found.brier, found.mean_logit) == (None, None, -1)
    assert math.isnan(found.sd_logit)


def test_the_slopes_interval_is_that_of_the_information_where_patients_have_one_case() -> None:
    random = np.random.default_rng(6)
    of = random.normal(0, 1, 4000)
    chances = scaled(of, 1, 0)
    labels = random.random(4000) < chances
    found = calibration_figures(
        "net", Said.AI, labels, chances, np.arange(4000), patient_weights(4000, 20)
    )
    spread = chances * (1 - chances)
    centred = of - (of * spread).sum() / spread.sum()
    error = 1 / math.sqrt((centred**2 * spread).sum())
    assert found.slope is not None
    half = (found.slope.ci[1] - found.slope.ci[0]) / 2
    assert half == pytest.approx(1.96 * error, rel=0.05)
