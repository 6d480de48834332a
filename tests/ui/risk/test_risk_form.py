from __future__ import annotations

from datetime import date

import pytest

from senoscope.domain.risk import Density, PriorPathology, RaceGroup
from senoscope.ui.risk.field_texts import texts_of
from senoscope.ui.risk.risk_form import FIELDS, filled

TODAY = date(2026, 11, 29)
WHOLE_FORM = {
    "age": "52",
    "race": "6",
    "menarche_age": "12",
    "has_given_birth": "yes",
    "first_birth_age": "31",
    "biopsies": "1",
    "atypical_hyperplasia": "no",
    "prior_pathology": "benign",
    "density": "c",
    "relatives": "0",
    "carries_brca": "no",
    "polygenic_sd": "-0.4",
    "bmi": "24.5",
    "tyrer_cuzick_10": "6.1",
}


def test_a_whole_form_is_what_is_known_and_comes_back_as_it_was() -> None:
    form = filled({**WHOLE_FORM, "ultrasound": "0.62"}, TODAY)
    assert form.refused == ()
    assert form.image_scores == {"ultrasound": 0.62}
    facts = form.facts
    assert facts is not None
    assert (facts.age, facts.race, facts.density) == (52, RaceGroup.CHINESE, Density.C)
    assert facts.prior_pathology is PriorPathology.BENIGN
    assert facts.relatives == 0
    assert facts.outside_percent == {"tyrer-cuzick 10 years": 6.1}
    assert texts_of(facts) == WHOLE_FORM


def test_an_empty_field_is_not_known_and_0_is_none() -> None:
    facts = filled({"age": "52", "relatives": " "}, TODAY).facts
    assert facts is not None
    assert facts.relatives is None
    assert facts.has_given_birth is None
    facts = filled({"age": "52", "relatives": "0", "has_given_birth": "no"}, TODAY).facts
    assert facts is not None
    assert facts.relatives == 0
    assert facts.has_given_birth is False


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"age": ""}, {"age": "needed"}),
        ({"age": "12"}, {"age": "range"}),
        ({"age": "121"}, {"age": "range"}),
        ({"age": "fifty"}, {"age": "number"}),
        ({"age": "nan"}, {"age": "number"}),
        ({"age": "5_2"}, {"age": "number"}),
        ({"age": "", "birth_date": "1980-02-31"}, {"birth_date": "date"}),
        ({"age": "", "birth_date": "31.05.1980"}, {"birth_date": "date"}),
        ({"age": "", "birth_date": "2027-01-01"}, {"birth_date": "future"}),
        ({"age": "", "birth_date": "2020-01-01"}, {"birth_date": "born"}),
        ({"birth_date": "1990-01-01"}, {"age": "age_differs"}),
        ({"race": "12"}, {"race": "code"}),
        ({"density": "e"}, {"density": "code"}),
        ({"carries_brca": "maybe"}, {"carries_brca": "code"}),
        ({"biopsies": "1.5"}, {"biopsies": "whole"}),
        ({"biopsies": "-1"}, {"biopsies": "range"}),
        ({"bmi": "24,5"}, {"bmi": "number"}),
        ({"bmi": "9.9"}, {"bmi": "range"}),
        ({"height_cm": "1.65", "weight_kg": "60"}, {"height_cm": "metres"}),
        ({"height_cm": "5 ft", "weight_kg": "60"}, {"height_cm": "number"}),
        ({"height_cm": "165"}, {"weight_kg": "both"}),
        ({"weight_kg": "60"}, {"height_cm": "both"}),
        ({"height_cm": "165", "weight_kg": "300"}, {"weight_kg": "bmi_far"}),
        ({"height_cm": "165", "weight_kg": "60", "bmi": "30"}, {"bmi": "bmi_differs"}),
        ({"menarche_age": "60"}, {"menarche_age": "range"}),
        ({"first_birth_age": "53"}, {"first_birth_age": "above_age"}),
        ({"first_birth_age": "12", "menarche_age": "13"}, {"first_birth_age": "before_menarche"}),
        ({"first_birth_age": "30", "has_given_birth": "no"}, {"first_birth_age": "no_birth"}),
        ({"biopsies": "0", "atypical_hyperplasia": "yes"}, {"atypical_hyperplasia": "no_biopsy"}),
        ({"biopsies": "0", "prior_pathology": "lcis"}, {"prior_pathology": "no_biopsy"}),
        ({"biopsies": "2", "prior_pathology": "never_biopsied"}, {"prior_pathology": "biopsied"}),
        (
            {"atypical_hyperplasia": "yes", "prior_pathology": "benign"},
            {"prior_pathology": "atypia"},
        ),
        (
            {"atypical_hyperplasia": "no", "prior_pathology": "atypia"},
            {"prior_pathology": "no_atypia"},
        ),
        ({"ultrasound": "62"}, {"ultrasound": "range"}),
        ({"canrisk_10": "101"}, {"canrisk_10": "range"}),
        ({"race": "x", "bmi": "x"}, {"race": "code", "bmi": "number"}),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(
    fields: dict[str, str], refused: dict[str, str]
) -> None:
    form = filled({"age": "52", **fields}, TODAY)
    assert {each.field: each.why for each in form.refused} == refused
    assert form.facts is None


@pytest.mark.parametrize(
    ("fields", "age"),
    [
        ({"birth_date": "1974-11-29"}, 52),
        ({"birth_date": "1974-11-30"}, 51),
        ({"birth_date": "1974-11-30", "on_day": "2024-11-30"}, 50),
        ({"birth_date": "1974-11-29", "age": "52.5"}, 52.5),
        ({"age": "５２"}, 52),
    ],
)
def test_an_age_is_told_by_the_day_of_birth_too(fields: dict[str, str], age: float) -> None:
    facts = filled(fields, TODAY).facts
    assert facts is not None
    assert facts.age == age


def test_height_and_weight_make_the_index_and_an_age_at_birth_says_that_there_was_one() -> None:
    given = {"age": "52", "height_cm": "165", "weight_kg": "60", "first_birth_age": "30"}
    facts = filled(given, TODAY).facts
    assert facts is not None
    assert facts.bmi == pytest.approx(22.04, abs=0.01)
    assert facts.has_given_birth is True


def test_every_field_of_the_page_is_one_of_the_form() -> None:
    assert len(set(FIELDS)) == len(FIELDS)
    assert set(WHOLE_FORM) <= set(FIELDS)
