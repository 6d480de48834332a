"""`senoscope evaluate mammogram-words` on two simulated women, whose seeds no figure rests on."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from senoscope.ui.commands.every_command import app


def test_each_word_has_its_figure_beside_its_baseline(tmp_path: Path) -> None:
    report = tmp_path / "words.json"
    options = ["--report", str(report), "--first", "9200", "--exams", "2"]
    result = CliRunner().invoke(app, ["evaluate", "mammogram-words", *options])
    assert result.exit_code == 0, result.output
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["about"]["seeds"] == [9200, 9201]
    assert "simulated" in told["about"]["data"]
    assert set(told["figures"]) == {
        "shape",
        "mammographic_margin",
        "mass_density",
        "calcification_morphology",
        "calcification_distribution",
    }
    for name, figure in told["figures"].items():
        assert figure["right"]["n"] == 4, name
        assert figure["baseline"]["n"] == 4
        said = sum(each["n"] for each in figure["confusion"])
        assert said + figure["not_assessed"] == 4
        assert f"{figure['right']['value']:.3f}" in result.output


def test_seeds_that_were_fitted_on_are_refused(tmp_path: Path) -> None:
    options = ["--report", str(tmp_path / "x.json"), "--first", "100", "--exams", "2"]
    assert CliRunner().invoke(app, ["evaluate", "mammogram-words", *options]).exit_code == 2
