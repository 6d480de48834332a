"""`senoscope rooms`: a line a room, or JSON, and nothing of patients."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import SettingsError
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import RoomState
from senoscope.ui.commands.every_command import app
from senoscope.ui.commands.store_command import store_place
from senoscope.ui.settings import Settings, save_settings, settings_file
from tests.ui.rooms.told_rooms import READS


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("config", "data"):
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(tmp_path / kind))


@pytest.fixture
def told() -> None:
    with ExamStore.open(*store_place()) as store:
        store.rooms.tell("Room 2", replace(READS, simulated=True, every_s=3600))
        store.rooms.tell("Room 10", replace(READS, state=RoomState.ENDED, exam_s=None))


def rooms(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rooms", *arguments])


@pytest.mark.usefixtures("told")
def test_each_room_is_a_line_of_its_own() -> None:
    first, second = rooms().stdout.splitlines()
    said = first.split("\t")
    assert said[:5] == ["Room 2", "Reading, simulated", "59.8 fps", "OpenVINO int8", "12 falls"]
    assert said[5].startswith("exam open since 20")
    assert said[6].startswith("heard ")
    assert said[7:] == ["us-pc-1 no. 471100"]
    assert second.split("\t")[:2] == ["Room 10", "Ended"]
    assert "no exam" in second


@pytest.mark.usefixtures("told")
def test_programs_are_told_the_same_as_the_page() -> None:
    found = json.loads(rooms("--json").stdout)
    assert [(each["name"], each["state"]) for each in found] == [
        ("Room 2", "reading"),
        ("Room 10", "ended"),
    ]
    assert found[0]["models"] == ["unet-realtime 0.3.2", "googlenet 0.3.1"]


def test_a_name_given_twice_is_said() -> None:
    with ExamStore.open(*store_place()) as store:
        for instance in (1, 2, 1):
            store.rooms.tell("Room 2", replace(READS, instance=instance, every_s=3600))
    assert [each.split("\t")[-1] for each in rooms().stdout.splitlines()] == [
        *("NAME GIVEN TWICE", "NAME GIVEN TWICE")
    ]


@pytest.mark.usefixtures("told")
def test_a_room_that_is_gone_is_taken_off() -> None:
    assert rooms("--forget", "Room 10").stdout.startswith("Room 2\t")
    refused = rooms("--forget", "Room 2")
    assert isinstance(refused.exception, SettingsError)
    assert "heard from now" in str(refused.exception)


def test_an_empty_board_says_how_a_room_comes_there() -> None:
    ExamStore.open(*store_place()).close()
    found = rooms()
    assert (found.stdout, found.exit_code) == ("", 0)
    assert "senoscope live --room" in found.stderr


def test_the_store_s_folder_may_be_set_for_a_site(tmp_path: Path) -> None:
    save_settings(Settings(store_folder=str(tmp_path / "srv")), settings_file())
    assert store_place() == (f"sqlite:///{tmp_path / 'srv' / 'exams.sqlite'}", tmp_path / "srv")
    assert store_place(folder=tmp_path / "other")[1] == tmp_path / "other"
