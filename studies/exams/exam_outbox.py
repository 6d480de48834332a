"""The outbox of the exam store: each file once for each destination, until it has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from senoscope.domain.errors import SettingsError
from senoscope.studies.exams import audit_trail
from senoscope.studies.exams.exam_records import QueuedFile, SendState
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.study_keeping import inserted
from senoscope.studies.exams.tables import INSTANCE, OUTBOX, RESULT
from senoscope.studies.outbox import Waiting

SENDER = "senoscope"
"""Who acts when a destination has answered."""


class ExamOutbox:
    """Any thread may call. What a deleted exam had here is gone, and what is said of it nothing."""

    def __init__(self, parts: StoreParts) -> None:
        self._parts = parts

    def put(
        self, contents: Sequence[str], destination: str, who: str, again: bool = False
    ) -> tuple[int, ...]:
        """Queue DICOM files of the store, by their content; the numbers of those that now wait.

        What has been put for that destination before is left as it is, unless it is to be sent
        `again`. SettingsError on a content that is no DICOM file of an exam.
        """
        if not destination.strip() or len(destination) > 64 or not destination.isprintable():
            raise SettingsError(
                f"A destination was given in {len(destination)} characters; expected the name of "
                "one, 1 to 64 printed characters."
            )
        at = self._parts.now()
        numbers = []
        with self._parts.database.writing() as connection:
            for content in contents:
                exam = _exam_of(connection, content)
                number = _queued(connection, content, destination, again, at)
                if number is not None:
                    numbers.append(number)
                    detail = {"number": number, "destination": destination}
                    audit_trail.append(connection, at, who, "put in the outbox", exam, detail)
        return tuple(numbers)

    def due(self, now: datetime) -> Sequence[Waiting]:
        """As `Outbox` says."""
        query = (
            select(OUTBOX)
            .where(OUTBOX.c.state == SendState.WAITING.value, OUTBOX.c.due_at <= now)
            .order_by(OUTBOX.c.queued_at, OUTBOX.c.number)
        )
        with self._parts.database.reading() as connection:
            return [
                Waiting(each.number, self._parts.files.path(each.content), each.destination,
                        each.tries)
                for each in connection.execute(query)
            ]  # fmt: skip

    def sent(self, number: int, now: datetime) -> None:
        """As `Outbox` says."""
        self._settle(number, SendState.SENT, "", now)

    def put_off(self, number: int, why: str, until: datetime) -> None:
        """As `Outbox` says."""
        with self._parts.database.writing() as connection:
            connection.execute(
                _waiting(number).values(
                    tries=OUTBOX.c.tries + 1, why=why, due_at=until, changed_at=self._parts.now()
                )
            )

    def give_up(self, number: int, why: str) -> None:
        """As `Outbox` says."""
        self._settle(number, SendState.REFUSED, why, self._parts.now())

    def listed(
        self, state: SendState | None = None, exam: int | None = None, limit: int = 200
    ) -> tuple[QueuedFile, ...]:
        """For a page, the newest first; of one state or exam, or of all."""
        holder = _holder()
        query = (
            select(OUTBOX, holder.label("exam"))
            .where(holder.is_not(None))
            .order_by(OUTBOX.c.queued_at.desc(), OUTBOX.c.number.desc())
            .limit(limit)
        )
        if state is not None:
            query = query.where(OUTBOX.c.state == state.value)
        if exam is not None:
            query = query.where(
                OUTBOX.c.content.in_(
                    select(RESULT.c.content)
                    .where(RESULT.c.exam == exam)
                    .union(select(INSTANCE.c.content).where(INSTANCE.c.exam == exam))
                )
            )
        with self._parts.database.reading() as connection:
            return tuple(
                QueuedFile(**{**row._mapping, "state": SendState(row.state)})
                for row in connection.execute(query)
            )

    def _settle(self, number: int, state: SendState, why: str, at: datetime) -> None:
        with self._parts.database.writing() as connection:
            holder = connection.execute(
                select(_holder()).select_from(OUTBOX).where(OUTBOX.c.number == number)
            ).scalar()
            done = connection.execute(
                _waiting(number).values(state=state.value, why=why, changed_at=at)
            )
            if done.rowcount:
                act = {SendState.SENT: "sent", SendState.REFUSED: "refused"}[state]
                audit_trail.append(connection, at, SENDER, act, holder, {"number": number})


def _waiting(number: int) -> Any:
    return update(OUTBOX).where(
        OUTBOX.c.number == number, OUTBOX.c.state == SendState.WAITING.value
    )


def _queued(
    connection: Connection, content: str, destination: str, again: bool, at: datetime
) -> int | None:
    """The row that waits now; None where nothing was to be done."""
    found = connection.execute(
        select(OUTBOX.c.number).where(
            OUTBOX.c.content == content, OUTBOX.c.destination == destination
        )
    ).scalar()
    waiting = {
        "state": SendState.WAITING.value, "tries": 0, "why": "", "queued_at": at, "due_at": at,
        "changed_at": at,
    }  # fmt: skip
    if found is None:
        made = connection.execute(
            insert(OUTBOX).values(content=content, destination=destination, **waiting)
        )
        return inserted(made.inserted_primary_key)
    if not again:
        return None
    connection.execute(update(OUTBOX).where(OUTBOX.c.number == found).values(**waiting))
    return int(found)


def _holder() -> Any:
    """The exam that holds a row's file: its maker's where it is a result."""
    made, came = (
        select(func.min(table.c.exam)).where(table.c.content == OUTBOX.c.content).scalar_subquery()
        for table in (RESULT, INSTANCE)
    )
    return func.coalesce(made, came)


def _exam_of(connection: Connection, content: str) -> int:
    for table in (RESULT, INSTANCE):
        exam = connection.execute(
            select(func.min(table.c.exam)).where(
                table.c.content == content, table.c.instance_uid.is_not(None)
            )
        ).scalar()
        if exam is not None:
            return int(exam)
    raise SettingsError(
        "A file was to be sent that is no DICOM file of the store. Choose files of an exam."
    )
