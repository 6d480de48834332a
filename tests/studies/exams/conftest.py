"""Every test of the store runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.studies.exams.exam_store import ExamStore
from tests.studies.exams.exam_builders import Place
from tests.studies.exams.postgresql_server import Server, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    return Place(f"sqlite:///{tmp_path / 'store' / 'exams.sqlite'}", tmp_path / "store", tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, sqlite_place: Place) -> Place:
    if request.param == "sqlite":
        return sqlite_place
    url = request.getfixturevalue("server").emptied()
    return Place(url, sqlite_place.folder, sqlite_place.beside)


@pytest.fixture
def store(place: Place) -> Iterator[ExamStore]:
    with place.opened() as opened:
        yield opened
