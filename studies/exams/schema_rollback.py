"""The tables of a store go back to an earlier version, so that an older Senoscope opens it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, table

from senoscope.domain.errors import SettingsError
from senoscope.studies.exams import audit_trail
from senoscope.studies.exams.database import Database
from senoscope.studies.exams.room_board import rooms_heard
from senoscope.studies.exams.schema import (
    COPIES,
    MIGRATIONS,
    copy_before,
    holds_exams,
    migrations,
    require_known,
    revision_of,
)
from senoscope.studies.exams.tables import ROOM

ROLLED_BACK = "store rolled back"


@dataclass(frozen=True, slots=True)
class RolledBack:
    """From version `found`: what each step says, and the `rows` of each table that goes."""

    found: str
    steps: Mapping[str, str]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Back `to` a version. `backed_up`: the site has made a copy of a PostgreSQL store.

    Unless `really`, it is tried in a transaction that is taken back.
    """

    to: str
    who: str
    really: bool = False
    backed_up: bool = False


class _OnlyTried(Exception):
    """Takes the transaction back."""


def roll_back(
    url: str, folder: Path, wanted: Wanted, now: datetime, scripts: Path = MIGRATIONS
) -> RolledBack:
    """Go back, all or nothing, with an audit row; a SQLite store that holds exams is copied first.

    SettingsError where there is no store, or no way to that version. InstallationError where the
    store is of a newer Senoscope, or on PostgreSQL and not backed up. StorageError.
    """
    config, script = migrations(scripts)
    database = Database(url)
    try:
        if database.file is not None and not database.file.is_file():
            raise _no_store()
        with contextlib.suppress(_OnlyTried), database.writing() as connection:
            found, steps = _way(script, revision_of(connection), wanted.to)
            if wanted.really:
                _prepare(database, connection, folder, now, found, wanted)
            before = _counted(connection)
            config.attributes["connection"] = connection
            command.downgrade(config, wanted.to)
            left = inspect(connection).get_table_names()
            rows = {name: count for name, count in before.items() if name not in left}
            detail = {"from": found, "to": wanted.to}
            audit_trail.append(connection, now, wanted.who, ROLLED_BACK, None, detail)
            if not wanted.really:
                raise _OnlyTried
    finally:
        database.close()
    return RolledBack(found, steps, rows)


def _way(script: ScriptDirectory, found: str | None, to: str) -> tuple[str, dict[str, str]]:
    """The store's version, and what each step back says. SettingsError where there is no way."""
    if found is None:
        raise _no_store()
    require_known(script, found)
    older = list(script.walk_revisions("base", found))[1:]
    if to not in [each.revision for each in older]:
        names = ", ".join(each.revision for each in older) or "none, it is the first"
        raise SettingsError(
            f"Version {to} was given to go back to; the exam store is of {found}, and older than "
            f"that are: {names}. Give one of them."
        )
    steps = [each for each in script.iterate_revisions(found, to) if isinstance(each, Script)]
    for each in steps:
        if not hasattr(each.module, "downgrade"):
            raise SettingsError(
                f"Version {each.revision} has no way back to {each.down_revision}. Restore the "
                f"copy from before its migration: of SQLite it lies in {COPIES} in the store's "
                "folder, of PostgreSQL it is your pg_dump (docs/upgrade.md)."
            )
    return found, {each.revision: each.module.downgrade.__doc__ or "" for each in steps}


def _prepare(
    database: Database,
    connection: Connection,
    folder: Path,
    now: datetime,
    found: str,
    wanted: Wanted,
) -> None:
    """Nobody uses the store, and there is a copy of it."""
    _require_unused(database, connection, now)
    if holds_exams(connection):
        again = f"senoscope store rollback --to {wanted.to} --really --backed-up"
        copy_before(database, folder, found, now, None if wanted.backed_up else again)


def _require_unused(database: Database, connection: Connection, now: datetime) -> None:
    """A newer Senoscope that runs on would write to tables that are gone."""
    if not inspect(connection).has_table(ROOM.name):
        return
    if rooms := rooms_heard(connection, database, now):
        raise SettingsError(
            f"The exam store is in use: it hears from {', '.join(rooms)}. Stop every Senoscope "
            "that uses it, and try again in a minute."
        )


def _counted(connection: Connection) -> dict[str, int]:
    return {
        name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in sorted(inspect(connection).get_table_names())
    }


def _no_store() -> SettingsError:
    return SettingsError(
        "There is no exam store at the place given. Give its --folder and --store."
    )
