"""`senoscope study deidentify`, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.ui.commands import deidentify_command
from tests.studies.study_builders import folder_of, image, ultrasound

app = typer.Typer()
app.command()(deidentify_command.deidentify)


def run(tmp_path: Path, *options: str) -> Result:
    key = tmp_path / "key"
    given = [str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--key", str(key), *options]
    return CliRunner().invoke(app, given)


def test_a_copy_is_written_with_a_key_and_a_report(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", ultrasound(), image(2, SOPClassUID="1.2.3.4.5"))
    done = run(tmp_path, "--report", str(tmp_path / "report.json"), "--no-dates")
    assert done.exit_code == 0
    assert "Written: 1 files, 1 patients." in done.output
    assert "1 file left out (number 2)" in done.output and "DOE" not in done.output
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 1
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["modified_dates"] is False and report["patient_characteristics"] is True


def test_nothing_written_is_a_failure(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", image(SOPClassUID="1.2.3.4.5"))
    assert run(tmp_path).exit_code == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "key"]


def test_a_full_folder_is_refused_by_name_of_no_file(tmp_path: Path) -> None:
    folder_of(tmp_path / "in", ultrasound())
    folder_of(tmp_path / "out", ultrasound())
    done = run(tmp_path)
    assert isinstance(done.exception, StorageError)
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["a"]


def test_a_folder_within_what_is_read_is_refused(tmp_path: Path) -> None:
    source = folder_of(tmp_path / "in", ultrasound())
    done = CliRunner().invoke(app, [str(source), "--out", str(source / "copy")])
    assert isinstance(done.exception, SettingsError)
    assert sorted(each.name for each in source.iterdir()) == ["a"]


def test_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path / "in", ultrasound(1), ultrasound(2))

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deidentify_command, "_say", stop)
    done = run(tmp_path)
    assert done.exit_code == 130 and "nothing was written" in done.output
    assert sorted(each.name for each in tmp_path.iterdir()) == ["in", "key"]


def test_the_usual_key_is_kept_with_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder_of(tmp_path / "in", ultrasound())
    given = [str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(app, given).exit_code == 0
    assert (tmp_path / "config" / "senoscope" / "pseudonyms.key").is_file()
