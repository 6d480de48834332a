"""Exams of the store with all that a reader log is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydicom import Dataset

from senoscope.domain.reading import Unsuitable
from senoscope.studies.deidentification.pseudonyms import PseudonymKey
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.results.report_json import signed_json
from senoscope.studies.sign_off import (
    Assessment,
    Decision,
    Impression,
    SignedReading,
    Signer,
    Verdict,
)
from senoscope.studies.study_intake import frame_ledger, keep_files, new_reading
from senoscope.studies.study_reading import StudyReading
from senoscope.studies.whole_quality import whole_quality
from tests.studies.results.image_builders import grey_cine, reading_of, study_of

KEY = PseudonymKey(bytes(range(32)))
READER, OTHER = "dr.rita", "dr.omar"
REASON = "A rib's  shadow,\nno mass."
AT = datetime(2026, 11, 28, 9, tzinfo=UTC)


def scan(number: int = 1, patient: str = "77-1234", **changed: Any) -> Dataset:
    """A cine of study `number`, of the left breast, by a scanner that says what it is."""
    given: dict[str, Any] = {
        "StudyInstanceUID": f"1.2.9.{number}",
        "SeriesInstanceUID": f"1.2.9.{number}.1",
        "SOPInstanceUID": f"1.2.9.{number}.1.1",
        "PatientID": patient,
        "AccessionNumber": f"ACC{number}",
        "Manufacturer": "Sonic",
        "ManufacturerModelName": "Wave 9",
        "StationName": "ROOM4-DOE",
        "DeviceSerialNumber": "SERIAL-1",
        "ImageLaterality": "L",
    }
    return grey_cine(**(given | changed))


def read_exam(
    store: ExamStore, folder: Path, *headers: Dataset, abstains: bool = False
) -> tuple[int, int, StudyReading]:
    """The numbers of an exam and its reading, which has two findings, or was not possible."""
    study, _ = study_of(folder, *headers)
    reading = reading_of(study)
    if abstains:
        images = [
            replace(each, read=0, unsuitable={Unsuitable.IN_AIR: each.frames})
            for each in reading.images
        ]
        reading = replace(reading, images=tuple(images), findings=())
    exam = keep_files(store, study, READER)
    new = new_reading(reading, whole_quality(study), frame_ledger(reading))
    return exam, store.add_reading(exam, new, READER), reading


def say_alone(
    store: ExamStore, exam: int, assessment: str = "3", who: str = READER, **given: Any
) -> None:
    said = {"assessment": assessment, "text": "A mass.", "at": AT.isoformat(), **given}
    store.keep_impression(exam, said, who)


def sign(
    store: ExamStore,
    kept: tuple[int, int, StudyReading],
    assessment: Assessment = Assessment.LOW_SUSPICION,
    reason: str = REASON,
    who: str = READER,
    probability: float | None = None,
    **given: Any,
) -> None:
    """The first finding accepted, the second overruled."""
    _, number, reading = kept
    verdicts = [(Verdict.ACCEPTED, ""), (Verdict.OVERRULED, reason)]
    decisions = [
        Decision(finding.number, verdict, why)
        for finding, (verdict, why) in zip(reading.findings, verdicts, strict=True)
    ]
    signed = SignedReading(
        reading,
        None,
        tuple(decisions),
        Impression(assessment, "", AT, probability),
        Signer("R^R", "Sample"),
    )
    store.sign(number, signed_json(signed), [], who, **given)
