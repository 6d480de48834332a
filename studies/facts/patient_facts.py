"""Facts of a woman from what hospitals keep: DICOM headers and FHIR."""

from __future__ import annotations

import re
from datetime import date

from pydicom import Dataset

from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import PatientFacts
from senoscope.studies.facts.fhir_facts import facts_of_fhir
from senoscope.studies.facts.found_facts import FoundFacts, completed_years
from senoscope.studies.files.study_header import date_of, numbers_of, text_of

YEARS = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
"""In one of the units of DICOM's ages (PS3.5 6.2, AS)."""
SIZES_M, WEIGHTS_KG = (0.5, 2.5), (20.0, 400.0)
_AGE = re.compile(r"(\d{3})([DWMY])", re.ASCII)


def patient_facts_of_fhir(text: str, on: date | None = None) -> PatientFacts:
    """As `facts_of_fhir`, which also says what it did not take."""
    return facts_of_fhir(text, on).facts


def patient_facts_of_dicom(header: Dataset) -> PatientFacts:
    """As `facts_of_dicom`, which also says what it did not take."""
    return facts_of_dicom(header).facts


def facts_of_dicom(header: Dataset) -> FoundFacts:
    """Age on the day of the study, and BMI; `header` is a whole one.

    EthnicGroup is free text and names no group of a model: it is never guessed. SettingsError for a
    man, where no age is known, where two ages contradict, or for a size that is not in metres.
    """
    if text_of(header, "PatientSex").upper() == "M":
        raise SettingsError(
            "The DICOM header is of a man; expected a woman: the models of risk are for women."
        )
    not_taken = ("EthnicGroup: free text",) if text_of(header, "EthnicGroup") else ()
    size_m = _measured(header, "PatientSize", SIZES_M, "metres")
    weight_kg = _measured(header, "PatientWeight", WEIGHTS_KG, "kg")
    bmi = None if size_m is None or weight_kg is None else weight_kg / size_m**2
    return FoundFacts(PatientFacts(age=_age(header), bmi=bmi), not_taken)


def _age(header: Dataset) -> float:
    """Years; from the dates where both are there: PatientAge is often rounded."""
    said = _AGE.fullmatch(text_of(header, "PatientAge").upper())
    told = None if said is None else int(said[1]) * YEARS[said[2]]
    born, on = date_of(header, "PatientBirthDate"), date_of(header, "StudyDate")
    if born is None or on is None:
        if told is None:
            raise SettingsError(
                "The DICOM header says no age; expected PatientAge, or PatientBirthDate and "
                "StudyDate. Enter her age by hand."
            )
        return told
    years = completed_years(born, on)
    if told is not None and abs(told - years) > 1:
        raise SettingsError(
            f"The DICOM header says a PatientAge of {told:.0f} years and dates that are {years} "
            "years apart; expected the same age. Enter her age by hand."
        )
    return float(years)


def _measured(
    header: Dataset, keyword: str, limits: tuple[float, float], unit: str
) -> float | None:
    """None where it is not there; some scanners write 0 for that."""
    found = numbers_of(header, keyword)
    if not found or found[0] == 0:
        return None
    low, high = limits
    if not low <= found[0] <= high:
        raise SettingsError(
            f"The DICOM header says a {keyword} of {found[0]:g}; expected {low:g} to {high:g} "
            f"{unit}. Enter her BMI by hand."
        )
    return found[0]
