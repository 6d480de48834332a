"""The tables of a store are brought up to date when it is opened, a copy made before.

`schema_rollback.py` takes them back.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from senoscope.domain.errors import InstallationError, StorageError
from senoscope.studies.exams.database import Database

MIGRATIONS = Path(__file__).with_name("migrations")
COPIES = "before-migration"
"""Folder of the copies."""


def bring_up_to_date(
    database: Database,
    folder: Path,
    now: datetime,
    backed_up: bool = False,
    scripts: Path = MIGRATIONS,
) -> None:
    """Migrate, all or nothing. A SQLite store that holds exams is copied into `folder` first.

    InstallationError where the store is of a newer Senoscope; and where a PostgreSQL store that
    holds exams is of an older one, unless it was `backed_up` by its site.
    """
    config, script = migrations(scripts)
    newest = script.get_current_head()
    with database.reading() as connection:
        if revision_of(connection) == newest:
            return
    with database.writing() as connection:
        found = revision_of(connection)
        if found == newest:
            return
        if found is not None:
            require_known(script, found)
            if holds_exams(connection):
                command_again = "senoscope store check --backed-up"
                copy_before(database, folder, found, now, None if backed_up else command_again)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def migrations(scripts: Path) -> tuple[Config, ScriptDirectory]:
    """What Alembic wants to be told, and the versions that are known."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config, ScriptDirectory.from_config(config)


def revision_of(connection: Connection) -> str | None:
    """The store's version; None where there are no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def require_known(script: ScriptDirectory, found: str) -> None:
    """InstallationError where the store is of a newer Senoscope."""
    newest = script.get_current_head()
    if found not in {each.revision for each in script.walk_revisions()}:
        raise InstallationError(
            f"The exam store is of version {found}; expected {newest} or older. Install the "
            "Senoscope that wrote it or a newer one, or go back by the one that wrote it: "
            f"`senoscope store rollback --to {newest}`."
        )


def holds_exams(connection: Connection) -> bool:
    """Whether anything would be lost with the tables."""
    if not inspect(connection).has_table("exam"):
        return False
    return connection.execute(text("SELECT number FROM exam LIMIT 1")).first() is not None


def copy_before(
    database: Database, folder: Path, found: str, now: datetime, command_after: str | None
) -> None:
    """Copy a SQLite store of version `found` into `folder`, before its tables are changed.

    A PostgreSQL store is its site's to back up; `command_after` is the command to give after
    that, None where it was done. InstallationError, StorageError.
    """
    if database.file is None:
        if command_after is not None:
            raise InstallationError(
                f"The PostgreSQL exam store is of version {found} and holds exams. Back it up by "
                f"pg_dump before its tables are changed, then run `{command_after}`."
            )
        return
    copies = folder / COPIES
    try:
        copies.mkdir(0o700, parents=True, exist_ok=True)
        database.copy_to(copies / f"{found}-{now:%Y%m%dT%H%M%S%f}.sqlite")
    except OSError as error:
        raise StorageError(
            f"The exam store cannot be copied before its migration ({error.strerror}). Free space, "
            "or allow this user to write there."
        ) from None
