"""What the tool refuses, by the name of the field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.risk.bcrat_facts import BcratFacts
from senoscope.models.risk.bcrat_recoding import bcrat_categories

PLAIN = BcratFacts(1, 40, 45, 1, 99, 12, 25, 0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"race": 0}, "Race"),
        ({"race": 12}, "Race"),
        ({"race": 1.5}, "Race"),
        ({"race": None}, "Race"),
        ({"start_age": 19.99}, "T1"),
        ({"start_age": 90, "end_age": 95}, "T1"),
        ({"start_age": None}, "T1"),
        ({"start_age": float("nan")}, "T1"),
        ({"end_age": 40}, "T2"),
        ({"end_age": 90.01}, "T2"),
        ({"end_age": float("inf")}, "T2"),
        ({"end_age": None}, "T2"),
        ({"biopsies": 0, "hyperplasia": 0}, "HypPlas"),
        ({"biopsies": 99, "hyperplasia": 1}, "HypPlas"),
        ({"hyperplasia": 2}, "HypPlas"),
        ({"hyperplasia": None}, "HypPlas"),
        ({"biopsies": None}, "N_Biop"),
        ({"menarche_age": 0}, "AgeMen"),
        ({"menarche_age": 40.5, "first_birth_age": 99}, "AgeMen"),
        ({"menarche_age": None}, "AgeMen"),
        ({"first_birth_age": 11}, "Age1st"),
        ({"first_birth_age": 40.5}, "Age1st"),
        ({"first_birth_age": 98.5}, "Age1st"),
        ({"first_birth_age": None}, "Age1st"),
        ({"relatives": 100}, "N_Rels"),
        ({"relatives": 1.5}, "N_Rels"),
        ({"relatives": -1}, "N_Rels"),
        ({"relatives": None}, "N_Rels"),
    ],
)
def test_a_refusal_names_the_field(wrong: dict, field: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{field} .*expected.*Correct it"):
        bcrat_categories(replace(PLAIN, **wrong))


@pytest.mark.parametrize(
    "right",
    [
        {"start_age": 20, "end_age": 20.5, "first_birth_age": 20},
        {"start_age": 89.9, "end_age": 90},
        {"biopsies": 0, "hyperplasia": None},
        {"menarche_age": 40, "first_birth_age": 40},
        {"menarche_age": 0.5, "first_birth_age": 1},
        {"first_birth_age": 12},
        {"relatives": 98},
        {"race": 2, "first_birth_age": None},
        {"race": 2, "first_birth_age": 70},
        {"race": 2, "first_birth_age": 5},
    ],
)
def test_what_lies_at_the_limits_is_taken(right: dict) -> None:
    bcrat_categories(replace(PLAIN, **right))


@pytest.mark.parametrize(
    ("race", "expected"),
    [
        (1, (2, 2, 3, 2)),
        (2, (2, 1, 0, 2)),
        (3, (1, 0, 2, 1)),
        (5, (1, 2, 2, 1)),
        (6, (2, 2, 3, 1)),
        (11, (2, 2, 3, 1)),
    ],
)
def test_groups_are_pooled_as_each_model_pools_them(race: int, expected: tuple) -> None:
    found = bcrat_categories(
        replace(PLAIN, race=race, biopsies=3, menarche_age=11, first_birth_age=31, relatives=3)
    )
    assert (found.biopsies, found.menarche, found.first_birth, found.relatives) == expected


@pytest.mark.parametrize(("age", "step"), [(19, 0), (20, 1), (25, 1), (29, 1), (30, 2), (98, 2)])
def test_hispanic_women_have_three_steps_of_first_birth(age: int, step: int) -> None:
    assert bcrat_categories(replace(PLAIN, race=5, first_birth_age=age)).first_birth == step
