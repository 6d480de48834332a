"""A family that cannot be is refused, by the place of the member."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.risk.canrisk_pedigree import (
    MOST_CHILDREN,
    Cancer,
    FamilyMember,
    Pedigree,
    Sex,
)
from tests.models.risk.families import MEMBERS, THIS_YEAR, family


def test_a_family_that_can_be_is_taken() -> None:
    assert family().member("Eve").cancers[Cancer.BREAST] == 42
    Pedigree((replace(MEMBERS[0], father=None, mother=None),), THIS_YEAR)


@pytest.mark.parametrize(
    ("who", "changes", "place", "why"),
    [
        ("Bob", {"key": ""}, 2, "no key"),
        ("Tom", {"key": "Sue"}, 4, "that of another"),
        ("Sue", {"age": 126}, 5, "age of 126"),
        ("Sue", {"age": 0}, 5, "age of 0"),
        ("Sue", {"birth_year": 1849}, 5, "birth in 1849"),
        ("Sue", {"birth_year": 2027}, 5, "birth in 2027"),
        ("Sue", {"age": 97}, 5, "age of 97 and a birth in 1930"),
        ("Ann", {"age": None}, 1, "target without"),
        ("Ann", {"birth_year": None}, 1, "target without"),
        ("Ann", {"is_dead": True}, 1, "target without"),
        ("Ann", {"mother": None}, 1, "one parent alone"),
        ("Ann", {"father": None}, 1, "one parent alone"),
        ("Ann", {"mother": "Zoe"}, 1, "not in the family"),
        ("Ann", {"mother": "Tom"}, 1, "a mother who is no woman"),
        ("Ann", {"father": "Eve"}, 1, "a father who is no man"),
        ("Ann", {"birth_year": 1964}, 1, "born 9 years after"),
        ("Sue", {"birth_year": 1884}, 2, "born 71 years after"),
        ("Tom", {"father": "Bob", "mother": "Eve"}, 1, "ancestor"),
        ("Tom", {"father": "Tom", "mother": "Sue"}, 1, "ancestor"),
        ("Eve", {"cancers": {Cancer.PROSTATE: 50}}, 3, "PRO"),
        ("Bob", {"cancers": {Cancer.OVARY: 50}}, 2, "OC"),
        ("Bob", {"cancers": {Cancer.PANCREAS: 71}}, 2, "PAN at another age"),
        ("Bob", {"cancers": {Cancer.PANCREAS: 0}}, 2, "PAN at another age"),
        ("Bob", {"cancers": {Cancer.PANCREAS: "late"}}, 2, "PAN at another age"),
        ("Eve", {"cancers": {Cancer.OTHER_BREAST: 50}}, 3, "BC2 before BC1"),
        ("Eve", {"cancers": {Cancer.BREAST: 50, Cancer.OTHER_BREAST: 49}}, 3, "BC2 before BC1"),
        ("Eve", {"cancers": {}}, 3, "receptors without"),
        ("Eve", {"genes": {"TP53": "S:P"}}, 3, "test of something else"),
        ("Eve", {"receptors": {"KI67": True}}, 3, "test of something else"),
        ("Ivy", {"twin": "2"}, 6, "identical twin"),
        ("Ivy", {"birth_year": 1983}, 6, "identical twin"),
        ("Ivy", {"sex": Sex.MALE}, 6, "identical twin"),
        ("Ann", {"twin": "1", "birth_year": 1984, "age": 41}, 1, "identical twin"),
        ("Ivy", {"twin": "B"}, 7, "mark of a twin"),
        ("Ivy", {"father": None, "mother": None, "twin": None}, 7, "nobody's relative"),
    ],
)
def test_who_cannot_be_is_told_by_the_place(
    who: str, changes: dict[str, Any], place: int, why: str
) -> None:
    with pytest.raises(SettingsError, match=rf"Member {place} .*{why}.*expected") as error:
        family(who, **changes)
    assert not any(each.key in str(error.value) for each in MEMBERS)


@pytest.mark.parametrize(
    ("who", "changes"),
    [
        ("Sue", {"age": THIS_YEAR - 1930}),
        ("Ann", {"birth_year": 1967}),
        ("Sue", {"birth_year": 1885}),
        ("Eve", {"cancers": {Cancer.BREAST: 61, Cancer.OTHER_BREAST: 61}}),
        ("Eve", {"cancers": {Cancer.BREAST: "AU", Cancer.OTHER_BREAST: 1}}),
    ],
)
def test_what_lies_at_the_limits_is_taken(who: str, changes: dict[str, Any]) -> None:
    family(who, **changes)


def test_twins_of_unknown_parents_are_refused() -> None:
    eve = replace(MEMBERS[2], twin="2")
    twin = FamilyMember("Una", Sex.FEMALE, birth_year=1957, twin="2")
    child = FamilyMember("Kim", Sex.FEMALE, father="Bob", mother="Una")
    with pytest.raises(SettingsError, match=r"Member 3 .*identical twin"):
        Pedigree((*MEMBERS[:2], eve, *MEMBERS[3:], twin, child), THIS_YEAR)


@pytest.mark.parametrize("targets", [0, 2])
def test_there_is_one_target(targets: int) -> None:
    who, change = ("Ann", False) if targets == 0 else ("Bob", True)
    with pytest.raises(SettingsError, match=f"with {targets} targets"):
        family(who, is_target=change)


def test_a_family_may_be_large_but_not_too_large() -> None:
    children = tuple(
        FamilyMember(str(number), Sex.MALE, False, "Bob", "Eve") for number in range(MOST_CHILDREN)
    )
    Pedigree((*MEMBERS, *children[: MOST_CHILDREN - 3]), THIS_YEAR)
    with pytest.raises(SettingsError, match="too many siblings"):
        Pedigree((*MEMBERS, *children), THIS_YEAR)
    for members in ((), MEMBERS * 40):
        with pytest.raises(SettingsError, match=f"family of {len(members)}"):
            Pedigree(members, THIS_YEAR)
