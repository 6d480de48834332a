"""How much the store holds and what waits in it, as counts: no row, no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, func, select

from senoscope.studies.exams.archive_tasks import TaskState
from senoscope.studies.exams.content_files import free_at
from senoscope.studies.exams.exam_records import ExamState, SendState
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.tables import ARCHIVE_TASK, AUDIT_HEAD, CONTENT, EXAM, OUTBOX


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """Of one moment. `outbox`: files for destinations; `size`: bytes of all `files` together."""

    exams: Mapping[str, int]
    outbox: Mapping[str, int]
    archive: Mapping[str, int]
    files: int
    size: int


def store_figures(parts: StoreParts) -> StoreFigures:
    """Walks the indices of three tables, and all of the files': not for every moment."""
    with parts.database.reading() as connection:
        files, size = connection.execute(
            select(func.count(), func.coalesce(func.sum(CONTENT.c.size), 0)).select_from(CONTENT)
        ).one()
        return StoreFigures(
            {state.value: 0 for state in ExamState} | _counted(connection, EXAM.c.state),
            {state.value: 0 for state in SendState} | _counted(connection, OUTBOX.c.state),
            # A reading's own row, without a place, is of a study that has one.
            {state.value: 0 for state in TaskState}
            | _counted(connection, ARCHIVE_TASK.c.state, ARCHIVE_TASK.c.place != ""),
            int(files),
            int(size),
        )


def free_if_it_answers(parts: StoreParts) -> int:
    """Bytes free where the files lie, once the database has answered a question. StorageError."""
    with parts.database.reading() as connection:
        connection.execute(select(AUDIT_HEAD.c.count)).all()
    return free_at(parts.folder)


def _counted(
    connection: Connection, state: Column[str], *of: ColumnElement[bool]
) -> dict[str, int]:
    counted = select(state, func.count()).where(*of).group_by(state)
    return {str(each): int(count) for each, count in connection.execute(counted)}
