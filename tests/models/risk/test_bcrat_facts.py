"""From facts of a woman to the tool's codes."""

from __future__ import annotations

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import PatientFacts, PriorPathology, RaceGroup
from senoscope.models.risk.bcrat import bcrat
from senoscope.models.risk.bcrat_facts import BcratFacts

KNOWN = {"menarche_age": 12, "has_given_birth": False, "biopsies": 0, "relatives": 1}
"""What BCRAT weighs, but for her age and group."""


def test_everything_known_is_coded() -> None:
    facts = PatientFacts(
        45.0,
        RaceGroup.CHINESE,
        menarche_age=12,
        has_given_birth=True,
        first_birth_age=26,
        biopsies=2,
        atypical_hyperplasia=True,
        relatives=1,
    )
    assert BcratFacts.of(facts, 5) == BcratFacts(6, 45, 50, 2, 1, 12, 26, 1)


def test_nothing_known_is_unknown_and_the_group_is_told() -> None:
    found = BcratFacts.until(PatientFacts(45.0), 90)
    assert found == BcratFacts(4, 45, 90, cautions=("race_unknown", "unknown_is_lowest"))
    assert bcrat(found).cautions == ("race_unknown", "unknown_is_lowest")


@pytest.mark.parametrize("lacks", [*KNOWN])
def test_each_answer_that_is_not_known_is_told_to_count_as_the_lowest(lacks: str) -> None:
    known = {name: value for name, value in KNOWN.items() if name != lacks}
    whole, without = (
        BcratFacts.of(PatientFacts(45.0, RaceGroup.WHITE, **each), 5) for each in (KNOWN, known)
    )
    assert (whole.cautions, without.cautions) == ((), ("unknown_is_lowest",))


def test_no_birth_is_not_an_unknown_birth() -> None:
    none, unknown = (
        BcratFacts.of(PatientFacts(45.0, RaceGroup.WHITE, has_given_birth=has), 5)
        for has in (False, True)
    )
    assert (none.first_birth_age, unknown.first_birth_age) == (98, 99)


@pytest.mark.parametrize(
    ("known", "biopsies", "hyperplasia"),
    [
        ({"biopsies": 0, "atypical_hyperplasia": False}, 0, 99),
        ({"biopsies": 1, "atypical_hyperplasia": False}, 1, 0),
        ({"prior_pathology": PriorPathology.NEVER_BIOPSIED}, 0, 99),
        ({"prior_pathology": PriorPathology.BENIGN}, 1, 0),
        ({"prior_pathology": PriorPathology.ATYPIA, "biopsies": 3}, 3, 1),
        ({"prior_pathology": PriorPathology.DCIS}, 1, 99),
    ],
)
def test_pathology_tells_of_biopsies(known: dict, biopsies: float, hyperplasia: float) -> None:
    found = BcratFacts.of(PatientFacts(45.0, RaceGroup.WHITE, **known), 5)
    assert (found.biopsies, found.hyperplasia) == (biopsies, hyperplasia)
    assert ("at_least_one_biopsy" in found.cautions) == ("biopsies" not in known and biopsies == 1)
    bcrat(found)


@pytest.mark.parametrize(
    "contrary",
    [
        {"prior_pathology": PriorPathology.NEVER_BIOPSIED, "biopsies": 1},
        {"prior_pathology": PriorPathology.NEVER_BIOPSIED, "atypical_hyperplasia": True},
        {"prior_pathology": PriorPathology.BENIGN, "biopsies": 0},
        {"prior_pathology": PriorPathology.BENIGN, "atypical_hyperplasia": True},
        {"prior_pathology": PriorPathology.ATYPIA, "atypical_hyperplasia": False},
        {"biopsies": 0, "atypical_hyperplasia": True},
    ],
)
def test_facts_that_contradict_each_other_are_refused(contrary: dict) -> None:
    with pytest.raises(SettingsError, match=r"(prior_pathology|biopsies).*Correct"):
        BcratFacts.of(PatientFacts(45.0, **contrary), 5)


@pytest.mark.parametrize(
    ("known", "caution"),
    [
        ({"prior_pathology": PriorPathology.LCIS}, "after_in_situ_or_cancer"),
        ({"prior_pathology": PriorPathology.CANCER}, "after_in_situ_or_cancer"),
        ({"carries_brca": True}, "known_mutation"),
    ],
)
def test_of_what_the_tool_does_not_hold_for_it_is_told(known: dict, caution: str) -> None:
    found = BcratFacts.of(PatientFacts(45.0, RaceGroup.WHITE, biopsies=1, **known), 5)
    assert caution in bcrat(found).cautions
    assert caution not in bcrat(BcratFacts.of(PatientFacts(45.0, RaceGroup.WHITE), 5)).cautions


def test_a_horizon_beyond_90_is_refused() -> None:
    with pytest.raises(SettingsError, match="T2"):
        bcrat(BcratFacts.of(PatientFacts(87.0), 5))
