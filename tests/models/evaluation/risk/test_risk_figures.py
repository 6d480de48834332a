from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.calibration.phantoms.risk_cohort import EFFECTS
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.risk import risk_figures
from senoscope.models.evaluation.risk.bcrat_column import with_bcrat
from senoscope.models.evaluation.risk.nested import Judged, judged
from senoscope.models.evaluation.risk.risk_figures import (
    PAIRS,
    Recovered,
    areas,
    by_group,
    calibration,
    differences,
    recovered,
)
from senoscope.models.risk.bcrat import bcrat
from senoscope.models.risk.bcrat_facts import BcratFacts
from senoscope.models.risk.hybrid import HYBRID, IMAGE, MODELS
from tests.models.risk.cohorts import cohort


@pytest.fixture(scope="module")
def read() -> Judged:
    found = judged(cohort(2500, 5), lambda _: None)
    kept = (HYBRID, IMAGE, "traditional")
    return replace(found, log_odds={name: found.log_odds[name] for name in kept})


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk_figures, "RESAMPLES", 200)
    monkeypatch.setattr(risk_figures, "SLOPE_RESAMPLES", 50)


def test_the_hybrid_beats_its_parts(read: Judged) -> None:
    gaps = differences(read)
    assert set(gaps) == {"hybrid - image", "hybrid - traditional"}
    for gap in gaps.values():
        assert gap.ci[0] > 0
    figures = areas(read)
    for name, area in figures.items():
        assert area.value == pytest.approx(auc(read.cancer, read.log_odds[name]))
        assert area.ci[0] < area.value < area.ci[1]
    told = figures[HYBRID].value - figures[IMAGE].value
    assert gaps["hybrid - image"].value == pytest.approx(told)


def test_pairs_are_of_models_there_are() -> None:
    assert {name for pair in PAIRS for name in pair} <= set(MODELS)


def test_calibration_finds_what_is_wrong(read: Judged) -> None:
    good = calibration(read, HYBRID)
    assert good.slope.ci[0] < 1 < good.slope.ci[1]
    assert good.expected_observed.value == pytest.approx(1, abs=0.05)
    assert good.brier < good.brier_of_prevalence
    bold = replace(read, log_odds={HYBRID: read.log_odds[HYBRID] * 2 + 1})
    wrong = calibration(bold, HYBRID)
    assert wrong.slope.value == pytest.approx(good.slope.value / 2, abs=0.01)
    assert not wrong.expected_observed.ci[0] < 1 < wrong.expected_observed.ci[1]


def test_groups_are_those_with_enough_of_both_outcomes(read: Judged) -> None:
    told = by_group(read, HYBRID)
    assert "white" in told and "other_pacific_islander" not in told
    assert told["white"]["auc"].n == sum(case.facts.race == 1 for case in read.cases)


def test_known_effects_are_found_and_others_are_not_told() -> None:
    found = recovered(cohort(2500, 5), {**EFFECTS, "luck": 1.0})
    assert set(found) == set(EFFECTS)
    assert all(each.is_inside_of(len(found)) for each in found.values())
    assert sum(each.is_inside for each in found.values()) >= 15


def test_inside_is_inside_and_of_many_a_little_further() -> None:
    assert not Recovered(1.0, 0.5, (0.2, 0.8)).is_inside
    near = Recovered(0.9, 0.5, (0.2, 0.8))
    assert not near.is_inside and not near.is_inside_of(1) and near.is_inside_of(19)
    assert not Recovered(1.2, 0.5, (0.2, 0.8)).is_inside_of(19)


def test_of_too_few_women_no_odds_are_told() -> None:
    assert recovered(cohort(300, 5), EFFECTS) == {}


def test_bcrat_is_filled_in_where_it_is_not_given_and_refusals_are_counted() -> None:
    first, second, third = cohort(30, 5)[:3]
    given = replace(first, bcrat_five_year_percent=9.0)
    old = replace(third, facts=replace(third.facts, age=88.0))
    (one, two, three), refused = with_bcrat([given, second, old])
    assert one.bcrat_five_year_percent == 9.0
    assert two.bcrat_five_year_percent == bcrat(BcratFacts.of(second.facts, 5)).absolute_percent
    assert three.bcrat_five_year_percent is None
    assert list(refused.values()) == [1]


def test_figures_do_not_hang_on_the_order_of_rows(read: Judged) -> None:
    order = np.random.default_rng(0).permutation(len(read.cases))
    turned = Judged(
        tuple(read.cases[place] for place in order),
        read.cancer[order],
        read.folds[order],
        {name: log_odds[order] for name, log_odds in read.log_odds.items()},
        read.names,
        read.penalties,
        read.left_out,
    )
    assert areas(turned)[HYBRID].value == pytest.approx(areas(read)[HYBRID].value)
