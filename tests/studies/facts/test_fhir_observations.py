"""Measured values with their units; several of one are weighed by their days."""

from __future__ import annotations

from typing import Any

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.facts.fhir_json import FhirNode
from senoscope.studies.facts.fhir_observations import Measurements
from tests.studies.fhir_bundles import observation


def measured(*resources: dict[str, Any]) -> tuple[Measurements, list[str]]:
    not_taken: list[str] = []
    found = Measurements(not_taken)
    for each in resources:
        found.take(FhirNode("it", each))
    return found, not_taken


@pytest.mark.parametrize(
    ("height", "weight"),
    [
        ((170, "cm"), (68, "kg")),
        ((1.7, "m"), (68000, "g")),
        ((66.929, "[in_i]"), (149.914, "[lb_av]")),
    ],
)
def test_bmi_is_of_height_and_weight_in_any_unit(height: tuple, weight: tuple) -> None:
    found, _ = measured(observation("8302-2", *height), observation("29463-7", *weight))
    assert found.bmi() == pytest.approx(68 / 1.7**2, rel=1e-4)


def test_a_measured_bmi_and_the_latest_counts() -> None:
    found, _ = measured(
        observation("8302-2", 100, "cm"),
        observation("29463-7", 100, "kg"),
        observation("39156-5", 24, "kg/m2", effectiveDateTime="2025-03-01"),
        observation("39156-5", 22, "kg/m2", effectiveDateTime="2024-03-01"),
        observation("39156-5", 20, "kg/m2"),
    )
    assert found.bmi() == 24


def test_without_a_weight_there_is_no_bmi() -> None:
    assert measured(observation("8302-2", 170, "cm"))[0].bmi() is None
    zero = measured(observation("8302-2", 0, "cm"), observation("29463-7", 60, "kg"))[0]
    assert zero.bmi() is None


def test_a_parity_of_none_is_no_birth_and_of_more_is_not_known() -> None:
    assert measured(observation("11977-6", 0, "{#}"))[0].has_given_birth() is False
    assert measured(observation("11977-6", 1, "{#}"))[0].has_given_birth() is None
    assert measured()[0].has_given_birth() is None


@pytest.mark.parametrize("unit", ["kg", "lb/in2", "", "KG/M2"])
def test_another_unit_is_refused(unit: str) -> None:
    with pytest.raises(SettingsError, match=r"kg/m2"):
        measured(observation("39156-5", 24, unit))


@pytest.mark.parametrize(
    "resource",
    [
        observation("39156-5", None, "kg/m2"),
        observation("39156-5", "24", "kg/m2"),
        observation("39156-5", True, "kg/m2"),
        observation("39156-5", 10**400, "kg/m2"),
        observation("39156-5", -24, "kg/m2"),
        observation("39156-5", 24, "kg/m2", valueQuantity=[24]),
        observation("39156-5", 24, "kg/m2", valueQuantity=None),
        observation("39156-5", 24, "kg/m2", effectiveDateTime="2025-02-30"),
    ],
)
def test_no_number_is_refused(resource: dict) -> None:
    with pytest.raises(SettingsError, match="expected"):
        measured(resource)


def test_a_value_that_is_said_to_be_absent_is_named() -> None:
    found, not_taken = measured(
        observation("39156-5", 0, "", valueQuantity=None, dataAbsentReason={"text": "unknown"})
    )
    assert found.bmi() is None and not_taken == ["Observation 39156-5: without a value"]


def test_two_ages_at_menarche_or_two_values_of_a_day_are_refused() -> None:
    found, _ = measured(
        observation("42798-9", 12, "a", effectiveDateTime="2020-01-01"),
        observation("42798-9", 13, "a", effectiveDateTime="2021-01-01"),
        observation("39156-5", 24, "kg/m2"),
        observation("39156-5", 25, "kg/m2"),
    )
    for ask in (found.menarche_age, found.bmi):
        with pytest.raises(SettingsError, match="several values"):
            ask()


def test_the_same_said_twice_is_one_value() -> None:
    assert measured(*[observation("42798-9", 12, "a")] * 2)[0].menarche_age() == 12
