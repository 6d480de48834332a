"""FHIR resources, made small."""

from __future__ import annotations

import json
from typing import Any

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"
ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
CDC = "urn:oid:2.16.840.1.113883.6.238"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
HERS = {"reference": "Patient/p1"}


def concept(system: str, *codes: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def patient(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "gender": "female",
        "birthDate": "1980-06-15",
        **more,
    }


def told(name: str, *codes: str) -> dict[str, Any]:
    parts = [{"url": "ombCategory", "valueCoding": {"system": CDC, "code": code}} for code in codes]
    return {"url": US_CORE + name, "extension": parts}


def observation(code: str, value: Any, unit: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(LOINC, code),
        "subject": HERS,
        "valueQuantity": {"value": value, "code": unit},
        **more,
    }


def condition(system: str, *codes: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": concept(system, *codes),
        "subject": HERS,
        **more,
    }


def relative(role: str, *diseases: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "FamilyMemberHistory",
        "status": "completed",
        "patient": HERS,
        "relationship": concept(ROLE, role),
        "condition": [{"code": concept(ICD_10, each)} for each in diseases],
        **more,
    }


def bundle(*resources: dict[str, Any]) -> str:
    entries = [{"resource": each} for each in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})
