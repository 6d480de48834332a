"""What the store gives back: the work list, and an exam's parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from senoscope.studies.exams.exam_records import (
    Exam,
    ExamState,
    KeptImage,
    KeptImpression,
    KeptReading,
    KeptResult,
    KeptSignOff,
)
from senoscope.studies.exams.study_keeping import require_exam, sought_words
from senoscope.studies.exams.tables import (
    CONTENT,
    EXAM,
    IMPRESSION,
    INSTANCE,
    READING,
    RESULT,
    SERIES,
    SIGN_OFF,
)


def search(
    connection: Connection,
    text: str,
    state: ExamState | None,
    modality: str | None,
    since: datetime | None,
    limit: int,
    after: int | None,
) -> tuple[Exam, ...]:
    """As `ExamStore.search` says."""
    query = _exams().order_by(EXAM.c.number.desc()).limit(limit)
    for word in sought_words(text):
        query = query.where(EXAM.c.sought.contains(word, autoescape=True))
    if state is not None:
        query = query.where(EXAM.c.state == state.value)
    if modality is not None:
        each = ("," + EXAM.c.modality + ",").contains(f",{modality},", autoescape=True)
        query = query.where(each)
    if since is not None:
        query = query.where(EXAM.c.received_at >= since)
    if after is not None:
        query = query.where(EXAM.c.number < after)
    return tuple(_exam(row._mapping) for row in connection.execute(query))


def exam(connection: Connection, number: int) -> Exam:
    """SettingsError where it is not there."""
    require_exam(connection, number)
    found = connection.execute(_exams().where(EXAM.c.number == number)).one()
    return _exam(found._mapping)


def images_of(connection: Connection, exam: int) -> tuple[KeptImage, ...]:
    """By series number, then in the order in which they came."""
    query = (
        select(
            SERIES.c.series_uid, SERIES.c.modality, SERIES.c.series_number,
            INSTANCE.c.instance_uid, INSTANCE.c.sop_class, INSTANCE.c.content, CONTENT.c.size,
        )
        .join_from(INSTANCE, SERIES, INSTANCE.c.series == SERIES.c.number)
        .join(CONTENT, CONTENT.c.sha256 == INSTANCE.c.content)
        .where(INSTANCE.c.exam == exam)
        .order_by(
            SERIES.c.series_number.is_(None), SERIES.c.series_number, SERIES.c.number,
            INSTANCE.c.number,
        )
    )  # fmt: skip
    return tuple(KeptImage(**row._mapping) for row in connection.execute(query))


def readings_of(connection: Connection, exam: int) -> tuple[KeptReading, ...]:
    """The oldest first."""
    return tuple(
        KeptReading(**{**row, "models": tuple(row["models"])})
        for row in _of(connection, READING, exam)
    )


def impressions_of(connection: Connection, exam: int) -> tuple[KeptImpression, ...]:
    """The oldest first."""
    return tuple(KeptImpression(**row) for row in _of(connection, IMPRESSION, exam))


def sign_offs_of(connection: Connection, exam: int) -> tuple[KeptSignOff, ...]:
    """The oldest first: the last one holds."""
    return tuple(KeptSignOff(**row) for row in _of(connection, SIGN_OFF, exam))


def results_of(connection: Connection, exam: int) -> tuple[KeptResult, ...]:
    """The oldest first."""
    query = (
        select(RESULT, CONTENT.c.size)
        .join(CONTENT, CONTENT.c.sha256 == RESULT.c.content)
        .where(RESULT.c.exam == exam)
        .order_by(RESULT.c.number)
    )
    return tuple(KeptResult(**row._mapping) for row in connection.execute(query))


def _of(connection: Connection, table: Table, exam: int) -> list[Any]:
    query = select(table).where(table.c.exam == exam).order_by(table.c.number)
    return [row._mapping for row in connection.execute(query)]


def _exams() -> Select[Any]:
    images = (
        select(func.count())
        .select_from(INSTANCE)
        .where(INSTANCE.c.exam == EXAM.c.number)
        .scalar_subquery()
    )
    return select(
        EXAM.c.number, EXAM.c.study_uid, EXAM.c.patient_id, EXAM.c.patient_name, EXAM.c.study_date,
        EXAM.c.modality, EXAM.c.state, EXAM.c.received_at, EXAM.c.changed_at,
        images.label("images"),
    )  # fmt: skip


def _exam(row: Any) -> Exam:
    return Exam(**{**row, "state": ExamState(row["state"])})
