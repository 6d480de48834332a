"""Who did what stays as it was written, and what was changed is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from hashlib import sha256
from threading import Thread

import pytest
from sqlalchemy import text

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams.audit_trail import AuditHead
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.tables import json_text, moment_text
from tests.studies.exams.exam_builders import NAME, WHO, Place, signed_exam

ACTS = ["study kept", "reading kept", "result kept", "signed", "result kept"]


def test_each_act_has_its_row(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    store.note("opened", "admin", exam, {"page": 1})
    rows = store.audit_of(exam)
    assert [each.act for each in rows] == [*ACTS, "opened"]
    assert {each.exam for each in rows} == {exam}
    assert [each.who for each in rows] == [WHO] * 5 + ["admin"]
    assert store.verify() == ()
    assert store.head() == AuditHead(6, rows[-1].hash)
    assert NAME not in repr(rows)
    assert "P1" not in repr(rows)


def test_the_head_is_read_as_it_is_written(store: ExamStore, place: Place) -> None:
    signed_exam(store, place)
    assert AuditHead.parse(str(store.head())) == store.head()
    with pytest.raises(SettingsError, match="COUNT:HASH"):
        AuditHead.parse("5")


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_a_row(
    store: ExamStore, place: Place, statement: str
) -> None:
    signed_exam(store, place)
    with pytest.raises(StorageError), store.parts.database.writing() as connection:
        connection.execute(text(statement))
    assert store.verify() == ()


def _swap(place: Place) -> None:
    place.change(
        "UPDATE audit SET number = -1 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = -1",
    )


def _cut(place: Place) -> None:
    place.change("DELETE FROM audit WHERE number = 5")


def _cut_with_its_head(place: Place) -> None:
    place.change(
        "DELETE FROM audit WHERE number = 5",
        "UPDATE audit_head SET count = 4, hash = (SELECT hash FROM audit WHERE number = 4)",
    )


def _changed(statement: str) -> Callable[[Place], None]:
    return lambda place: place.change(statement)


ALTERED = [
    "UPDATE audit SET who = 'another' WHERE number = 3",
    "UPDATE audit SET act = 'opened' WHERE number = 3",
    "UPDATE audit SET exam = 2 WHERE number = 3",
    "UPDATE audit SET exam = NULL WHERE number = 3",
    "UPDATE audit SET at = '2026-01-01T00:00:00.000000+00:00' WHERE number = 3",
    "UPDATE audit SET at = 'never' WHERE number = 3",
    "UPDATE audit SET detail = 'no JSON' WHERE number = 3",
    "UPDATE audit SET hash = previous WHERE number = 5",
]
MOVED = [
    "DELETE FROM audit WHERE number = 1",
    "DELETE FROM audit WHERE number = 3",
    "DELETE FROM audit",
    "INSERT INTO audit SELECT 6, at, who, act, exam, detail, previous, hash FROM audit"
    " WHERE number = 5",
    "UPDATE audit_head SET count = 4",
]


@pytest.mark.parametrize("statement", [*ALTERED, *MOVED])
def test_what_was_altered_removed_or_put_in_is_found(place: Place, statement: str) -> None:
    with place.opened() as store:
        signed_exam(store, place)
        _changed(statement)(place)
        assert store.verify()
        assert store.check().complaints


@pytest.mark.parametrize("change", [_swap, _cut])
def test_another_order_and_a_cut_tail_are_found(
    place: Place, change: Callable[[Place], None]
) -> None:
    with place.opened() as store:
        signed_exam(store, place)
        change(place)
        assert store.verify()


def test_an_altered_row_is_named(place: Place) -> None:
    with place.opened() as store:
        signed_exam(store, place)
        place.change(ALTERED[0])
        assert store.verify() == ("audit row 3 was altered",)


def test_an_altered_row_with_its_hash_made_anew_is_found(place: Place) -> None:
    with place.opened() as store:
        row = store.audit_of(signed_exam(store, place))[2]
        content = [3, moment_text(row.at), "x", row.act, row.exam, json_text(row.detail)]
        anew = sha256(json_text([*content, row.previous]).encode()).hexdigest()
        place.change(f"UPDATE audit SET who = 'x', hash = '{anew}' WHERE number = 3")
        assert store.verify() == ("audit row 4 does not follow the one before it",)


def test_a_removed_row_is_named(place: Place) -> None:
    with place.opened() as store:
        signed_exam(store, place)
        place.change("DELETE FROM audit WHERE number = 3")
        assert "audit row 3 is missing" in store.verify()[0]


def test_a_tail_cut_with_its_head_is_found_by_what_was_written_down(place: Place) -> None:
    with place.opened() as store:
        signed_exam(store, place)
        written_down = store.head()
        _cut_with_its_head(place)
        assert store.verify() == ()
        assert store.verify(written_down) == (
            "the audit trail ends at row 4; row 5 was written down",
        )
        store.note("opened", WHO)
        assert store.verify() == ()
        assert store.verify(written_down) == (
            "audit row 5 is not the one whose hash was written down",
        )


def test_a_head_of_earlier_stays_true(store: ExamStore, place: Place) -> None:
    signed_exam(store, place)
    written_down = store.head()
    signed_exam(store, place, 2)
    assert store.verify(written_down) == ()


def test_a_trail_that_is_written_to_meanwhile_holds(store: ExamStore) -> None:
    writer = Thread(target=lambda: [store.note("opened", WHO) for _ in range(100)])
    writer.start()
    found = []
    while writer.is_alive():
        found += store.verify()
    writer.join()
    assert found == []
    assert store.head().count == 100


def test_a_trail_without_its_head_is_an_error(place: Place) -> None:
    with place.opened() as store:
        place.change("DELETE FROM audit_head")
        with pytest.raises(StorageError, match="0 heads"):
            store.verify()


def test_a_row_changed_by_plain_sqlite_is_found(sqlite_place: Place) -> None:
    with sqlite_place.opened() as store:
        signed_exam(store, sqlite_place)
    with sqlite3.connect(sqlite_place.folder / "exams.sqlite") as connection:
        with pytest.raises(sqlite3.IntegrityError, match="stay as they are"):
            connection.execute("UPDATE audit SET who = 'nobody' WHERE number = 4")
        connection.execute("DROP TRIGGER audit_UPDATE")
        connection.execute("UPDATE audit SET who = 'nobody' WHERE number = 4")
    connection.close()
    with sqlite_place.opened() as store:
        assert store.verify() == ("audit row 4 was altered",)
        assert store.check().complaints == (
            "audit row 4 was altered",
            "a trigger that keeps audit rows as they are is missing",
        )
