"""What does not hold together is said; what nobody names is swept."""

from __future__ import annotations

import os

import pytest

from senoscope.studies.exams.exam_store import ExamStore
from tests.studies.exams.exam_builders import WHO, Place, kept_files, pathology, signed_exam


def test_a_store_that_holds_says_so(store: ExamStore, place: Place) -> None:
    signed_exam(store, place)
    checked = store.check()
    assert (checked.complaints, checked.exams, checked.files, checked.swept) == ((), 1, 3, 0)
    assert checked.head == store.head()


def test_a_file_that_no_row_names_is_swept(store: ExamStore, place: Place) -> None:
    signed_exam(store, place)
    before = kept_files(place)
    store.parts.files.place(store.parts.files.arrive(b"left by a program that stopped"))
    assert len(kept_files(place)) == len(before) + 1
    assert store.check().swept == 1
    assert kept_files(place) == before


def test_a_partial_file_is_swept_once_nobody_writes_to_it(store: ExamStore, place: Place) -> None:
    new, old = (store.parts.files.arrive(each).partial for each in (b"new", b"old"))
    os.utime(old, (0, 0))
    assert store.check().swept == 1
    assert (new.exists(), old.exists()) == (True, False)


@pytest.mark.parametrize("read_files", [True, False])
def test_a_missing_and_a_damaged_file_are_named(
    store: ExamStore, place: Place, read_files: bool
) -> None:
    signed_exam(store, place)
    gone, damaged, _ = kept_files(place)
    gone.unlink()
    damaged.write_bytes(damaged.read_bytes() + b".")
    complaints = store.check(read_files=read_files).complaints
    assert len(complaints) == 2
    assert {gone.name[:12], damaged.name[:12]} == {each.split()[1] for each in complaints}


def test_a_damaged_file_of_the_same_size_is_found_by_reading(
    store: ExamStore, place: Place
) -> None:
    signed_exam(store, place)
    damaged = kept_files(place)[0]
    damaged.write_bytes(bytes(damaged.stat().st_size))
    assert store.check(read_files=False).complaints == ()
    assert store.check().complaints == (f"file {damaged.name[:12]} holds something else",)


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("UPDATE reading SET engine = 'another'", "reading 1 is not what was kept"),
        ("UPDATE reading SET reading = '{}'", "reading 1 is not what was kept"),
        ("UPDATE sign_off SET signed = '{}'", "sign_off 1 is not what was kept"),
        ("UPDATE sign_off SET who = 'another'", "sign_off 1 is not what was kept"),
        ("UPDATE pathology SET outcome = 'benign'", "pathology 1 is not what was kept"),
        ("UPDATE pathology SET laterality = 'R'", "pathology 1 is not what was kept"),
        ("UPDATE pathology SET found_on = '2026-10-04'", "pathology 1 is not what was kept"),
        ("DELETE FROM pathology", "pathology 1 is gone"),
        ("UPDATE result SET kind = 'x' WHERE number = 2", "result 2 is not what was kept"),
        ("DELETE FROM result WHERE number = 2", "result 2 is gone"),
    ],
)
def test_a_row_that_is_not_what_was_done_is_found(
    place: Place, statement: str, complaint: str
) -> None:
    with place.opened() as store:
        store.add_pathology(signed_exam(store, place), pathology(), WHO)
    place.change(statement)
    with place.opened() as store:
        assert store.verify() == ()
        assert complaint in store.check().complaints


def test_an_exam_that_went_or_came_by_another_way_is_found(place: Place) -> None:
    with place.opened() as store:
        signed_exam(store, place)
        place.change(
            *(f"DELETE FROM {each}" for each in ("result", "sign_off", "reading", "instance")),
            "DELETE FROM series",
            "UPDATE exam SET number = 9",
        )
        complaints = store.check().complaints
    assert "exam 9 is in no audit row" in complaints
    assert "exam 1 is gone, and no audit row says that it was deleted" in complaints


def test_a_missing_trigger_is_said(place: Place) -> None:
    with place.opened() as store:
        place.change()
        assert store.check().complaints == (
            "a trigger that keeps audit rows as they are is missing",
        )
