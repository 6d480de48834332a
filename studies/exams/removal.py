"""Exams that go for good: rows, files, journal and copies. The audit trail keeps that they went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, exists, select

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams import audit_trail
from senoscope.studies.exams.exam_records import SendState
from senoscope.studies.exams.schema import COPIES
from senoscope.studies.exams.store_parts import StoreParts, is_unnamed
from senoscope.studies.exams.tables import (
    ARCHIVE_TASK,
    CONTENT,
    EXAM,
    IMPRESSION,
    INSTANCE,
    OUTBOX,
    PATHOLOGY,
    READING,
    RESULT,
    SERIES,
    SIGN_OFF,
)

DELETED = "exam deleted"
OF_AN_EXAM = (
    ARCHIVE_TASK, PATHOLOGY, RESULT, SIGN_OFF, IMPRESSION, READING, INSTANCE, SERIES,
)  # fmt: skip
"""Each before what it names."""


def delete_patient(parts: StoreParts, patient_id: str, who: str, really: bool) -> tuple[int, ...]:
    """As `ExamStore.delete_patient` says."""
    if not patient_id.strip():
        raise SettingsError(
            "No patient's number was given; expected a PatientID. Exams without one are many "
            "patients'."
        )
    with parts.database.writing() as connection:
        of_patient = select(EXAM.c.number).where(EXAM.c.patient_id == patient_id)
        exams = connection.execute(of_patient.order_by(EXAM.c.number)).scalars().all()
        if really:
            _delete(parts, connection, exams, who, "patient deleted")
    if really and exams:
        forget_rows(parts)
    return tuple(exams)


def retain(parts: StoreParts, period: timedelta, who: str, really: bool) -> tuple[int, ...]:
    """As `ExamStore.retain` says."""
    if period < timedelta(days=1):
        raise SettingsError(
            f"Exams older than {period.days} days were to be deleted; expected 1 day or more."
        )
    waiting = exists().where(
        OUTBOX.c.state == SendState.WAITING.value,
        OUTBOX.c.content.in_(
            select(RESULT.c.content)
            .where(RESULT.c.exam == EXAM.c.number)
            .union(select(INSTANCE.c.content).where(INSTANCE.c.exam == EXAM.c.number))
        ),
    )
    with parts.database.writing() as connection:
        before = parts.now() - period
        old = select(EXAM.c.number).where(EXAM.c.changed_at < before, ~waiting)
        exams = connection.execute(old.order_by(EXAM.c.number)).scalars().all()
        if really:
            _delete(parts, connection, exams, who, "retention period over")
    if really and exams:
        forget_rows(parts)
    return tuple(exams)


def _delete(
    parts: StoreParts, connection: Connection, exams: Sequence[int], who: str, why: str
) -> None:
    for exam in exams:
        for table in OF_AN_EXAM:
            connection.execute(delete(table).where(table.c.exam == exam))
        connection.execute(delete(EXAM).where(EXAM.c.number == exam))
        audit_trail.append(connection, parts.now(), who, DELETED, exam, {"why": why})
    if exams:
        # What is queued must not be sent any more; its files go once this is kept.
        unnamed = select(CONTENT.c.sha256).where(is_unnamed())
        connection.execute(delete(OUTBOX).where(OUTBOX.c.content.in_(unnamed)))


def forget_rows(parts: StoreParts) -> None:
    """What else holds the rows: files, SQLite's journal, copies from before migrations."""
    parts.drop_unnamed()
    parts.database.forget_journal()
    try:
        for copy in Path(parts.folder / COPIES).glob("*.sqlite"):
            copy.unlink()
    except OSError as error:
        raise StorageError(
            f"What was to go is deleted, but a copy of it below {COPIES} in the store's folder "
            f"cannot be removed ({error.strerror}). Remove it."
        ) from None
