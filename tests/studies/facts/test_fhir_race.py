"""Groups from US Core's extensions; where two remain, none is taken."""

from __future__ import annotations

import pytest

from senoscope.domain.risk import RaceGroup
from senoscope.studies.facts.fhir_json import FhirNode
from senoscope.studies.facts.fhir_race import BIRTH_PLACE, race_of
from tests.studies.fhir_bundles import patient, told

NOT_HISPANIC = told("ethnicity", "2186-5")
HISPANIC = told("ethnicity", "2135-2")


def born_in(country: str) -> dict:
    return {"url": BIRTH_PLACE, "valueAddress": {"country": country}}


def group(*extensions: dict) -> tuple[RaceGroup | None, str]:
    return race_of(FhirNode("it", patient(extension=list(extensions))))


@pytest.mark.parametrize(
    ("extensions", "expected"),
    [
        ([told("race", "2106-3"), NOT_HISPANIC], RaceGroup.WHITE),
        ([told("race", "2106-3", "2108-9"), NOT_HISPANIC], RaceGroup.WHITE),
        ([told("race", "2054-5")], RaceGroup.AFRICAN_AMERICAN),
        ([told("race", "1002-5")], RaceGroup.NATIVE_AMERICAN_OR_OTHER),
        ([told("race", "2028-9", "2036-2")], RaceGroup.FILIPINO),
        ([told("race", "2028-9", "2029-7", "2040-4")], RaceGroup.OTHER_ASIAN),
        ([told("race", "2076-8", "2079-2")], RaceGroup.HAWAIIAN),
        ([told("race", "2080-0")], RaceGroup.OTHER_PACIFIC_ISLANDER),
        ([told("race", "2106-3"), HISPANIC, born_in("USA")], RaceGroup.HISPANIC_US_BORN),
        ([HISPANIC, born_in("MX")], RaceGroup.HISPANIC_FOREIGN_BORN),
    ],
)
def test_a_group_that_is_said_is_taken(extensions: list, expected: RaceGroup) -> None:
    assert group(*extensions) == (expected, "")


@pytest.mark.parametrize(
    "extensions",
    [
        [told("race", "2106-3")],
        [told("race", "2106-3", "2054-5"), NOT_HISPANIC],
        [told("race", "2106-3", "2131-1"), NOT_HISPANIC],
        [told("race", "2028-9")],
        [told("race", "2076-8")],
        [told("race", "2028-9", "2034-7", "2039-6")],
        [told("race", "2028-9", "2034-7", "9999-9")],
        [told("race", "2054-5", "2034-7")],
        [told("race", "9999-9")],
        [HISPANIC],
        [HISPANIC, born_in("")],
        [HISPANIC, NOT_HISPANIC, born_in("US")],
    ],
)
def test_where_two_groups_remain_none_is_taken_and_it_is_told(extensions: list) -> None:
    found, why = group(*extensions)
    assert found is None and why.startswith("race: ")


def test_nothing_said_is_nothing_to_tell() -> None:
    assert group() == group(NOT_HISPANIC) == (None, "")
    elsewhere = {**told("race", "2106-3"), "url": "http://other"}
    assert group(elsewhere, NOT_HISPANIC) == (None, "")
