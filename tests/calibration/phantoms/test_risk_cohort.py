from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.calibration.phantoms.risk_cohort import (
    EFFECTS,
    CohortPlan,
    Gaps,
    draw_cohort,
)
from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import PriorPathology, RaceGroup
from senoscope.models.evaluation.metrics import auc
from senoscope.models.risk.hybrid import EVERYTHING, MODELS, table_of
from tests.models.risk.cohorts import cancers, cohort, fitted

NAMES = MODELS[EVERYTHING]


def test_the_same_plan_gives_the_same_women_and_another_seed_others() -> None:
    assert draw_cohort(CohortPlan(60, 4)) == draw_cohort(CohortPlan(60, 4))
    assert draw_cohort(CohortPlan(60, 4)) != draw_cohort(CohortPlan(60, 5))


def test_every_effect_is_of_a_value_and_every_value_has_one() -> None:
    assert set(EFFECTS) == set(NAMES)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.4])
def test_as_many_have_a_cancer_as_asked_for(share: float) -> None:
    drawn = cancers(draw_cohort(CohortPlan(4000, 2, share)))
    assert drawn.mean() == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / 4000))


def test_known_odds_ratios_are_inside_their_intervals_as_often_as_they_should() -> None:
    inside = []
    for seed in range(6):
        cases = draw_cohort(CohortPlan(4000, seed))
        model = fitted(cases, NAMES, penalty=0.0)
        for name in NAMES:
            found, error = model.of_unit(name)
            inside.append(abs(found - EFFECTS[name]) <= 1.96 * error)
    # 114 intervals of 95 %: 108 are expected, 102 are two and a half deviations fewer.
    assert sum(inside) >= 102


def test_nothing_but_its_effects_tells_the_outcome() -> None:
    cases = cohort(4000, 3)
    sick, table = cancers(cases), table_of(cases, NAMES)
    told = table @ [EFFECTS[name] for name in NAMES]
    # Among women of the same true odds, no value tells more: fitted beside them, it adds nothing.
    order = np.arange(len(cases), dtype=np.float64)
    assert abs(auc(sick, order) - 0.5) < 0.05
    pairs = np.argsort(told)
    near = sick[pairs][:-1].astype(int) - sick[pairs][1:].astype(int)
    for column in table.T:
        gap = column[pairs][:-1] - column[pairs][1:]
        assert abs(np.corrcoef(near, gap)[0, 1]) < 0.06


def test_gaps_do_not_hang_on_the_outcome() -> None:
    for gaps in Gaps:
        cases = cohort(4000, 3, 0.3, gaps)
        empty = np.isnan(table_of(cases, NAMES)).mean(axis=1)
        sick = cancers(cases)
        # The older and those without relatives are asked less, so a little may be seen.
        assert abs(empty[sick].mean() - empty[~sick].mean()) < 0.06


@pytest.mark.parametrize("gaps", list(Gaps))
def test_as_much_is_missing_as_asked_for(gaps: Gaps) -> None:
    table = table_of(cohort(4000, 3, 0.3, gaps), NAMES)  # by known, it is only about so much
    of_columns = dict(zip(NAMES, np.isnan(table).mean(axis=0), strict=True))
    assert of_columns.pop("age") == 0
    if gaps is Gaps.BY_KNOWN:
        assert of_columns.pop("relatives") == 0
    for share in of_columns.values():
        assert share == pytest.approx(0.3, abs=0.06)


def test_gaps_by_known_hang_on_age() -> None:
    cases = cohort(4000, 3, 0.3, Gaps.BY_KNOWN)
    old = [case.facts.density is None for case in cases if case.facts.age > 63]
    young = [case.facts.density is None for case in cases if case.facts.age < 45]
    assert np.mean(old) > np.mean(young) + 0.2


def test_gaps_take_away_and_change_nothing_else() -> None:
    whole, gappy = cohort(500, 8), cohort(500, 8, 0.3)
    for one, other in zip(whole, gappy, strict=True):
        assert one.cancer == other.cancer
        assert one.facts.bmi == other.facts.bmi or other.facts.bmi is None
        assert other.image_scores.items() <= one.image_scores.items()


def test_groups_are_as_large_as_asked_for() -> None:
    plan = CohortPlan(2200, 1, shares=dict.fromkeys(RaceGroup, 1.0))
    counts = np.bincount([case.facts.race or 0 for case in draw_cohort(plan)], minlength=12)[1:]
    assert counts.min() > 140


def test_women_are_likely() -> None:
    for case in cohort():
        facts = case.facts
        assert 35 <= facts.age <= 74
        never = facts.prior_pathology is PriorPathology.NEVER_BIOPSIED
        assert never == (facts.biopsies == 0)
        assert (facts.atypical_hyperplasia is None) == never
        assert (facts.first_birth_age is None) == (facts.has_given_birth is False)


@pytest.mark.parametrize(
    "change", [{"women": 3}, {"cancer_share": 0.9}, {"missing": 1.0}, {"missing": -0.1}]
)
def test_a_plan_that_cannot_be_drawn_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="expected 20 women"):
        replace(CohortPlan(), **change)  # type: ignore[arg-type]
