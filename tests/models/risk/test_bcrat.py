"""The Gail model against the reference, and against another way of computing it."""

from __future__ import annotations

import csv
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import RaceGroup
from senoscope.models.risk.bcrat import bcrat
from senoscope.models.risk.bcrat_constants import bcrat_constants
from senoscope.models.risk.bcrat_facts import BcratFacts
from tests.models.risk import bcrat_slowly

PLAIN = BcratFacts(1, 40, 45, 0, 99, 12, 25, 0)
NAMES = ("Race", "T1", "T2", "N_Biop", "HypPlas", "AgeMen", "Age1st", "N_Rels")


def test_the_reference_is_met_to_1e_8_percentage_points_and_its_errors_are_refused(
    public_data: Path,
) -> None:
    with (public_data / "risk" / "bcrat_reference_cases.csv").open(newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) > 60
    for case in cases:
        facts = BcratFacts(*(float(case[name]) for name in NAMES))
        if case["Error_Ind"] != "0":
            with pytest.raises(SettingsError):
                bcrat(facts)
            continue
        found = bcrat(facts)
        assert abs(found.absolute_percent - float(case["AbsRisk"])) < 1e-8
        assert abs(found.relative_risk - float(case["RR_Star1"])) < 1e-8
        assert abs(found.relative_risk_from_50 - float(case["RR_Star2"])) < 1e-8


def strange(chance: random.Random) -> list[float | None]:
    """A row that may be right, may be wrong in any place, or hold nothing in one."""
    start = chance.choice([19.9, 20, 24, 34.5, 40, 49, 49.7, 50, 61, 89, 89.5, 90])
    row: list[float | None] = [
        chance.choice([*range(1, 12), 0, 12, 1.5]),
        start,
        start + chance.choice([0, 0.3, 0.5, 1, 5, 7.2, 10, 30, -1]),
        chance.choice([0, 0, 1, 1, 2, 3, 30, 98, 99, 100, -1, 0.5, 1.5]),
        chance.choice([99, 99, 99, 0, 1, 2, 98]),
        chance.choice([99, 7, 10, 11, 11.5, 12, 13, 13.5, 14, 16, 35, 98, 0, -1]),
        chance.choice([99, 98, 98.5, 100, 0, 12, 19, 20, 24, 24.5, 25, 29, 30, 45, 60]),
        chance.choice([0, 1, 2, 3, 50, 98, 99, 100, -1, 0.5, 1.5, 2.5]),
    ]
    if chance.random() < 0.1:
        row[chance.randrange(8)] = None
    return row


def test_rows_of_every_kind_are_refused_and_weighed_as_another_writing_of_the_rules_has_it() -> (
    None
):
    chance = random.Random(0)
    counts = {True: 0, False: 0}
    for _ in range(20_000):
        row = strange(chance)
        steps = bcrat_slowly.recoded(*row)
        try:
            found = bcrat(BcratFacts(*row))
        except SettingsError:
            found = None
        assert (found is None) == (steps is None), row
        counts[found is None] += 1
        if found is not None:
            expected = bcrat_slowly.relative_risks(steps, bcrat_constants()[RaceGroup(int(row[0]))])
            assert (found.relative_risk, found.relative_risk_from_50) == pytest.approx(expected)
    assert min(counts.values()) > 500


def test_risks_are_those_of_an_integration_in_small_steps() -> None:
    chance = random.Random(1)
    compared = 0
    while compared < 150:
        row = strange(chance)
        steps = bcrat_slowly.recoded(*row)
        if steps is None:
            continue
        constants = bcrat_constants()[RaceGroup(int(row[0]))]
        below, above = (
            factor * risk
            for factor, risk in zip(
                constants.one_minus_attributable_risk,
                bcrat_slowly.relative_risks(steps, constants),
                strict=True,
            )
        )
        found = bcrat(BcratFacts(*row))
        ages = row[1], row[2]
        hers = bcrat_slowly.absolute(constants.incidence, constants.mortality, *ages, below, above)
        rates = constants.average_incidence, constants.average_mortality
        assert found.absolute_percent == pytest.approx(hers, rel=1e-6)
        assert found.average_percent == pytest.approx(bcrat_slowly.absolute(*rates, *ages, 1, 1))
        compared += 1


@pytest.mark.parametrize("race", RaceGroup)
def test_risk_to_an_age_is_that_of_its_parts_while_one_stays_free_of_cancer_and_death(
    race: RaceGroup,
) -> None:
    whole = bcrat(replace(PLAIN, race=race, start_age=35, end_age=85)).absolute_percent
    first = bcrat(replace(PLAIN, race=race, start_age=35, end_age=47.25)).absolute_percent
    later = bcrat(replace(PLAIN, race=race, start_age=47.25, end_age=85)).absolute_percent
    assert first < whole < first + later
    # Who reaches 47.25 free of both is less than one by both.
    free = (whole - first) / later
    assert 0.9 < free < 1 - first / 100


def test_the_average_of_white_and_other_women_is_by_later_rates_and_of_others_by_their_own() -> (
    None
):
    white, other, chinese = (bcrat(replace(PLAIN, race=race)) for race in (1, 4, 6))
    assert white.average_percent == other.average_percent == pytest.approx(0.578, abs=0.001)
    own = bcrat_constants()[RaceGroup.CHINESE]
    assert own.average_incidence == own.incidence
    assert chinese.average_percent < white.average_percent


def test_unknown_answers_weigh_as_the_lowest_and_childless_as_a_birth_at_25() -> None:
    unknown = replace(PLAIN, biopsies=99, menarche_age=99, first_birth_age=99, relatives=99)
    lowest = replace(PLAIN, menarche_age=14, first_birth_age=19)
    assert bcrat(unknown) == bcrat(lowest)
    assert bcrat(lowest).relative_risk == 1
    assert bcrat(replace(PLAIN, first_birth_age=98)) == bcrat(PLAIN)


def test_a_woman_below_35_is_told_of_and_one_of_35_is_not() -> None:
    young = replace(PLAIN, start_age=34.9, end_age=40)
    assert bcrat(young).cautions == ("below_35",)
    assert bcrat(replace(young, start_age=35)).cautions == ()


@pytest.mark.parametrize(
    "strange_field",
    [
        {"biopsies": -1},
        {"biopsies": 1.5},
        {"biopsies": 31},
        {"first_birth_age": 8, "menarche_age": 99},
        {"menarche_age": 6},
    ],
)
def test_what_the_reference_counts_though_it_cannot_be_is_told(strange_field: dict) -> None:
    found = bcrat(replace(PLAIN, **strange_field))
    assert found.cautions == ("implausible_value",)
    assert math.isfinite(found.absolute_percent)
