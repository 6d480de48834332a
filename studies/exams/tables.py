"""The store's tables as they are now; `migrations` holds how they came to be.

Every number that the audit trail may name is never given twice (`sqlite_autoincrement`).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HASH = 64
"""Hexadecimal digits of a SHA-256."""
UID = 64
"""Characters of a DICOM UID at most, PS3.5 section 9."""


class Moment(TypeDecorator[datetime]):
    """A time with its zone, kept as text in UTC that sorts; both databases then do the same."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """Into the database."""
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """Plain dicts and lists as canonical text, which both databases give back as it was."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str:
        """Into the database."""
        return json_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """From the database."""
        return None if value is None else json.loads(value)


def moment_text(moment: datetime) -> str:
    """In UTC, with microseconds, always as long."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def json_text(value: Any) -> str:
    """The same text for the same value. ValueError on a number that is none."""
    return json.dumps(value, sort_keys=True, allow_nan=False, separators=(",", ":"))


METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _number() -> Column[int]:
    return Column("number", Integer, primary_key=True)


def _of(table: str, name: str = "", nullable: bool = False) -> Column[Any]:
    return Column(name or table, ForeignKey(f"{table}.number"), nullable=nullable, index=True)


def _content() -> Column[str]:
    return Column("content", ForeignKey("content.sha256"), nullable=False, index=True)


EXAM = Table(
    "exam",
    METADATA,
    _number(),
    Column("study_uid", String(UID), nullable=False, unique=True),
    Column("patient_id", Text, nullable=False, index=True),
    Column("patient_name", Text, nullable=False),
    Column("sought", Text, nullable=False),
    Column("study_date", Date),
    Column("modality", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("received_at", Moment, nullable=False, index=True),
    Column("changed_at", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)
CONTENT = Table(
    "content",
    METADATA,
    Column("sha256", String(HASH), primary_key=True),
    Column("size", BigInteger, nullable=False),
)
SERIES = Table(
    "series",
    METADATA,
    _number(),
    _of("exam"),
    Column("series_uid", String(UID), nullable=False),
    Column("modality", String(16), nullable=False),
    Column("series_number", BigInteger),
    UniqueConstraint("exam", "series_uid"),
)
INSTANCE = Table(
    "instance",
    METADATA,
    _number(),
    _of("exam"),
    _of("series"),
    Column("instance_uid", String(UID), nullable=False),
    Column("sop_class", String(UID), nullable=False),
    _content(),
    UniqueConstraint("exam", "instance_uid"),
)
READING = Table(
    "reading",
    METADATA,
    _number(),
    _of("exam"),
    Column("mode", Text, nullable=False),
    Column("reading", Json, nullable=False),
    Column("models", Json, nullable=False),
    Column("engine", Text, nullable=False),
    Column("versions", Json, nullable=False),
    Column("ledger", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
IMPRESSION = Table(
    "impression",
    METADATA,
    _number(),
    _of("exam"),
    Column("who", Text, nullable=False),
    Column("impression", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
SIGN_OFF = Table(
    "sign_off",
    METADATA,
    _number(),
    _of("exam"),
    _of("reading"),
    _of("sign_off", "replaces", nullable=True),
    Column("who", Text, nullable=False),
    Column("signed", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
PATHOLOGY = Table(
    "pathology",
    METADATA,
    _number(),
    _of("exam"),
    _of("pathology", "corrects", nullable=True),
    Column("laterality", String(1)),
    Column("finding", Integer),
    Column("outcome", String(32)),
    Column("found_on", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
RESULT = Table(
    "result",
    METADATA,
    _number(),
    _of("exam"),
    _of("reading"),
    _of("sign_off", nullable=True),
    Column("kind", String(64), nullable=False),
    Column("instance_uid", String(UID), unique=True),
    Column("sop_class", String(UID)),
    _content(),
    _of("result", "supersedes", nullable=True),
    Column("made_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
OUTBOX = Table(
    "outbox",
    METADATA,
    _number(),
    _content(),
    Column("destination", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("content", "destination"),
    sqlite_autoincrement=True,
)
Index("ix_outbox_due", OUTBOX.c.state, OUTBOX.c.due_at)
AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("act", String(64), nullable=False),
    Column("exam", Integer, index=True),
    Column("detail", Json, nullable=False),
    Column("previous", String(HASH), nullable=False),
    Column("hash", String(HASH), nullable=False),
)
AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("hash", String(HASH), nullable=False),
)
ARCHIVE_TASK = Table(
    "archive_task",
    METADATA,
    Column("key", String(HASH), primary_key=True),
    Column("place", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("why", Text, nullable=False),
    _of("exam", nullable=True),
    _of("reading", nullable=True),
    Column("changed_at", Moment, nullable=False),
)
ROOM = Table(
    "room",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("facts", Json, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
