"""Facts of a woman from a FHIR R4 Patient, or a Bundle of one with what is known of her.

Codes that are not listed here are named, never guessed; a family without a told cancer is not one
without cancer. Codes: LOINC, SNOMED CT, ICD-10, HL7 v3 RoleCode.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import PatientFacts, PriorPathology
from senoscope.studies.facts.fhir_json import FhirNode, named, read_fhir_json
from senoscope.studies.facts.fhir_observations import Measurements
from senoscope.studies.facts.fhir_race import race_of
from senoscope.studies.facts.found_facts import FoundFacts, completed_years

SNOMED = "http://snomed.info/sct"
ICD_10 = ("http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm")
ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_BY_SNOMED = {
    "254837009": PriorPathology.CANCER,
    "109889007": PriorPathology.DCIS,
    "109888004": PriorPathology.LCIS,
}
_BY_ICD_10 = {
    "C50": PriorPathology.CANCER,
    "Z85.3": PriorPathology.CANCER,
    "D05.1": PriorPathology.DCIS,
    "D05.0": PriorPathology.LCIS,
}
"""By how a code begins; Z85.3 is a personal history of it."""
MOTHER = ("MTH", "NMTH")
FIRST_DEGREE = (*MOTHER, "SIS", "NSIS", "TWINSIS", "FTWINSIS", "ITWINSIS", "DAU", "DAUC")
"""Women; half and step relatives are none."""


def facts_of_fhir(text: str, on: date | None = None) -> FoundFacts:
    """Her facts on that day, today unless told.

    SettingsError where it is no such text, where it is of none or several women, where something is
    of another patient, or where a known code has a value or a unit that cannot be.
    """
    resources = _resources(read_fhir_json(text))
    patients = [each for each in resources if each.text("resourceType") == "Patient"]
    if len(patients) != 1:
        raise SettingsError(
            f"The FHIR text is of {len(patients)} patients; expected one. Export one alone."
        )
    reader = _Reader(patients[0], on or date.today())
    for resource in resources:
        if resource is not patients[0]:
            reader.take(resource)
    return reader.found()


def _resources(root: FhirNode) -> list[FhirNode]:
    kind = root.text("resourceType")
    if kind == "Patient":
        return [root]
    if kind != "Bundle":
        raise SettingsError(
            "A FHIR text was given that is neither Patient nor Bundle; expected one of them. "
            "Export it again."
        )
    found = []
    for entry in root.nodes("entry"):
        resource = entry.node("resource")
        if resource is not None:
            url = entry.text("fullUrl")
            found.append(FhirNode(resource.where, {**resource.content, "fullUrl": url}))
    return found


class _Reader:
    """Gathers; what it does not understand it keeps by name."""

    def __init__(self, patient: FhirNode, on: date) -> None:
        self._patient, self._on = patient, on
        self._not_taken: list[str] = []
        self._measured = Measurements(self._not_taken)
        self._pathologies: list[PriorPathology] = []
        self._relatives: list[str] = []
        self._take: dict[str, Callable[[FhirNode], None]] = {
            "Observation": self._measured.take,
            "Condition": self._take_condition,
            "FamilyMemberHistory": self._take_relative,
        }

    def take(self, resource: FhirNode) -> None:
        kind = resource.text("resourceType")
        take = self._take.get(kind)
        if take is None:
            self._not_taken.append(f"{named(kind)}: not read")
        elif self._is_hers(resource, kind):
            take(resource)

    def _is_hers(self, resource: FhirNode, kind: str) -> bool:
        subject = resource.node("patient" if kind == "FamilyMemberHistory" else "subject")
        reference = "" if subject is None else subject.text("reference")
        if not reference:
            self._not_taken.append(f"{kind}: does not say of whom it is")
            return False
        number, url = self._patient.text("id"), self._patient.text("fullUrl")
        hers = (bool(url) and reference == url) or (
            bool(number) and f"/{reference}".endswith(f"/Patient/{number}")
        )
        if not hers:
            raise SettingsError(
                f"{resource.where} of the FHIR text ({kind}) is of another patient; expected one "
                "patient's alone. Export it again."
            )
        return True

    def _take_condition(self, resource: FhirNode) -> None:
        status = [code for _, code in resource.codes("verificationStatus")]
        if status not in ([], ["confirmed"]):
            self._not_taken.append(f"Condition: {named(' '.join(status))}")
            return
        pathology = self._pathology(resource, "code", "Condition")
        if pathology is not None:
            self._pathologies.append(pathology)

    def _pathology(self, node: FhirNode, name: str, kind: str) -> PriorPathology | None:
        codes = node.codes(name)
        found = {known for system, code in codes if (known := _meant(system, code)) is not None}
        if len(found) > 1:
            node.refuse(name, "codes of one disease")
        if not found:
            told = ", ".join(named(code) for _, code in codes) or "without a code"
            self._not_taken.append(f"{kind} {told}: not read")
            return None
        return found.pop()

    def _take_relative(self, resource: FhirNode) -> None:
        kind = "FamilyMemberHistory"
        status = resource.text("status")
        if status not in ("completed", "partial"):
            self._not_taken.append(f"{kind}: {named(status)}")
            return
        roles = [code for system, code in resource.codes("relationship") if system == ROLE]
        role = roles[0] if len(set(roles)) == 1 else ""
        diseases = [
            self._pathology(each, "code", f"{kind} {named(role)}")
            for each in resource.nodes("condition")
        ]
        if PriorPathology.CANCER not in diseases:
            if set(diseases) - {None}:
                self._not_taken.append(f"{kind} {named(role)}: in situ alone is not counted")
        elif role in FIRST_DEGREE:
            self._relatives.append(role)
        else:
            self._not_taken.append(f"{kind} {named(role)}: no woman of first degree")

    def found(self) -> FoundFacts:
        if self._patient.text("gender") == "male":
            raise SettingsError(
                "The FHIR text is of a man; expected a woman: the models of risk are for women."
            )
        born = self._patient.day("birthDate")
        if born is None or born > self._on:
            self._patient.refuse("birthDate", "a whole date in the past, YYYY-MM-DD")
        if sum(role in MOTHER for role in self._relatives) > 1:
            raise SettingsError(
                "The FHIR text tells of two mothers with breast cancer; expected one. Correct it, "
                "or enter the number of relatives by hand."
            )
        race, why = race_of(self._patient)
        if why:
            self._not_taken.append(why)
        gravity = list(PriorPathology)
        facts = PatientFacts(
            age=float(completed_years(born, self._on)),
            race=race,
            menarche_age=self._measured.menarche_age(),
            has_given_birth=self._measured.has_given_birth(),
            relatives=len(self._relatives) or None,
            prior_pathology=max(self._pathologies, key=gravity.index, default=None),
            bmi=self._measured.bmi(),
        )
        return FoundFacts(facts, tuple(dict.fromkeys(self._not_taken)))


def _meant(system: str, code: str) -> PriorPathology | None:
    if system == SNOMED:
        return _BY_SNOMED.get(code)
    if system in ICD_10:
        return next((what for start, what in _BY_ICD_10.items() if code.startswith(start)), None)
    return None
