from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from senoscope.calibration.phantoms.risk_cohort import EFFECTS, Gaps
from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.calibration_error import equal_mass_bins, platt_scaling
from senoscope.models.risk.hybrid import table_of
from senoscope.models.risk.risk_model import FilledTable, RiskModel
from tests.models.risk.cohorts import cancers, cohort, fitted

NAMES = ("age", "density", "bmi", "polygenic", "texture", "image_risk", "mammography", "breast_mri")
NAN = np.nan


@pytest.fixture(scope="module")
def model() -> RiskModel:
    return fitted(cohort(), NAMES)


def test_terms_and_base_make_the_log_odds(model: RiskModel) -> None:
    told = model.foretold(table_of(cohort()[:5], NAMES))
    assert told.log_odds == pytest.approx(told.base + told.terms.sum(axis=1))
    assert told.probability == pytest.approx(1 / (1 + np.exp(-told.log_odds)))


def test_a_missing_value_adds_nothing_and_widens(model: RiskModel) -> None:
    row = np.array([model.usual])
    whole = model.foretold(row)
    for place in range(len(NAMES)):
        lacking = row.copy()
        lacking[0, place] = NAN
        told = model.foretold(lacking)
        assert told.terms[0, place] == 0
        assert told.spread[0] > whole.spread[0]


def test_what_a_known_value_says_of_a_missing_one_goes_to_it() -> None:
    # Image risk and texture go together: alone, texture counts for both.
    model = fitted(cohort(), ("texture", "image_risk"))
    row = np.array([model.usual + model.spread])
    lacking = row.copy()
    lacking[0, 1] = NAN
    assert model.foretold(lacking).terms[0, 0] > model.foretold(row).terms[0, 0]


@pytest.mark.parametrize(
    ("missing", "gaps"), [(0.0, Gaps.RANDOM), (0.3, Gaps.RANDOM), (0.3, Gaps.BY_KNOWN)]
)
def test_other_women_are_foretold_calibrated_with_and_without_gaps(
    missing: float, gaps: Gaps
) -> None:
    model = fitted(cohort(4000, 1, missing, gaps), NAMES)
    others = cohort(8000, 2, missing, gaps)
    sick, told = cancers(others), model.foretold(table_of(others, NAMES))
    slope, intercept = platt_scaling(told.log_odds, sick)
    assert 0.85 < slope < 1.15
    assert abs(intercept) < 0.3
    assert told.probability.mean() == pytest.approx(sick.mean(), abs=0.015)
    for each in equal_mass_bins(sick, told.probability, 5):
        low, high = each.frequency.ci
        assert low - 0.025 < each.probability < high + 0.025


def test_known_odds_ratios_are_found_with_a_third_of_values_missing() -> None:
    model = fitted(cohort(4000, 1, 0.3), NAMES, penalty=0.0, times=8)
    # Of so few values some of the rest is in these, so only those that stand alone are looked at.
    for name in ("polygenic", "breast_mri"):
        found, error = model.of_unit(name)
        assert abs(found - EFFECTS[name]) < 3 * error
        assert error < 0.15


def test_gaps_make_the_errors_larger() -> None:
    whole, gappy = (fitted(cohort(3000, 1, share), NAMES) for share in (0.0, 0.3))
    assert gappy.of_unit("density")[1] > whole.of_unit("density")[1]


def test_far_values_count_as_the_last_that_was_fitted(model: RiskModel) -> None:
    rows = np.array([model.usual, model.usual])
    rows[0, 1], rows[1, 1] = model.high[1], model.high[1] + 5
    told = model.foretold(rows)
    assert told.log_odds[0] == pytest.approx(told.log_odds[1])
    assert model.is_beyond(rows)[:, 1].tolist() == [False, True]


def test_it_is_the_same_after_json(model: RiskModel) -> None:
    again = RiskModel.from_json(json.loads(json.dumps(model.as_json())))
    table = table_of(cohort()[:20], NAMES)
    assert again.foretold(table).log_odds == pytest.approx(model.foretold(table).log_odds, abs=1e-4)


def test_a_model_of_wrong_shapes_is_refused(model: RiskModel) -> None:
    with pytest.raises(DataSetError, match="weights"):
        replace(model, weights=model.weights[1:])


def test_a_value_that_nobody_has_is_named() -> None:
    table = np.array([[1.0, NAN], [2.0, NAN]])
    with pytest.raises(DataSetError, match="bmi"):
        FilledTable.of(("age", "bmi"), table, np.array([True, False]), ["a", "b"])
