"""Tables are brought up to date at opening, a copy made before, all or nothing."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from senoscope.domain.errors import InstallationError, SettingsError, StorageError
from senoscope.domain.reader_log import Outcome
from senoscope.studies.exams.content_files import ContentFiles
from senoscope.studies.exams.database import Database
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.pathology_records import NewPathology
from senoscope.studies.exams.schema import MIGRATIONS, bring_up_to_date, revision_of
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.tables import METADATA
from tests.studies.exams.exam_builders import WHO, Clock, Place, signed_exam

NOW = datetime(2026, 11, 28, tzinfo=UTC)
NEWEST, ADDED = "0004", "0005"
NEWER = """
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "0005", "0004", None, None


def upgrade():
    op.create_table("added", sa.Column("number", sa.Integer(), primary_key=True))
    {more}
"""


def newer(folder: Path, more: str = "") -> Path:
    """The migrations, with one more."""
    scripts = folder / "migrations"
    shutil.copytree(MIGRATIONS, scripts)
    (scripts / "versions" / "v0005_added.py").write_text(NEWER.format(more=more))
    return scripts


def up_to(folder: Path, version: str) -> Path:
    """The migrations that a Senoscope of that version had."""
    scripts = folder / f"up to {version}"
    shutil.copytree(MIGRATIONS, scripts)
    for each in (scripts / "versions").glob("v*.py"):
        if each.name[1:5] > version:
            each.unlink()
    return scripts


def opened_by(place: Place, scripts: Path, backed_up: bool = False) -> ExamStore:
    """The store as a Senoscope with those migrations opens it."""
    place.folder.mkdir(exist_ok=True)
    database = Database(place.url)
    bring_up_to_date(database, place.folder, NOW, backed_up, scripts)
    files = ContentFiles(place.folder / "files")
    return ExamStore(StoreParts(database, files, place.folder, Clock()))


def has_table(place: Place, name: str) -> bool:
    database = Database(place.url)
    with database.reading() as connection:
        found = inspect(connection).has_table(name)
    database.close()
    return found


def revision(place: Place) -> str | None:
    database = Database(place.url)
    with database.reading() as connection:
        found = revision_of(connection)
    database.close()
    return found


def test_the_migrations_make_the_tables_that_the_store_uses(store: ExamStore, place: Place) -> None:
    with store.parts.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_a_store_is_copied_before_it_is_migrated(sqlite_place: Place, tmp_path: Path) -> None:
    with sqlite_place.opened() as store:
        signed_exam(store, sqlite_place)
        bring_up_to_date(store.parts.database, sqlite_place.folder, NOW, scripts=newer(tmp_path))
    assert revision(sqlite_place) == ADDED
    (copy,) = (sqlite_place.folder / "before-migration").iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (NEWEST,)
        ]
        assert connection.execute("SELECT count(*) FROM exam").fetchone() == (1,)
    connection.close()


def test_an_empty_store_is_not_copied(place: Place, tmp_path: Path) -> None:
    with place.opened() as store:
        bring_up_to_date(store.parts.database, place.folder, NOW, scripts=newer(tmp_path))
        bring_up_to_date(store.parts.database, place.folder, NOW, scripts=tmp_path / "migrations")
    assert revision(place) == ADDED
    assert not (place.folder / "before-migration").exists()


def test_a_store_of_the_first_tables_keeps_all_and_takes_pathology(
    place: Place, tmp_path: Path
) -> None:
    with opened_by(place, up_to(tmp_path, "0001")) as older:
        exam = signed_exam(older, place)
        older.keep_impression(exam, {"assessment": "2"}, WHO)
        before = older.readings_of(exam), older.sign_offs_of(exam), older.results_of(exam)
        head = older.head()
    assert (revision(place), has_table(place, "pathology")) == ("0001", False)
    with place.opened(backed_up=True) as store:
        assert (store.readings_of(exam), store.sign_offs_of(exam), store.results_of(exam)) == before
        assert (store.pathology_of(exam), store.head()) == ((), head)
        store.add_pathology(exam, NewPathology(Outcome.BENIGN, date(2026, 10, 9)), WHO)
        assert store.check(head).complaints == ()
    assert revision(place) == NEWEST


def test_a_migration_that_fails_changes_nothing(place: Place, tmp_path: Path) -> None:
    scripts = newer(tmp_path, 'op.execute("INSERT INTO nowhere VALUES (1)")')
    with place.opened() as store:
        exam = signed_exam(store, place)
        with pytest.raises(StorageError):
            bring_up_to_date(store.parts.database, place.folder, NOW, True, scripts)
        assert store.exam(exam).images == 1
    assert (revision(place), has_table(place, "added")) == (NEWEST, False)


def test_a_store_of_a_newer_version_is_left_alone(place: Place, tmp_path: Path) -> None:
    with place.opened() as store:
        bring_up_to_date(store.parts.database, place.folder, NOW, scripts=newer(tmp_path))
    with pytest.raises(InstallationError, match="of version 0005; expected 0004"):
        place.opened()


def test_the_site_backs_up_postgresql_before(place: Place, tmp_path: Path) -> None:
    scripts = newer(tmp_path)
    with place.opened() as store:
        signed_exam(store, place)
        if store.parts.database.kind == "postgresql":
            with pytest.raises(InstallationError, match="pg_dump"):
                bring_up_to_date(store.parts.database, place.folder, NOW, scripts=scripts)
            assert revision(place) == NEWEST
        bring_up_to_date(store.parts.database, place.folder, NOW, True, scripts)
    assert revision(place) == ADDED


@pytest.mark.parametrize(
    "url", ["", "exams.sqlite", "sqlite://", "sqlite:///:memory:", "mysql://user:secret@host/x"]
)
def test_only_a_file_or_postgresql_is_a_store(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected sqlite") as raised:
        ExamStore.open(url, tmp_path)
    assert "secret" not in str(raised.value)


def test_a_server_that_does_not_answer_is_said_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://user:secret@localhost:1/exams"
    with pytest.raises(StorageError, match="cannot be reached") as raised:
        ExamStore.open(url, tmp_path)
    assert "secret" not in str(raised.value)


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "exams.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="not a database"):
        ExamStore.open(f"sqlite:///{tmp_path / 'exams.sqlite'}", tmp_path)


def test_no_store_is_made_where_none_was_asked_for(sqlite_place: Place) -> None:
    with pytest.raises(SettingsError, match="no exam store"):
        sqlite_place.opened(make=False)
    assert not sqlite_place.folder.exists()
