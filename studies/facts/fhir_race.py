"""The tool's group of a woman from the extensions of US Core; what leaves two open gives none."""

from __future__ import annotations

from senoscope.domain.risk import RaceGroup
from senoscope.studies.facts.fhir_json import FhirNode

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
CDC_RACE = "urn:oid:2.16.840.1.113883.6.238"
"""The code system "Race and Ethnicity - CDC"."""
HISPANIC, NOT_HISPANIC = "2135-2", "2186-5"
WHITE, BLACK, NATIVE, OTHER = "2106-3", "2054-5", "1002-5", "2131-1"
ASIAN, PACIFIC = "2028-9", "2076-8"
_ALONE = {
    WHITE: RaceGroup.WHITE,
    BLACK: RaceGroup.AFRICAN_AMERICAN,
    NATIVE: RaceGroup.NATIVE_AMERICAN_OR_OTHER,
    OTHER: RaceGroup.NATIVE_AMERICAN_OR_OTHER,
}
_BROAD = (*_ALONE, ASIAN, PACIFIC)
_DETAILED = {
    "2034-7": RaceGroup.CHINESE,
    "2039-6": RaceGroup.JAPANESE,
    "2036-2": RaceGroup.FILIPINO,
    "2079-2": RaceGroup.HAWAIIAN,
    "2080-0": RaceGroup.OTHER_PACIFIC_ISLANDER,
    "2086-7": RaceGroup.OTHER_PACIFIC_ISLANDER,
    "2029-7": RaceGroup.OTHER_ASIAN,
    "2040-4": RaceGroup.OTHER_ASIAN,
    "2047-9": RaceGroup.OTHER_ASIAN,
}
"""Samoan, Guamanian or Chamorro; Asian Indian, Korean, Vietnamese among them."""
_UNITED_STATES = ("us", "usa", "united states", "united states of america")


def race_of(patient: FhirNode) -> tuple[RaceGroup | None, str]:
    """The group, or None and why there is none; None and nothing where nothing was said."""
    races = _codes(patient, "race")
    ethnicities = _codes(patient, "ethnicity")
    if HISPANIC in ethnicities:
        return _hispanic(patient, ethnicities)
    if not races:
        return None, ""
    detailed = {code for code in races if code not in _BROAD}
    groups = {_DETAILED.get(code) for code in detailed}
    told = {
        "race: more than one": len(races & set(_BROAD)) > 1,
        "race: white, without saying whether Hispanic or Latino": (
            WHITE in races and NOT_HISPANIC not in ethnicities
        ),
    }
    for why, is_so in told.items():
        if is_so:
            return None, why
    alone = {_ALONE[code] for code in races if code in _ALONE}
    found = alone or groups
    if len(found) != 1 or None in found or (alone and groups - {None}):
        return None, "race: which of the tool's groups is not said"
    return found.pop(), ""


def _hispanic(patient: FhirNode, ethnicities: set[str]) -> tuple[RaceGroup | None, str]:
    country = _country_of_birth(patient)
    if NOT_HISPANIC in ethnicities or not country:
        return None, "race: Hispanic or Latino, and not, or without a country of birth"
    if country in _UNITED_STATES:
        return RaceGroup.HISPANIC_US_BORN, ""
    return RaceGroup.HISPANIC_FOREIGN_BORN, ""


def _codes(patient: FhirNode, name: str) -> set[str]:
    """Of every part of the extension."""
    return {
        coding.text("code")
        for extension in patient.nodes("extension")
        if extension.text("url") == US_CORE + name
        for part in extension.nodes("extension")
        if (coding := part.node("valueCoding")) is not None and coding.text("system") == CDC_RACE
    }


def _country_of_birth(patient: FhirNode) -> str:
    for extension in patient.nodes("extension"):
        if extension.text("url") == BIRTH_PLACE:
            address = extension.node("valueAddress")
            return "" if address is None else address.text("country").lower()
    return ""
