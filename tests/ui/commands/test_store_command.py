"""`senoscope store`: what an operator is told, and what only happens when it is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import SettingsError
from senoscope.ui.commands import store_command
from senoscope.ui.commands.store_command import store, store_folder, store_place
from tests.studies.exams.exam_builders import NAME, Clock, Place, signed_exam


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A store with two signed exams, where the commands look for it."""
    folder = tmp_path / "exams"
    made = Place(f"sqlite:///{folder / 'exams.sqlite'}", folder, tmp_path)
    with made.opened(now=Clock(datetime(2020, 1, 1, tzinfo=UTC))) as opened:
        signed_exam(opened, made)
        signed_exam(opened, made, 2)
    return made


@pytest.fixture(autouse=True)
def usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_command, "store_folder", lambda: tmp_path / "exams")


def run(*words: str) -> Result:
    return CliRunner().invoke(store, words)


def complaint(*words: str) -> str:
    error = run(*words).exception
    assert isinstance(error, SettingsError)
    return str(error)


def test_the_usual_place_is_below_the_users_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert store_folder().name == "exams"
    url, folder = store_place(None, tmp_path / "other")
    assert (url, folder) == (f"sqlite:///{tmp_path}/other/exams.sqlite", tmp_path / "other")
    assert store_place("postgresql:///x", tmp_path)[0] == "postgresql:///x"


def test_check_says_that_all_holds_and_the_head_to_write_down(place: Place) -> None:
    result = run("check")
    assert result.exit_code == 0
    with place.opened() as opened:
        head = str(opened.head())
    assert head in result.output
    assert "2 exams, 6 files" in result.output
    assert run("check", "--quick", "--head", head).exit_code == 0


def test_check_names_what_is_wrong_and_fails(place: Place) -> None:
    head = run("check").output.split("down: ")[1].splitlines()[0]
    place.change("UPDATE audit SET who = 'x' WHERE number = 3")
    result = run("check", "--quick", "--head", head)
    assert result.exit_code == 1
    assert "WRONG audit row 3 was altered" in result.output


def test_a_patient_goes_only_when_it_is_meant(place: Place) -> None:
    assert "would go: 1" in run("delete-patient", "P1").output
    with place.opened() as opened:
        assert len(opened.search()) == 2
    assert "deleted: 1" in run("delete-patient", "P1", "--really").output
    with place.opened() as opened:
        assert [each.patient_id for each in opened.search()] == ["P2"]
    assert "deleted: none" in run("delete-patient", "P1", "--really").output


def test_old_exams_go_only_when_it_is_meant(place: Place) -> None:
    assert "would go: none" in run("retain", "--older-than", "100000").output
    # By a number below zero every exam would be old.
    assert run("retain", "--older-than", "-365", "--really").exit_code == 2
    assert "would go: 1, 2" in run("retain", "--older-than", "365").output
    with place.opened() as opened:
        assert len(opened.search()) == 2
    assert "deleted: 1, 2" in run("retain", "--older-than", "365", "--really").output
    with place.opened() as opened:
        assert opened.search() == ()


def test_a_backup_comes_back(place: Place, tmp_path: Path) -> None:
    file = str(tmp_path / "backup.zip")
    assert "6 files" in run("backup", file).output
    assert "empty place" in complaint("restore", file)
    new = str(tmp_path / "new")
    assert "6 files" in run("restore", file, "--folder", new).output
    assert run("check", "--folder", new).exit_code == 0


def test_the_tables_go_back_only_when_it_is_meant(place: Place) -> None:
    told = run("rollback", "--to", "0002").output
    assert "0004: Rooms tell of themselves again" in told
    assert "would go: archive_task (0 rows), room (0 rows)" in told
    assert "Add --really" in told
    assert "version 0004 to 0002" in run("rollback", "--to", "0002", "--really").output
    assert "no way back to 0001" in complaint("rollback", "--to", "0001", "--really")
    assert run("check").exit_code == 0  # which brings it up again
    assert "older than that are: 0003" in complaint("rollback", "--to", "0004")


def test_the_work_list_is_searched(place: Place) -> None:
    assert NAME in run("search", "müller p2").output
    assert run("search", "p2", "--state", "signed", "--modality", "US").output.startswith("2\t")
    assert run("search", "nobody").output == ""
    assert "expected one of received, read, signed" in complaint("search", "--state", "lost")


def test_a_command_makes_no_store(tmp_path: Path) -> None:
    assert "no exam store" in complaint("check")
    assert not (tmp_path / "exams").exists()
