"""What every act of the exam store works on, and how a file comes in: it first, its row after."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select

from senoscope.domain.errors import SenoscopeError
from senoscope.studies.exams.content_files import Arrived, ContentFiles
from senoscope.studies.exams.database import Database
from senoscope.studies.exams.tables import CONTENT, INSTANCE, OUTBOX, RESULT


@dataclass(frozen=True, slots=True)
class StoreParts:
    """`now` gives the time, with its zone."""

    database: Database
    files: ContentFiles
    folder: Path
    now: Callable[[], datetime]

    @contextlib.contextmanager
    def keeping(
        self, given: Sequence[bytes | Path]
    ) -> Iterator[tuple[Connection, tuple[Arrived, ...]]]:
        """A transaction with the files on the disk; `place` those that a row will name.

        When anything fails, nothing of it stays. SourceUnavailable, StorageError.
        """
        arrived: list[Arrived] = []
        try:
            for file in given:
                arrived.append(self.files.arrive(file))
            with self.database.writing() as connection:
                yield connection, tuple(arrived)
        except BaseException:
            # Not while the store cannot be reached either: `check` sweeps what is left then.
            with contextlib.suppress(SenoscopeError):
                self.drop_unnamed([each.content for each in arrived])
            raise
        finally:
            for each in arrived:
                self.files.forget(each.partial)

    def place(self, connection: Connection, arrived: Arrived) -> str:
        """Give the file its name and a row of its own; its content, to name it by."""
        self.files.place(arrived)
        is_known = select(CONTENT.c.sha256).where(CONTENT.c.sha256 == arrived.content)
        if connection.execute(is_known).first() is None:
            connection.execute(insert(CONTENT).values(sha256=arrived.content, size=arrived.size))
        return arrived.content

    def drop_unnamed(self, also: Sequence[str] = ()) -> int:
        """Remove files that nothing names: what was deleted, and of `also` what has no row.

        The number of files that had a row.
        """
        with self.database.writing() as connection:
            doomed = (
                connection.execute(select(CONTENT.c.sha256).where(is_unnamed())).scalars().all()
            )
            rowless = [
                each
                for each in also
                if connection.execute(
                    select(CONTENT.c.sha256).where(CONTENT.c.sha256 == each)
                ).first()
                is None
            ]
            # The row goes last: what is interrupted here is done at the next opening.
            for content in [*doomed, *rowless]:
                self.files.drop(content)
            for content in doomed:
                connection.execute(delete(OUTBOX).where(OUTBOX.c.content == content))
                connection.execute(delete(CONTENT).where(CONTENT.c.sha256 == content))
        return len(doomed)


def is_unnamed() -> ColumnElement[bool]:
    """Of a row of `CONTENT`: no exam holds it."""
    return ~exists().where(INSTANCE.c.content == CONTENT.c.sha256) & ~exists().where(
        RESULT.c.content == CONTENT.c.sha256
    )
