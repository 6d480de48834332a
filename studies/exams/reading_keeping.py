"""Readings, what a clinician says of an exam, and the files made of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, insert, select

from senoscope.domain.errors import SettingsError
from senoscope.studies.exams import audit_trail
from senoscope.studies.exams.content_files import Arrived
from senoscope.studies.exams.exam_records import (
    ExamState,
    NewReading,
    NewResult,
    Plain,
    require_who,
)
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.study_keeping import inserted, require_exam, set_state
from senoscope.studies.exams.tables import (
    IMPRESSION,
    PATHOLOGY,
    READING,
    RESULT,
    SIGN_OFF,
    json_text,
)

BOUND = {
    "reading kept": (READING, ("mode", "reading", "models", "engine", "versions", "ledger")),
    "impression kept": (IMPRESSION, ("who", "impression")),
    "signed": (SIGN_OFF, ("reading", "replaces", "who", "signed")),
    "pathology kept": (
        PATHOLOGY,
        ("corrects", "laterality", "finding", "outcome", "found_on", "source", "who"),
    ),
    "result kept": (RESULT, ("kind", "instance_uid", "content", "supersedes", "sign_off")),
}
"""Acts whose audit row holds a digest of the row that they added, of these columns."""


def add_reading(
    parts: StoreParts, exam: int, new: NewReading, results: Sequence[NewResult], who: str
) -> int:
    """As `ExamStore.add_reading` says."""
    with parts.keeping([each.content for each in results]) as (connection, arrived):
        given = list(zip(results, arrived, strict=True))
        return kept_within(parts, connection, exam, new, given, who)


def kept_within(
    parts: StoreParts,
    connection: Connection,
    exam: int,
    new: NewReading,
    results: Sequence[tuple[NewResult, Arrived]],
    who: str,
) -> int:
    """The same, in a transaction of `parts.keeping` that does more."""
    at = parts.now()
    require_exam(connection, exam)
    values = {
        "mode": new.mode,
        "reading": dict(new.reading),
        "models": list(new.models),
        "engine": new.engine,
        "versions": dict(new.versions),
        "ledger": dict(new.ledger),
    }
    number = add_bound(connection, "reading kept", exam, values, at, who)
    for each in results:
        _add_result(parts, connection, exam, {"reading": number}, each, at, who)
    set_state(connection, exam, ExamState.READ, at)
    return number


def keep_impression(parts: StoreParts, exam: int, impression: Plain, who: str) -> int:
    """As `ExamStore.keep_impression` says."""
    with parts.database.writing() as connection:
        require_exam(connection, exam)
        require_who(who)
        values = {"who": who, "impression": dict(impression)}
        return add_bound(connection, "impression kept", exam, values, parts.now(), who)


def sign(
    parts: StoreParts,
    reading: int,
    signed: Plain,
    results: Sequence[NewResult],
    who: str,
    replaces: int | None,
) -> int:
    """As `ExamStore.sign` says."""
    at = parts.now()
    with parts.keeping([each.content for each in results]) as (connection, arrived):
        exam = _exam_of(connection, reading)
        _require_last(connection, exam, replaces)
        values = {"reading": reading, "replaces": replaces, "who": who, "signed": dict(signed)}
        number = add_bound(connection, "signed", exam, values, at, who)
        made_of = {"reading": reading, "sign_off": number}
        for each, one in zip(results, arrived, strict=True):
            _add_result(parts, connection, exam, made_of, (each, one), at, who)
        set_state(connection, exam, ExamState.SIGNED, at)
    return number


def row_digest(values: Iterable[Any]) -> str:
    """Of what was kept, in the order of its columns."""
    said = [each.isoformat() if isinstance(each, date) else each for each in values]
    return sha256(json_text(said).encode()).hexdigest()


def add_bound(
    connection: Connection, act: str, exam: int, values: dict[str, Any], at: datetime, who: str
) -> int:
    """Add the row, and an audit row that binds its content."""
    table, columns = BOUND[act]
    made = connection.execute(insert(table).values(exam=exam, made_at=at, **values))
    number = inserted(made.inserted_primary_key)
    digest = row_digest(values.get(each) for each in columns)
    audit_trail.append(connection, at, who, act, exam, {"number": number, "digest": digest})
    return number


def _add_result(
    parts: StoreParts,
    connection: Connection,
    exam: int,
    made_of: dict[str, int],
    given: tuple[NewResult, Arrived],
    at: datetime,
    who: str,
) -> None:
    new, arrived = given
    if new.instance_uid is not None:
        is_there = select(RESULT.c.number).where(RESULT.c.instance_uid == new.instance_uid)
        if connection.execute(is_there).first() is not None:
            raise SettingsError(
                "A result was given with the SOPInstanceUID of another one; expected a new UID. "
                "Make the results again."
            )
    if new.supersedes is not None:
        earlier = select(RESULT.c.exam).where(RESULT.c.number == new.supersedes)
        if connection.execute(earlier).scalar() != exam:
            raise SettingsError(
                f"A result of exam {exam} was given that supersedes result {new.supersedes}, which "
                "is none of that exam. Name one of its own."
            )
    values = {
        **made_of,
        "kind": new.kind,
        "instance_uid": new.instance_uid,
        "sop_class": new.sop_class,
        "content": parts.place(connection, arrived),
        "supersedes": new.supersedes,
    }
    add_bound(connection, "result kept", exam, values, at, who)


def _exam_of(connection: Connection, reading: int) -> int:
    exam = connection.execute(select(READING.c.exam).where(READING.c.number == reading)).scalar()
    if exam is None:
        raise SettingsError(
            f"Reading {reading} was to be signed and is not in the store. Read the exam again."
        )
    return int(exam)


def _require_last(connection: Connection, exam: int, replaces: int | None) -> None:
    last = connection.execute(
        select(func.max(SIGN_OFF.c.number)).where(SIGN_OFF.c.exam == exam)
    ).scalar()
    if last != replaces:
        raise SettingsError(
            f"Exam {exam} was to be signed "
            + ("for the first time" if replaces is None else f"in place of sign-off {replaces}")
            + f"; its last sign-off is {last or 'none'}. Look at the exam again."
        )
