"""`senoscope evaluate mammography-cade` on two simulated women, whose seeds no figure rests on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.ui.commands.every_command import app
from senoscope.ui.commands.mammography_cade_command import FITTED_BELOW


def evaluate(report: Path, *more: str) -> Result:
    return CliRunner().invoke(
        app, ["evaluate", "mammography-cade", "--report", str(report), "--exams", "2", *more]
    )


def test_the_report_holds_figures_baselines_and_what_they_rest_on(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    result = evaluate(path, "--first", str(FITTED_BELOW), "--pictures", str(tmp_path / "drawn"))
    assert result.exit_code == 0, result.output
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["about"]["seeds"] == [5000, 5001]
    assert (report["about"]["anatomies"], report["about"]["images"]) == (2, 8)
    assert "simulated" in report["about"]["data"]
    figures = report["figures"]
    # A growth in one breast of each woman, seen in two views.
    assert figures["mass_at_2"]["n"] == figures["baseline_mass_at_2"]["n"] == 4
    assert figures["either_view_mass_at_2"]["n"] == 2
    assert figures["calcifications_at_1"]["value"] > 0
    drawn = {each.name for each in (tmp_path / "drawn").iterdir()}
    assert drawn == {"froc.svg", "froc-baseline.svg"}


@pytest.mark.parametrize("given", [("--first", "17"), ("--exams", "1")])
def test_seeds_that_were_fitted_on_are_refused(tmp_path: Path, given: tuple[str, str]) -> None:
    result = evaluate(tmp_path / "report.json", *given)
    assert result.exit_code == 2
    assert not (tmp_path / "report.json").exists()
