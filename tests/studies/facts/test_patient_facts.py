"""Age and BMI from a DICOM header; what is free text is never guessed."""

from __future__ import annotations

import pytest
from pydicom import Dataset

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import PatientFacts
from senoscope.studies.facts.patient_facts import (
    facts_of_dicom,
    patient_facts_of_dicom,
    patient_facts_of_fhir,
)


def header(**attributes: object) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


@pytest.mark.parametrize(
    ("attributes", "age"),
    [
        ({"PatientAge": "045Y"}, 45),
        ({"PatientAge": "300M"}, 25),
        ({"PatientBirthDate": "19800615", "StudyDate": "20250614"}, 44),
        ({"PatientBirthDate": "19800615", "StudyDate": "20250615"}, 45),
        ({"PatientBirthDate": "20000229", "StudyDate": "20250228"}, 24),
        ({"PatientBirthDate": "19800615", "StudyDate": "20250615", "PatientAge": "046Y"}, 45),
        ({"PatientBirthDate": "19800615", "PatientAge": "050Y"}, 50),
    ],
)
def test_age_is_that_of_the_study(attributes: dict, age: float) -> None:
    found = patient_facts_of_dicom(header(**attributes))
    assert found == PatientFacts(found.age)
    assert found.age == pytest.approx(age)


def test_bmi_is_of_metres_and_kilograms() -> None:
    facts = patient_facts_of_dicom(
        header(PatientAge="045Y", PatientSize="1.70", PatientWeight="68", PatientSex="F")
    )
    assert facts.bmi == pytest.approx(68 / 1.7**2)


@pytest.mark.parametrize("size", [None, "", "0"])
def test_without_a_size_there_is_no_bmi(size: str | None) -> None:
    made = header(PatientAge="045Y", PatientWeight="68")
    if size is not None:
        made.PatientSize = size
    assert patient_facts_of_dicom(made).bmi is None


def test_an_ethnic_group_is_named_and_not_guessed() -> None:
    found = facts_of_dicom(header(PatientAge="045Y", EthnicGroup="Chinese"))
    assert found.facts.race is None
    assert found.not_taken == ("EthnicGroup: free text",)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({}, "says no age"),
        ({"PatientAge": "45"}, "says no age"),
        ({"PatientBirthDate": "198006"}, "says no age"),
        ({"PatientAge": "010Y"}, "age of 10"),
        ({"PatientAge": "045Y", "PatientSex": "M"}, "of a man"),
        (
            {"PatientBirthDate": "19800615", "StudyDate": "20250615", "PatientAge": "054Y"},
            "54 years and dates that are 45",
        ),
        ({"PatientBirthDate": "20300101", "StudyDate": "20250615"}, "An age of -5"),
        ({"PatientAge": "045Y", "PatientSize": "170", "PatientWeight": "68"}, "metres"),
        ({"PatientAge": "045Y", "PatientSize": "1.7", "PatientWeight": "6800"}, "kg"),
    ],
)
def test_what_cannot_be_is_refused(attributes: dict, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        patient_facts_of_dicom(header(**attributes))


def test_fhir_is_read_by_the_same_name() -> None:
    with pytest.raises(SettingsError, match="no JSON"):
        patient_facts_of_fhir("{")
