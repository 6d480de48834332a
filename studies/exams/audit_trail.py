"""Who did what and when: rows that are only ever added, each bound to the one before.

A row's hash is the SHA-256 of its own content and of the hash before it. The number of rows and the
last hash are kept in a table of their own, by which a cut tail is found. Who can write to the
database can make a whole chain anew: a head written down elsewhere finds that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, String, insert, select, type_coerce, update

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams.exam_records import Plain, require_who
from senoscope.studies.exams.tables import AUDIT, AUDIT_HEAD, json_text, moment_text

NOTHING = "0" * 64
"""Stands before the first row."""
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How many rows there are, and the last one's hash: to be written down elsewhere."""

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> AuditHead:
        """As `str` gives it. SettingsError."""
        count, _, digest = text.partition(":")
        if not (count.isascii() and count.isdigit() and len(digest) == len(NOTHING)):
            raise SettingsError(
                f"An audit head of {len(text)} characters was given; expected COUNT:HASH as "
                "`senoscope store check` prints it."
            )
        return cls(int(count), digest)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """`exam`: the number of the exam that it was done to. No row holds a patient's name."""

    number: int
    at: datetime
    who: str
    act: str
    exam: int | None
    detail: dict[str, Any]
    previous: str
    hash: str


def append(
    connection: Connection, at: datetime, who: str, act: str, exam: int | None, detail: Plain
) -> None:
    """Add a row within the act's own transaction, of one who writes alone."""
    require_who(who)
    last = head(connection)
    number = last.count + 1
    digest = _digest([number, moment_text(at), who, act, exam, json_text(dict(detail)), last.hash])
    connection.execute(
        insert(AUDIT).values(
            number=number,
            at=at,
            who=who,
            act=act,
            exam=exam,
            detail=dict(detail),
            previous=last.hash,
            hash=digest,
        )
    )
    connection.execute(update(AUDIT_HEAD).values(count=number, hash=digest))


def head(connection: Connection) -> AuditHead:
    """As the store keeps it. StorageError where it does not."""
    found = connection.execute(select(AUDIT_HEAD.c.count, AUDIT_HEAD.c.hash)).all()
    if len(found) != 1:
        raise StorageError(
            f"The audit trail has {len(found)} heads; expected one. Somebody changed the database; "
            "restore a backup."
        )
    count, digest = found[0]
    return AuditHead(count, digest)


def rows(connection: Connection, exam: int | None = None) -> Iterator[AuditRow]:
    """In order; all, or those of an exam."""
    query = select(AUDIT).order_by(AUDIT.c.number)
    if exam is not None:
        query = query.where(AUDIT.c.exam == exam)
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield AuditRow(**row._mapping)


def complaints(connection: Connection, written_down: AuditHead | None = None) -> Iterator[str]:
    """What is wrong with the trail, a line each; none where it holds.

    `written_down`: a head of earlier, which must still be part of it.
    """
    kept = head(connection)
    number, previous = 0, NOTHING
    # As the columns lie: what was altered may not be a time any more, nor JSON.
    lying = [
        AUDIT.c.number, type_coerce(AUDIT.c.at, String), AUDIT.c.who, AUDIT.c.act, AUDIT.c.exam,
        type_coerce(AUDIT.c.detail, String), AUDIT.c.previous,
    ]  # fmt: skip
    query = select(*lying, AUDIT.c.hash).order_by(AUDIT.c.number)
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        number += 1
        if row.number != number:
            yield f"audit row {number} is missing: row {row.number} comes in its place"
            number = row.number
        if row.previous != previous:
            yield f"audit row {row.number} does not follow the one before it"
        if row.hash != _digest(row[:-1]):
            yield f"audit row {row.number} was altered"
        previous = row.hash
        if written_down and number == written_down.count and row.hash != written_down.hash:
            yield f"audit row {row.number} is not the one whose hash was written down"
    if (number, previous) != (kept.count, kept.hash):
        yield f"the audit trail ends at row {number}; expected row {kept.count} and its hash"
    if written_down is not None and number < written_down.count:
        yield f"the audit trail ends at row {number}; row {written_down.count} was written down"


def _digest(content: Sequence[Any]) -> str:
    """Of a row's columns but the last."""
    return sha256(json_text(list(content)).encode()).hexdigest()
