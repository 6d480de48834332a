"""`senoscope simulate`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from senoscope.domain.errors import SettingsError
from senoscope.ui.commands.every_command import app


def test_exams_are_written_and_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    line = ["simulate", "mammograms", "--out", str(tmp_path / "new"), "--exams", "1"]
    told = CliRunner().invoke(app, [*line, "--first", "7"])
    assert told.exit_code == 0
    [exam] = (tmp_path / "new").iterdir()
    assert told.output == f"{exam.name}: no growth\n"
    assert len(list(exam.glob("*.dcm"))) == 4
    assert (exam / "growths.csv").read_text(encoding="utf-8").splitlines()[1:] == []
    again = CliRunner().invoke(app, [*line, "--first", "7"])
    assert again.output == f"{exam.name} is there already\n"


def test_cases_of_tomosynthesis_are_written_and_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "new"
    line = ["simulate", "tomosynthesis", "--out", str(out), "--first-seed", "32"]
    options = ["--dose", "low", "--views", "CC", "--compressed"]
    told = CliRunner().invoke(app, [*line, *options, "--cases", "1"])
    assert told.exit_code == 0
    truth = f"What is true of them is in {out / 'truth.csv'}\n"
    assert told.output == f"case00032 (1 of 1): malignant, spiculated mass\n{truth}"
    first = sorted(each.name for each in (out / "case00032").iterdir())
    assert first == ["CC-mammogram.dcm", "CC-tomosynthesis.dcm", "truth.csv"]
    made = []
    module = "senoscope.studies.wrapping.simulated_tomosynthesis"
    monkeypatch.setattr(f"{module}.write_simulated_case", lambda folder, asked: made.append(asked))
    again = CliRunner().invoke(app, [*line, *options, "--cases", "2"])
    assert [each.folder for each in made] == ["case00033"]
    assert made[0].is_compressed
    expected = "case00032 is there already\ncase00033 (2 of 2): normal, no growth\n"
    assert again.output == expected + truth


def test_breast_mri_is_written_whole_and_a_folder_that_is_full_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "new"
    line = ["simulate", "breast-mri", str(out), "--seed", "5", "--voxel-mm", "4", "--phases", "3"]
    told = CliRunner().invoke(app, [*line, "--layout", "enhanced", "--side", "L"])
    assert told.exit_code == 0
    assert told.output.startswith("exam00005 (1 of 1), simulated: ")
    names = {each.name for each in (out / "exam00005").iterdir()}
    assert {"dicom", "truth.json", "breast.npy", "fibroglandular.npy", "lesions.npy"} <= names
    assert list((out / "exam00005" / "dicom").glob("*.dcm"))
    assert [each.name for each in tmp_path.iterdir()] == ["new"]
    again = CliRunner().invoke(app, line)
    assert isinstance(again.exception, SettingsError)
    assert "not empty" in str(again.exception)


def test_a_stopped_simulation_of_breast_mri_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("senoscope.studies.wrapping.simulated_mri.written_mri", stopped)
    line = ["simulate", "breast-mri", str(tmp_path / "new"), "--voxel-mm", "4", "--phases", "2"]
    assert CliRunner().invoke(app, line).exit_code == 130
    assert list(tmp_path.iterdir()) == []
