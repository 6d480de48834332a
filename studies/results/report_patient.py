"""Whose study a report is of, as it says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from senoscope.studies.results.report_row import Row
from senoscope.studies.results.report_words import LONGEST_LINE, said, shown, shown_name

_SEXES = ("F", "M", "O")


@dataclass(frozen=True, slots=True)
class ReportHeader:
    """Whose study it is, as the source's header says; what is absent is not shown.

    `name` as in DICOM: "Family^Given=second group". `sex` F, M or O.
    """

    name: str = ""
    patient_id: str = ""
    birth_date: date | None = None
    sex: str = ""
    study_date: date | None = None
    accession: str = ""
    institution: str = ""
    modality: str = ""


def running_line(header: ReportHeader, language: str) -> str:
    """Who it is, in the line that every page has."""
    said_of = {row.name: row.value for row in patient_rows(header, language)}
    wanted = ("name", "patient_id", "study_date")
    values = [said_of.get(said(language, key), "") for key in wanted]
    return " · ".join(each for each in values if each)


def patient_rows(header: ReportHeader, language: str) -> Iterator[Row]:
    """What is known of the patient and the study."""
    sex = header.sex.strip().upper()
    values = {
        "name": shown_name(header.name),
        "patient_id": header.patient_id,
        "birth_date": header.birth_date.isoformat() if header.birth_date else "",
        "sex": said(language, f"sex_{sex}") if sex in _SEXES else sex,
        "study_date": header.study_date.isoformat() if header.study_date else "",
        "accession": header.accession,
        "modality": header.modality,
        "institution": header.institution,
    }
    for key, value in values.items():
        if line := shown(value, LONGEST_LINE).replace("\n", " "):
            yield Row(said(language, key), line)
