"""The exam store's database: SQLite in a file, or PostgreSQL, read and written in one way.

Who writes is alone: acts follow one another, and so do the audit trail's rows.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from senoscope.domain.errors import InstallationError, SettingsError, StorageError

WAIT_S = 30
"""For another one who writes."""
SQLITE, POSTGRESQL = "sqlite", "postgresql"

_WRITES = {"senoscope_writes": True}
_LOCK = 0x53454E4F
"""Of PostgreSQL's advisory locks; any number, the same for all who write."""


class Database:
    """Any thread may call. Messages never hold a password, nor a value of a row."""

    def __init__(self, url: str) -> None:
        """SettingsError on another kind of URL, InstallationError without PostgreSQL's driver."""
        self._url = _understood(url)
        try:
            self._engine = _engine(self._url)
        except ModuleNotFoundError as error:
            raise InstallationError(
                "PostgreSQL's driver is not installed. Install it: "
                'pip install "senoscope[postgresql]"'
            ) from error

    @property
    def kind(self) -> str:
        """`SQLITE` or `POSTGRESQL`."""
        return self._url.get_backend_name()

    @property
    def file(self) -> Path | None:
        """SQLite's."""
        return Path(self._url.database or "") if self.kind == SQLITE else None

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look, whoever writes meanwhile. StorageError."""
        with _told(), self._engine.connect() as connection, connection.begin():
            if self.kind == POSTGRESQL:
                # By itself it looks anew for each statement.
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            yield connection

    @contextlib.contextmanager
    def writing(self, in_line: bool = True) -> Iterator[Connection]:
        """Alone, whole or not at all. StorageError: nothing was changed.

        Without `in_line` PostgreSQL lets it past those who write: for rows that no act looks at.
        """
        with _told(), self._engine.connect() as connection:
            connection.execution_options(**_WRITES)
            with connection.begin():
                if in_line and self.kind == POSTGRESQL:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection

    def copy_to(self, path: Path) -> None:
        """Everything committed, as SQLite's backup gives it, into a new private file."""
        if self.kind != SQLITE:
            raise SettingsError(
                "A PostgreSQL store was asked for a copy of its database. Make it by pg_dump, and "
                "copy the store's folder."
            )
        path.touch(0o600, exist_ok=False)
        try:
            with _told(), self._driver() as source, contextlib.closing(_connect(path)) as target:
                source.backup(target)
                # One file, no journal beside it, whoever opens it.
                target.execute("PRAGMA journal_mode = DELETE")
        except BaseException:
            path.unlink()
            raise

    def forget_journal(self) -> None:
        """What was deleted is not kept in SQLite's journal either, where nobody reads it now."""
        if self.kind == SQLITE:
            with _told(), self._driver() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def troubles(self) -> list[str]:
        """What SQLite finds wrong with its own file; PostgreSQL checks its pages itself."""
        if self.kind != SQLITE:
            return []
        with _told(), self._driver() as connection:
            found = [str(each[0]) for each in connection.execute("PRAGMA integrity_check")]
            astray = connection.execute("PRAGMA foreign_key_check").fetchall()
        lines = [f"the database's file is damaged: {each}" for each in found if each != "ok"]
        return lines + [f"a row of {each[0]} belongs to none of {each[2]}" for each in astray]

    @contextlib.contextmanager
    def _driver(self) -> Iterator[sqlite3.Connection]:
        """SQLite's own connection, outside of any transaction."""
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            yield driver

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def _understood(given: str) -> URL:
    try:
        url = make_url(given)
    except ArgumentError:
        raise SettingsError(
            "What was given for the exam store is no URL; expected sqlite:////FILE or "
            "postgresql://USER@HOST/DATABASE."
        ) from None
    if url.drivername in (POSTGRESQL, f"{POSTGRESQL}+psycopg"):
        return url.set(drivername=f"{POSTGRESQL}+psycopg")
    if url.drivername == SQLITE and url.database not in (None, "", ":memory:"):
        return url
    raise SettingsError(
        f"The exam store was given as {url.drivername}; expected sqlite:////FILE or "
        "postgresql://USER@HOST/DATABASE."
    )


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=WAIT_S)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != SQLITE:
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": WAIT_S})

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # or the driver begins by itself, and late
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().keys() & _WRITES.keys()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Not chained: databases quote the values of rows in their errors."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        why = str(cause) if isinstance(cause, sqlite3.Error) else type(cause).__name__
        raise StorageError(
            f"The exam store's database cannot be reached or written ({why}). See that it runs, "
            "that there is space, and that this user may write there."
        ) from None
