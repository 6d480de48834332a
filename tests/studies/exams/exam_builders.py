"""Exams that the tests keep, and hands that change the database behind the store's back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import Outcome
from senoscope.studies.exams.database import Database
from senoscope.studies.exams.exam_records import NewFile, NewReading, NewResult, StudyFacts
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.pathology_records import NewPathology

WHO = "reader"
NAME = "Müller^Jane"
READING = NewReading(
    "ultrasound_clip",
    {"findings": [{"number": 1, "probability": 0.25}], "note": "\0 ü"},
    ("outlines 1", "scores 2"),
    "openvino",
    {"senoscope": "0.1.0"},
    {"captured": 3, "read": 3},
)
SIGNED = {"verdicts": ["accepted"], "alone": {"assessment": "2"}, "final": {"assessment": "3"}}


@dataclass
class Clock:
    """Goes on by a second at each look."""

    at: datetime = datetime(2026, 11, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass(frozen=True)
class Place:
    """Where a store is to be, and a folder for what is given to it."""

    url: str
    folder: Path
    beside: Path

    def opened(self, **given: Any) -> ExamStore:
        return ExamStore.open(self.url, self.folder, **{"now": Clock(), **given})

    def change(self, *statements: str) -> None:
        """Behind the store's back, nothing in the way."""
        database = Database(self.url)
        with database.writing() as connection:
            if database.kind == "sqlite":
                for each in ("UPDATE", "DELETE"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS audit_{each}"))
            else:
                connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
            for each in statements:
                connection.execute(text(each.replace(":", "\\:")))
        database.close()

    def file(self, name: str, content: bytes) -> Path:
        path = self.beside / name
        path.write_bytes(content)
        return path


def facts(number: int = 1, **given: Any) -> StudyFacts:
    return StudyFacts(
        **{
            "study_uid": f"1.2.{number}",
            "patient_id": f"P{number}",
            "patient_name": NAME,
            "study_date": date(2026, 10, number),
            **given,
        }
    )


def file(place: Place, number: int = 1, content: bytes = b"pixels", **given: Any) -> NewFile:
    """One image of study `number` with that content."""
    return NewFile(
        **{
            "series_uid": f"1.2.{number}.7",
            "modality": "US",
            "series_number": 1,
            "instance_uid": f"1.2.{number}.7.1",
            "sop_class": "1.2.840.10008.5.1.4.1.1.6.1",
            "path": place.file(f"given{number}", content),
            **given,
        }
    )


def result(number: int = 1, **given: Any) -> NewResult:
    return NewResult(
        **{
            "kind": "report",
            "content": b"report %d" % number,
            "instance_uid": f"1.2.99.{number}",
            "sop_class": "1.2.840.10008.5.1.4.1.1.88.33",
            **given,
        }
    )


def pathology(**given: Any) -> NewPathology:
    """Cancer in the left breast, two days after exam 1."""
    return NewPathology(
        **{
            "outcome": Outcome.MALIGNANT,
            "found_on": date(2026, 10, 3),
            "laterality": Laterality.LEFT,
            "source": "core biopsy, laboratory 4",
            **given,
        }
    )


def read_exam(store: ExamStore, place: Place, number: int = 1) -> tuple[int, int]:
    """An exam with one image, one reading and one result; its number and the reading's."""
    content = b"pixels of %d" % number
    exam = store.keep_study(facts(number), [file(place, number, content)], WHO).exam
    return exam, store.add_reading(exam, READING, WHO, [result(10 * number)])


def signed_exam(store: ExamStore, place: Place, number: int = 1) -> int:
    """The same, signed, with one more result."""
    exam, reading = read_exam(store, place, number)
    superseded = store.results_of(exam)[0].number
    store.sign(reading, SIGNED, [result(10 * number + 1, supersedes=superseded)], WHO)
    return exam


def kept_files(place: Place) -> list[Path]:
    """All files of the store, partial ones too."""
    return sorted(path for path in (place.folder / "files").rglob("*") if path.is_file())


class Watch:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
