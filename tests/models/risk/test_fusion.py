from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import DataSetError, ModelPackageError, SettingsError
from senoscope.domain.risk import Density, PatientFacts, PriorPathology, RaceGroup
from senoscope.models.risk.bcrat import bcrat
from senoscope.models.risk.bcrat_facts import BcratFacts
from senoscope.models.risk.fusion import (
    AFTER_CANCER,
    BEYOND,
    MUTATION,
    NO_BCRAT,
    NOT_FUSED,
    OUT_OF_AGE,
    SIMULATED,
    SPARSE,
    FusionModel,
    fused_risk,
    fusion_text,
    load_fusion,
    shipped_model,
)
from senoscope.models.risk.hybrid import FUSED
from senoscope.models.risk.inputs import MODALITIES

FACTS = PatientFacts(
    age=52.0,
    race=RaceGroup.WHITE,
    menarche_age=12,
    has_given_birth=True,
    first_birth_age=21,
    biopsies=1,
    atypical_hyperplasia=False,
    relatives=1,
    prior_pathology=PriorPathology.BENIGN,
    carries_brca=False,
    bmi=27.0,
    density=Density.C,
    polygenic_sd=0.4,
)
SCORES = dict.fromkeys(MODALITIES, 0.2)
OTHER: dict[str, dict[str, Any]] = {
    "age": {"age": 61.0},
    "race": {"race": RaceGroup.CHINESE},
    "menarche_age": {"menarche_age": 15},
    "has_given_birth": {"has_given_birth": False, "first_birth_age": None},
    "first_birth_age": {"first_birth_age": 33},
    "biopsies": {"biopsies": 3},
    "atypical_hyperplasia": {
        "atypical_hyperplasia": True,
        "prior_pathology": PriorPathology.ATYPIA,
    },
    "relatives": {"relatives": 2},
    "prior_pathology": {"prior_pathology": PriorPathology.LCIS},
    "carries_brca": {"carries_brca": True},
    "bmi": {"bmi": 36.0},
    "density": {"density": Density.A},
    "polygenic_sd": {"polygenic_sd": -1.2},
}


def five_years(facts: PatientFacts) -> float:
    return bcrat(BcratFacts.of(facts, 5)).absolute_percent


def probability(facts: PatientFacts, scores: dict[str, float] = SCORES) -> float:
    return fused_risk(facts, scores, five_years(facts)).probability


def test_every_fact_there_is_has_another_value_here() -> None:
    assert {*OTHER, "outside_percent"} == set(PatientFacts.__slots__)


@pytest.mark.parametrize("name", OTHER)
def test_each_fact_changes_the_score(name: str) -> None:
    assert abs(probability(replace(FACTS, **OTHER[name])) - probability(FACTS)) > 1e-4


@pytest.mark.parametrize("modality", MODALITIES)
def test_each_image_score_changes_the_score_and_more_suspicion_is_more_risk(modality: str) -> None:
    risks = [probability(FACTS, {**SCORES, modality: p}) for p in (0.05, 0.2, 0.5)]
    assert risks[0] < risks[1] < risks[2]


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_score_by_itself_is_not_ignored_either(modality: str) -> None:
    bare = PatientFacts(age=52.0)
    with_it = fused_risk(bare, {modality: 0.6}, None)
    assert with_it.probability > fused_risk(bare, {}, None).probability


def test_bcrat_changes_the_score() -> None:
    low, high = (fused_risk(FACTS, SCORES, percent).probability for percent in (0.8, 3.0))
    assert low < high


@pytest.mark.parametrize("scores", [{}, SCORES])
def test_terms_add_up_and_the_interval_holds_the_probability(scores: dict[str, float]) -> None:
    told = fused_risk(FACTS, scores, 1.5)
    log_odds = told.base_log_odds + math.fsum(term.log_odds for term in told.terms)
    assert told.probability == pytest.approx(1 / (1 + math.exp(-log_odds)))
    assert told.lower < told.probability < told.upper
    assert [term.name for term in told.terms] == list(FUSED)


def test_what_is_not_known_has_no_value_and_no_part_and_widens() -> None:
    whole = fused_risk(FACTS, SCORES, 1.5)
    lacking = fused_risk(replace(FACTS, density=None), SCORES, 1.5)
    term = next(each for each in lacking.terms if each.name == "density")
    assert (term.value, term.log_odds) == (None, 0.0)

    def width(told: Any) -> float:
        return math.log(told.upper / (1 - told.upper)) - math.log(told.lower / (1 - told.lower))

    assert width(lacking) > width(whole)


def test_values_are_told_in_the_unit_they_were_given_in() -> None:
    told = {term.name: term.value for term in fused_risk(FACTS, SCORES, 1.5).terms}
    assert told["age"] == 52.0
    assert told["bcrat"] == 1.5
    assert told["density"] == 3
    assert told["bmi"] == 27.0
    assert told["pathology"] == pytest.approx(1.17)
    assert told["mammography"] == 0.2
    assert told["brca"] == 0
    assert told["polygenic"] == 0.4


@pytest.mark.parametrize(
    ("facts", "percent", "caution"),
    [
        (replace(FACTS, age=85.0), 1.5, OUT_OF_AGE),
        (replace(FACTS, age=29.0), 1.5, OUT_OF_AGE),
        (replace(FACTS, prior_pathology=PriorPathology.DCIS), 1.5, AFTER_CANCER),
        (replace(FACTS, carries_brca=True), 1.5, MUTATION),
        (replace(FACTS, outside_percent={"tyrer-cuzick 10 years": 4.0}), 1.5, NOT_FUSED),
        (FACTS, None, NO_BCRAT),
        (replace(FACTS, bmi=79.0), 1.5, BEYOND),
        (PatientFacts(age=52.0), None, SPARSE),
    ],
)
def test_what_a_person_must_know_is_said(
    facts: PatientFacts, percent: float | None, caution: str
) -> None:
    assert caution in fused_risk(facts, SCORES if percent else {}, percent).cautions
    assert caution not in fused_risk(FACTS, SCORES, 1.5).cautions


def test_shipped_weights_say_that_they_were_fitted_on_simulated_women() -> None:
    assert fused_risk(FACTS, SCORES, 1.5).cautions == (SIMULATED,)
    assert "simulated" in shipped_model().trained_on


def test_a_score_of_another_name_or_no_probability_is_refused() -> None:
    with pytest.raises(SettingsError, match="would not be looked at"):
        fused_risk(FACTS, {"mamography": 0.3}, None)
    with pytest.raises(SettingsError, match="87"):
        fused_risk(FACTS, {"mammography": 87.0}, None)
    with pytest.raises(SettingsError, match="bcrat"):
        fused_risk(FACTS, {}, 130.0)


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    shipped = shipped_model()
    (tmp_path / "own.json").write_text(fusion_text(shipped, {"cancers": 7}))
    own = load_fusion(tmp_path / "own.json")
    assert fused_risk(FACTS, SCORES, 1.5, own) == fused_risk(FACTS, SCORES, 1.5)


def test_a_model_of_other_values_or_another_format_is_refused(tmp_path: Path) -> None:
    shipped = shipped_model()
    odd = replace(shipped.model, names=("luck", *shipped.model.names[1:]))
    with pytest.raises(DataSetError, match="luck"):
        FusionModel(odd, "", True, (35.0, 74.0))
    path = tmp_path / "own.json"
    path.write_text(json.dumps({**json.loads(fusion_text(shipped, {})), "format": 9}))
    with pytest.raises(ModelPackageError, match="format 9"):
        load_fusion(path)
    path.write_text("no")
    with pytest.raises(ModelPackageError, match=r"own\.json"):
        load_fusion(path)
