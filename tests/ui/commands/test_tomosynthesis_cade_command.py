"""`senoscope evaluate tomosynthesis-cade` on two simulated women that no figure rests on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.ui.commands.mammography_cade_command import FITTED_BELOW
from senoscope.ui.commands.tomosynthesis_cade_command import (
    evaluate_tomosynthesis_cade,
    train_tomosynthesis_cade_command,
)

app = typer.Typer()
app.command("evaluate")(evaluate_tomosynthesis_cade)
app.command("train")(train_tomosynthesis_cade_command)


def evaluate(folder: Path, *more: str) -> Result:
    given = ["--report", str(folder / "report.json"), "--work", str(folder / "rows.jsonl")]
    return CliRunner().invoke(app, ["evaluate", *given, "--breasts", "2", *more])


def test_the_report_holds_both_their_difference_and_what_they_rest_on(tmp_path: Path) -> None:
    more = "--first", str(FITTED_BELOW + 2), "--pictures", str(tmp_path / "drawn")
    result = evaluate(tmp_path, *more)
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["about"]["seeds"] == [5002, 5003]
    assert (report["about"]["anatomies"], report["about"]["views"]) == (2, 2)
    assert "simulated" in report["about"]["data"]
    figures = report["sensitivity"]
    # The second woman, 5003, has no growth.
    for reader in ("tomosynthesis", "mammogram", "baseline"):
        assert figures[f"{reader}_mass_at_1"]["n"] == 1
    assert figures["gain_mass_at_1"]["patients"] == 2
    assert figures["tomosynthesis_calcifications_at_1"]["value"] == 1
    assert report["depth_at_1"]["calcifications"]["median_mm"]["value"] < 2
    assert {each.name for each in (tmp_path / "drawn").iterdir()} == {
        f"froc-{kind}.svg" for kind in MarkKind
    }
    again = evaluate(tmp_path, *more)
    assert "CPU-seconds" in result.output
    assert "CPU-seconds" not in again.output


@pytest.mark.parametrize("given", [("--first", "17"), ("--breasts", "1")])
def test_seeds_that_were_fitted_on_are_refused(tmp_path: Path, given: tuple[str, str]) -> None:
    result = evaluate(tmp_path, *given)
    assert result.exit_code == 2
    assert not (tmp_path / "report.json").exists()


def test_too_few_breasts_to_fit_on_are_refused(tmp_path: Path) -> None:
    given = ["train", "--work", str(tmp_path), "--breasts", "2"]
    assert CliRunner().invoke(app, given).exit_code == 2
