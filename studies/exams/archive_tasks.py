"""Studies of an archive: each is read once, whoever reads it and however often that is cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Update, delete, insert, select, update

from senoscope.studies.exams.exam_records import NewReading, NewResult
from senoscope.studies.exams.reading_keeping import kept_within
from senoscope.studies.exams.removal import forget_rows
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.study_keeping import is_signed
from senoscope.studies.exams.tables import ARCHIVE_TASK

MOST_STOPS = 3
"""A study at which whoever read it stopped so often, without a word, is not begun again."""
_AT_ONCE = 500


class TaskState(StrEnum):
    """`READING` stays where whoever read it was killed: it is begun again."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    SET_ASIDE = "set aside"


@dataclass(frozen=True, slots=True)
class ArchiveTask:
    """`place` is where the study lies, and may hold a name; `exam` is what it is in the store.

    `tries`: how often it was begun since somebody last said how that ended. `reading`: its last.
    """

    key: str
    place: str = field(repr=False)
    state: TaskState
    tries: int
    why: str
    exam: int | None
    reading: int | None
    changed_at: datetime


class Begun(NamedTuple):
    """The task as it is now, to be read only where that is `READING`; and what it was before."""

    task: ArchiveTask
    before: TaskState | None


class KeptOnce(NamedTuple):
    """A reading's number; not `is_new` where another one came first: then nothing was added.

    None where a person signed the exam: nothing is added to that either.
    """

    reading: int | None
    is_new: bool


class ArchiveTasks:
    """Any thread and any machine may call. Keys are hexadecimal SHA-256."""

    def __init__(self, parts: StoreParts) -> None:
        self._parts = parts

    def begin(self, key: str, place: str, again: bool = False) -> Begun:
        """Take on a study, which lies at `place` now; `again` also one that was set aside.

        What was begun `MOST_STOPS` times without a word is set aside here.
        """
        with self._parts.database.writing() as connection:
            found = _task(connection, key)
            before = None if found is None else found.state
            is_settled = before is TaskState.READ or (before is TaskState.SET_ASIDE and not again)
            if is_settled:
                moved = _row(key).where(ARCHIVE_TASK.c.place != place)
                connection.execute(moved.values(place=place))
            elif found is None or before is not TaskState.READING:
                self._put(connection, key, place, TaskState.READING, tries=1)
            elif found.tries < MOST_STOPS:
                self._put(
                    connection, key, place, TaskState.READING, tries=found.tries + 1, why=found.why
                )
            else:
                why = (
                    f"Whoever read it was stopped or died {found.tries} times in the middle of it. "
                    f"Look at the study; it is tried again with --again. {found.why}"
                ).rstrip()
                self._put(connection, key, place, TaskState.SET_ASIDE, tries=found.tries, why=why)
            task = _task(connection, key)
        assert task is not None, "it was put"
        return Begun(task, before)

    def kept(self, key: str, exam: int) -> None:
        """The study's files are in the store; where they lay is deleted with the exam."""
        with self._parts.database.writing() as connection:
            connection.execute(_row(key).values(exam=exam))

    def add_reading(
        self, key: str, exam: int, new: NewReading, results: Sequence[NewResult], who: str
    ) -> KeptOnce:
        """As `ExamStore.add_reading`, and in the same transaction that the key has one.

        Of an exam that a person signed, nothing.
        """
        contents = [each.content for each in results]
        with self._parts.keeping(contents) as (connection, arrived):
            found = _task(connection, key)
            if found is not None and found.reading is not None:
                return KeptOnce(found.reading, False)
            if is_signed(connection, exam):
                return KeptOnce(None, False)
            given = list(zip(results, arrived, strict=True))
            number = kept_within(self._parts, connection, exam, new, given, who)
            self._put(connection, key, "", TaskState.READ, exam=exam, reading=number)
        return KeptOnce(number, True)

    def reading_of(self, key: str) -> int | None:
        """The reading that was kept under that key."""
        with self._parts.database.reading() as connection:
            task = _task(connection, key)
        return None if task is None else task.reading

    def finish(self, key: str, reading: int | None) -> None:
        """All of it is read."""
        more = {} if reading is None else {"reading": reading}
        self._end(_row(key), TaskState.READ, "", **more)

    def put_off(self, key: str, why: str) -> None:
        """It was begun, and may be read later."""
        self._end(_under_way(key), TaskState.WAITING, why)

    def stumbled(self, key: str, why: str) -> None:
        """Whoever reads it did not get to its end; that counts as a stop."""
        with self._parts.database.writing() as connection:
            connection.execute(_under_way(key).values(why=why))

    def give_up(self, key: str, why: str) -> bool:
        """It was begun, and never will be read as it is.

        False, and nothing is put down, where it is not under way any more: its exam was deleted,
        or somebody else came to an end with it.
        """
        return self._end(_under_way(key), TaskState.SET_ASIDE, why)

    def set_aside(self, key: str, place: str, why: str) -> bool:
        """What is no study, or none that can be begun: it is not read; whether that is new."""
        with self._parts.database.writing() as connection:
            found = _task(connection, key)
            self._put(connection, key, place, TaskState.SET_ASIDE, why=why)
        return found is None

    def forget(self) -> int:
        """Take off, for good, what no exam is made of, and with it where that lies; how many."""
        with self._parts.database.writing() as connection:
            gone = connection.execute(delete(ARCHIVE_TASK).where(ARCHIVE_TASK.c.exam.is_(None)))
            count = gone.rowcount
        forget_rows(self._parts)
        return count

    def listed(self, state: TaskState) -> Iterator[ArchiveTask]:
        """All of that state, by their keys."""
        after = ""
        query = select(ARCHIVE_TASK).where(ARCHIVE_TASK.c.state == state.value)
        while True:
            page = query.where(ARCHIVE_TASK.c.key > after).order_by(ARCHIVE_TASK.c.key)
            with self._parts.database.reading() as connection:
                found = [_made(each) for each in connection.execute(page.limit(_AT_ONCE))]
            if not found:
                return
            yield from found
            after = found[-1].key

    def _end(self, row: Update, state: TaskState, why: str, **more: int) -> bool:
        """Whether there is such a row."""
        values = {"state": state.value, "why": why, "tries": 0, "changed_at": self._parts.now()}
        with self._parts.database.writing() as connection:
            return connection.execute(row.values(**values, **more)).rowcount > 0

    def _put(
        self,
        connection: Connection,
        key: str,
        place: str,
        state: TaskState,
        **more: Any,
    ) -> None:
        """`more` columns; those of `tries` and `why` say nothing where they are not given."""
        said = {"place": place, "state": state.value, "tries": 0, "why": "", **more}
        values = {**said, "changed_at": self._parts.now()}
        if connection.execute(_row(key).values(**values)).rowcount == 0:
            # What lay there and is no exam has changed since, or was read by another version.
            is_old = (ARCHIVE_TASK.c.place == place) & ARCHIVE_TASK.c.exam.is_(None)
            connection.execute(delete(ARCHIVE_TASK).where(is_old))
            connection.execute(insert(ARCHIVE_TASK).values(key=key, **values))


def _row(key: str) -> Update:
    return update(ARCHIVE_TASK).where(ARCHIVE_TASK.c.key == key)


def _under_way(key: str) -> Update:
    return _row(key).where(ARCHIVE_TASK.c.state == TaskState.READING.value)


def _task(connection: Connection, key: str) -> ArchiveTask | None:
    found = connection.execute(select(ARCHIVE_TASK).where(ARCHIVE_TASK.c.key == key)).first()
    return None if found is None else _made(found)


def _made(row: Row[Any]) -> ArchiveTask:
    return ArchiveTask(**{**row._mapping, "state": TaskState(row.state)})
