"""The tables of a store are brought up to date when it is opened, a copy made before."""

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
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    newest = script.get_current_head()
    with database.reading() as connection:
        if revision_of(connection) == newest:
            return
    with database.writing() as connection:
        found = revision_of(connection)
        if found == newest:
            return
        if found is not None and found not in {each.revision for each in script.walk_revisions()}:
            raise InstallationError(
                f"The exam store is of version {found}; expected {newest} or older. Install the "
                "Senoscope that wrote it, or a newer one."
            )
        if found is not None and _holds_exams(connection):
            _copy(database, folder, f"{found}-{now:%Y%m%dT%H%M%S%f}", backed_up)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision_of(connection: Connection) -> str | None:
    """The store's version; None where there are no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def _holds_exams(connection: Connection) -> bool:
    if not inspect(connection).has_table("exam"):
        return False
    return connection.execute(text("SELECT number FROM exam LIMIT 1")).first() is not None


def _copy(database: Database, folder: Path, name: str, backed_up: bool) -> None:
    if database.file is None:
        if not backed_up:
            raise InstallationError(
                "The PostgreSQL exam store is of an older version and holds exams. Back it up by "
                "pg_dump, then run `senoscope store check --backed-up`."
            )
        return
    copies = folder / COPIES
    try:
        copies.mkdir(0o700, parents=True, exist_ok=True)
        database.copy_to(copies / f"{name}.sqlite")
    except OSError as error:
        raise StorageError(
            f"The exam store cannot be copied before its migration ({error.strerror}). Free space, "
            "or allow this user to write there."
        ) from None
