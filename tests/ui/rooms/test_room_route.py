"""The page of rooms and its question: for every role, for no stranger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from senoscope.ui.access.roles import Role
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.rooms.room_desk import RoomDesk
from tests.fakes import FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.logged_in import accounts, log_in
from tests.ui.opened import Asked
from tests.ui.rooms.told_rooms import READS, store_at


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    known = accounts()
    with store_at(tmp_path) as store:
        store.rooms.tell("Room 1", READS)
        actions = replace(Asked().actions, rooms=RoomDesk(store.rooms))
        settings = PageSettings(tmp_path, OPERATING_POINT, accounts=lambda: known)
        app = build_app(FakeLiveLoop([], status()), actions, settings)
        with TestClient(app, "http://localhost", follow_redirects=False) as opened:
            yield opened


@pytest.mark.parametrize("role", Role)
def test_every_role_may_look(client: TestClient, role: Role) -> None:
    log_in(client, role)
    answer = client.get("/room/all")
    assert answer.headers["cache-control"] == "no-store"
    assert [each["name"] for each in answer.json()["rooms"]] == ["Room 1"]
    assert client.get("/rooms").headers["location"] == "/rooms/"
    assert client.get("/rooms/").status_code == 200


def test_a_stranger_may_not(client: TestClient) -> None:
    assert client.get("/room/all").status_code == 401
    assert client.get("/rooms/").status_code == 401


def test_nothing_of_a_patient_is_asked_or_told(client: TestClient) -> None:
    log_in(client, Role.READER)
    shown = client.get("/room/all").json()
    assert set(shown) == {"rooms", "looked_ago_s", "trouble", "own"}
    assert set(shown["rooms"][0]) == {
        *("name", "instance", "machine", "version", "models", "engine", "state", "simulated"),
        *("fps", "captured", "read", "engine_falls", "exam_since", "started_at", "heard_at"),
        *("heard_ago_s", "twins"),
    }
