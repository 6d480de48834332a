"""Up and back between versions of the tables: nothing that both know is lost, whatever happens."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import InstallationError, SettingsError, StorageError
from senoscope.studies.exams.audit_trail import AuditHead
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import RoomBoard, RoomFacts, RoomState
from senoscope.studies.exams.schema_rollback import ROLLED_BACK, RolledBack, Wanted, roll_back
from tests.studies.exams.exam_builders import WHO, Clock, Place, pathology, read_exam, signed_exam
from tests.studies.exams.test_schema import NEWEST, has_table, newer, opened_by, revision, up_to

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
OLDER = ["0002", "0003"]
BACK = """

def downgrade():
    op.drop_table("added")
    {more}
"""


@dataclass(frozen=True)
class Contents:
    """All that every version of the tables knows."""

    of_exams: list[tuple[Any, ...]]
    outbox: Any
    head: AuditHead


def contents(store: ExamStore) -> Contents:
    of_exams = [
        (
            each,
            store.images_of(each.number),
            store.readings_of(each.number),
            store.sign_offs_of(each.number),
            store.pathology_of(each.number),
            store.results_of(each.number),
            store.audit_of(each.number),
        )
        for each in store.search()
    ]
    return Contents(of_exams, store.outbox.listed(), store.head())


def fill(store: ExamStore, place: Place) -> None:
    """One exam signed, sent and known, one that is only read."""
    exam = signed_exam(store, place)
    store.add_pathology(exam, pathology(), WHO)
    store.outbox.put([store.results_of(exam)[-1].content], "pacs", WHO)
    read_exam(store, place, 2)


def fill_newer(store: ExamStore) -> None:
    """Rows that an older version does not know, of a room that fell silent long ago."""
    store.archive.begin("a" * 64, "x")
    store.archive.finish("a" * 64, store.readings_of(1)[0].number)
    RoomBoard(store.parts, lambda: LONG_AGO).tell("US 1", RoomFacts(1, RoomState.READING))


def back(place: Place, to: str, **given: Any) -> RolledBack:
    wanted = Wanted(to, WHO, **{"really": True, "backed_up": True, **given})
    return roll_back(place.url, place.folder, wanted, NOW)


@pytest.mark.parametrize("version", OLDER)
def test_up_back_and_up_again_keep_exams_readings_and_trail(
    place: Place, tmp_path: Path, version: str
) -> None:
    scripts = up_to(tmp_path, version)
    with opened_by(place, scripts) as older:
        fill(older, place)
        before = contents(older)
    with place.opened(backed_up=True) as store:
        assert contents(store) == before
        fill_newer(store)
    assert revision(place) == NEWEST
    done = back(place, version)
    assert done.found == NEWEST
    assert done.rows == {"room": 1, **({"archive_task": 1} if version == "0002" else {})}
    with opened_by(place, scripts) as older:  # which migrates nothing
        assert revision(place) == version
        after = contents(older)
        assert (after.of_exams, after.outbox) == (before.of_exams, before.outbox)
        assert older.head().count == before.head.count + 1
        assert older.check(before.head).complaints == ()
        read_exam(older, place, 3)
        then = contents(older)
    later = Clock(NOW)  # two copies of one version never have the same name
    with place.opened(backed_up=True, now=later) as store:
        assert contents(store) == then
        assert store.check(then.head).complaints == ()
    assert has_table(place, "archive_task")
    assert has_table(place, "room")


def test_that_a_store_went_back_is_in_its_trail(place: Place) -> None:
    with place.opened() as store:
        fill(store, place)
    back(place, "0002")
    with place.opened(backed_up=True) as store, store.parts.database.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT who, act, exam, detail FROM audit ORDER BY number DESC LIMIT 1"
        ).one()
    assert tuple(found) == (WHO, ROLLED_BACK, None, '{"from":"0004","to":"0002"}')


def test_without_really_it_is_said_what_would_go_and_nothing_is_changed(place: Place) -> None:
    with place.opened() as store:
        fill(store, place)
        fill_newer(store)
        before = contents(store)
    tried = back(place, "0002", really=False, backed_up=False)
    assert tried.rows == {"archive_task": 1, "room": 1}
    assert list(tried.steps) == ["0004", "0003"]
    assert "Readings stay" in tried.steps["0003"]
    assert (revision(place), has_table(place, "room")) == (NEWEST, True)
    assert not (place.folder / "before-migration").exists()
    with place.opened() as store:
        assert contents(store) == before


def test_a_sqlite_store_is_copied_before_it_goes_back(sqlite_place: Place) -> None:
    with sqlite_place.opened() as store:
        fill(store, sqlite_place)
        fill_newer(store)
    back(sqlite_place, "0003", backed_up=False)
    (copy,) = (sqlite_place.folder / "before-migration").iterdir()
    assert copy.name.startswith(f"{NEWEST}-")
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT name FROM room").fetchall() == [("US 1",)]
    connection.close()


def test_the_site_backs_up_postgresql_before_it_goes_back(place: Place) -> None:
    with place.opened() as store:
        fill(store, place)
        kind = store.parts.database.kind
    if kind == "postgresql":
        with pytest.raises(InstallationError, match=r"pg_dump.*--to 0003 --really --backed-up"):
            back(place, "0003", backed_up=False)
        assert revision(place) == NEWEST
    back(place, "0003", backed_up=kind == "postgresql")
    assert revision(place) == "0003"


def test_a_store_that_a_room_still_uses_stays_as_it_is(place: Place) -> None:
    """As heard by PostgreSQL's clock, where there is one, whatever this machine's says."""
    with place.opened(now=lambda: NOW - timedelta(seconds=5)) as store:
        fill(store, place)
        store.rooms.tell("US 1", RoomFacts(1, RoomState.READING))
        has_clock = store.parts.database.kind == "postgresql"
    here = NOW + timedelta(days=36500) if has_clock else NOW
    with pytest.raises(SettingsError, match=r"in use: .* US 1"):
        roll_back(place.url, place.folder, Wanted("0003", WHO, True, True), here)
    assert revision(place) == NEWEST


def test_a_room_that_has_just_ended_is_not_in_the_way(place: Place) -> None:
    with place.opened(now=lambda: NOW - timedelta(seconds=5)) as store:
        fill(store, place)
        store.rooms.tell("US 1", RoomFacts(1, RoomState.READING))
        store.rooms.tell("US 1", RoomFacts(1, RoomState.ENDED))
    assert back(place, "0003").rows == {"room": 1}


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("0001", "0002 has no way back to 0001. Restore the copy"),
        (NEWEST, "0003, 0002, 0001"),
        ("0005", "of 0004, and older than that are"),
        ("base", "Give one of them"),
        ("", "Give one of them"),
    ],
)
def test_where_there_is_no_way_back_it_is_said_what_to_do(place: Place, to: str, says: str) -> None:
    with place.opened() as store:
        fill(store, place)
    with pytest.raises(SettingsError, match=says):
        back(place, to)
    assert revision(place) == NEWEST


def test_where_there_is_no_store_none_is_made(place: Place) -> None:
    with pytest.raises(SettingsError, match="no exam store"):
        back(place, "0003")
    assert not place.folder.exists()


def test_a_store_of_a_newer_version_is_not_taken_back_by_an_older_senoscope(
    place: Place, tmp_path: Path
) -> None:
    opened_by(place, newer(tmp_path)).close()
    with pytest.raises(InstallationError, match="by the one that wrote it"):
        back(place, "0003")


def test_a_way_back_that_fails_changes_nothing(place: Place, tmp_path: Path) -> None:
    scripts = with_way_back(tmp_path, 'op.execute("INSERT INTO nowhere VALUES (1)")')
    with opened_by(place, scripts) as store:
        fill(store, place)
        before = contents(store)
    with pytest.raises(StorageError):
        roll_back(place.url, place.folder, Wanted("0004", WHO, True, True), NOW, scripts)
    assert (revision(place), has_table(place, "added")) == ("0005", True)
    with opened_by(place, scripts) as store:
        assert contents(store) == before


def with_way_back(folder: Path, more: str) -> Path:
    """The migrations, with one more that has a way back."""
    scripts = newer(folder)
    step = scripts / "versions" / "v0005_added.py"
    step.write_text(step.read_text() + BACK.format(more=more))
    return scripts


def test_below_the_last_way_back_the_copy_from_before_is_put_back(
    sqlite_place: Place, tmp_path: Path
) -> None:
    """As docs/upgrade.md says."""
    scripts = up_to(tmp_path, "0001")
    with opened_by(sqlite_place, scripts) as older:
        exam = signed_exam(older, sqlite_place)
        before = older.readings_of(exam), older.sign_offs_of(exam), older.results_of(exam)
        head = older.head()
    with sqlite_place.opened() as store:
        read_exam(store, sqlite_place, 2)
    (copy,) = (sqlite_place.folder / "before-migration").iterdir()
    aside = tmp_path / "aside"
    aside.mkdir()
    for each in sqlite_place.folder.glob("exams.sqlite*"):
        each.rename(aside / each.name)
    shutil.copy(copy, sqlite_place.folder / "exams.sqlite")
    with opened_by(sqlite_place, scripts) as older:
        assert (older.readings_of(exam), older.sign_offs_of(exam), older.results_of(exam)) == before
        assert older.verify(head) == ()
        assert len(older.search()) == 1
