"""`senoscope simulate`."""

from pathlib import Path

from typer.testing import CliRunner

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
