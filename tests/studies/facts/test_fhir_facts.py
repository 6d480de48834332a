"""What is known of a woman from FHIR; what is not understood is named."""

from __future__ import annotations

import json
from datetime import date

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import PatientFacts, PriorPathology, RaceGroup
from senoscope.studies.facts.fhir_facts import facts_of_fhir
from tests.studies.fhir_bundles import (
    HERS,
    ICD_10,
    SNOMED,
    bundle,
    concept,
    condition,
    observation,
    patient,
    relative,
    told,
)

TODAY = date(2026, 6, 14)


def test_a_bundle_is_read_whole() -> None:
    found = facts_of_fhir(
        bundle(
            patient(extension=[told("race", "2028-9", "2034-7")]),
            observation("42798-9", 12.5, "a"),
            observation("11977-6", 0, "{#}"),
            observation("39156-5", 24.2, "kg/m2", effectiveDateTime="2026-01-05T10:00:00Z"),
            condition(ICD_10, "D05.11"),
            relative("MTH", "C50.911"),
            relative("NSIS", "C50.4"),
        ),
        TODAY,
    )
    assert found.facts == PatientFacts(
        45.0,
        RaceGroup.CHINESE,
        menarche_age=12,
        has_given_birth=False,
        relatives=2,
        prior_pathology=PriorPathology.DCIS,
        bmi=24.2,
    )
    assert found.not_taken == ()


def test_a_patient_alone_has_an_age_on_the_day() -> None:
    text = json.dumps(patient())
    assert facts_of_fhir(text, TODAY).facts == PatientFacts(45.0)
    assert facts_of_fhir(text, date(2026, 6, 15)).facts.age == 46
    assert facts_of_fhir(text).facts.age >= 45


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        (observation("85354-9", 120, "mm[Hg]"), "Observation 85354-9: not read"),
        (observation("Ann Lee!", 1, "1"), "Observation of a code that is none: not read"),
        (observation("42798-9", 12, "a", status="preliminary"), "42798-9: preliminary"),
        (observation("42798-9", 12, "a", subject=None), "does not say of whom"),
        (observation("11977-6", 2, "1"), "births, not live ones"),
        (condition(SNOMED, "254845004"), "Condition 254845004: not read"),
        (condition(ICD_10, "D05.90"), "Condition D05.90: not read"),
        (condition(ICD_10, "Z15.01"), "Condition Z15.01: not read"),
        (condition("http://other", "C50.9"), "Condition C50.9: not read"),
        (
            condition(ICD_10, "C50.9", verificationStatus=concept("x", "refuted")),
            "Condition: refuted",
        ),
        (relative("FTH", "C50.9"), "FTH: no woman of first degree"),
        (relative("HSIS", "C50.9"), "HSIS: no woman of first degree"),
        (relative("MTH", "D05.1"), "MTH: in situ alone"),
        (relative("MTH", "C56.9"), "MTH C56.9: not read"),
        (relative("MTH", "C50.9", status="entered-in-error"), "entered-in-error"),
        ({"resourceType": "MedicationStatement"}, "MedicationStatement: not read"),
    ],
)
def test_what_is_not_understood_is_named_and_changes_nothing(resource: dict, named: str) -> None:
    found = facts_of_fhir(bundle(patient(), resource), TODAY)
    assert found.facts == PatientFacts(45.0)
    assert len(found.not_taken) == 1 and named in found.not_taken[0]
    assert "Ann" not in found.not_taken[0]


def test_a_family_without_a_told_cancer_is_not_one_without() -> None:
    assert facts_of_fhir(bundle(patient(), relative("MTH")), TODAY).facts.relatives is None


def test_the_gravest_disease_counts() -> None:
    both = bundle(patient(), condition(SNOMED, "254837009"), condition(SNOMED, "109888004"))
    assert facts_of_fhir(both, TODAY).facts.prior_pathology is PriorPathology.CANCER


@pytest.mark.parametrize(
    "text",
    [
        bundle(),
        bundle(patient(), patient(id="p2")),
        bundle(patient(), condition(ICD_10, "C50.9", subject={"reference": "Patient/p2"})),
        bundle(patient(), condition(ICD_10, "C50.9", subject={"reference": "Patient/xp1"})),
        bundle(patient(id=None), condition(ICD_10, "C50.9")),
        bundle(patient(), condition(ICD_10, "C50.9", "D05.1")),
        bundle(patient(), relative("MTH", "C50.9"), relative("NMTH", "C50.1")),
        json.dumps(patient(gender="male")),
        json.dumps(patient(birthDate=None)),
        json.dumps(patient(birthDate="1980")),
        json.dumps(patient(birthDate="1980-13-01")),
        json.dumps(patient(birthDate="2030-01-01")),
        json.dumps(patient(birthDate="2020-01-01")),
        json.dumps(patient(birthDate=19800615)),
        json.dumps({"resourceType": "Person"}),
        json.dumps({"resourceType": "Bundle", "entry": {}}),
        json.dumps({"resourceType": "Bundle", "entry": [1]}),
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": []}]}),
        json.dumps(["Patient"]),
    ],
)
def test_another_patient_or_a_wrong_shape_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="expected"):
        facts_of_fhir(text, TODAY)


def test_she_may_be_named_by_the_address_of_her_entry() -> None:
    url = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
    entries = [
        {"fullUrl": url, "resource": patient(id=None)},
        {"resource": condition(ICD_10, "C50.9", subject={"reference": url})},
    ]
    text = json.dumps({"resourceType": "Bundle", "entry": entries})
    assert facts_of_fhir(text, TODAY).facts.prior_pathology is PriorPathology.CANCER
    assert facts_of_fhir(
        bundle(
            patient(), condition(ICD_10, "C50.9", subject={"reference": "https://a/Patient/p1"})
        ),
        TODAY,
    ).facts.prior_pathology


def test_no_message_quotes_what_may_be_a_name() -> None:
    wrong = observation("39156-5", "Ann Lee", "kg/m2", subject=HERS)
    with pytest.raises(SettingsError) as error:
        facts_of_fhir(bundle(patient(), wrong), TODAY)
    assert "Ann" not in str(error.value) and "value" in str(error.value)
