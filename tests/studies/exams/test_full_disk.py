"""A disk that is full leaves nothing half-kept, and the store works on when there is space."""

from __future__ import annotations

import contextlib
import os
import resource
import stat
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from senoscope.domain.errors import StorageError
from senoscope.studies.exams.exam_store import ExamStore
from tests.studies.exams.exam_builders import (
    SIGNED,
    WHO,
    Place,
    facts,
    file,
    kept_files,
    read_exam,
    result,
)


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system itself refuses to write on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_does_not_fit_leaves_nothing(store: ExamStore, place: Place) -> None:
    given = [file(place, 1), file(place, 2, bytes(3 * 2**20), instance_uid="1.2.1.7.2")]
    with files_of_at_most(2 * 2**20), pytest.raises(StorageError, match="Free space"):
        store.keep_study(facts(), given, WHO)
    assert (store.search(), kept_files(place), store.head().count) == ((), [], 0)
    assert store.keep_study(facts(), given, WHO).added == 2
    assert store.check().complaints == ()


def test_a_file_that_does_not_reach_the_disk_leaves_nothing(
    store: ExamStore, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int) -> None:
        if stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space left"):
            store.keep_study(facts(), [file(place)], WHO)
    assert (store.search(), kept_files(place), store.head().count) == ((), [], 0)


def test_a_database_that_does_not_fit_leaves_nothing(sqlite_place: Place) -> None:
    with sqlite_place.opened() as store:
        exam, reading = read_exam(store, sqlite_place)
        before, head = kept_files(sqlite_place), store.head()
        engine = store.parts.database._engine

        def fill(connection: Any, _record: Any, _proxy: Any) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

        event.listen(engine, "checkout", fill)
        with pytest.raises(StorageError, match="full"):
            store.sign(reading, {"text": "x" * 100_000}, [result(2)], WHO)
        event.remove(engine, "checkout", fill)
        engine.dispose()
        assert (kept_files(sqlite_place), store.head()) == (before, head)
        assert store.sign_offs_of(exam) == ()
        store.sign(reading, SIGNED, [result(2)], WHO)
        assert store.check().complaints == ()
