"""`senoscope proof replay` and `proof study`: from a table of scores to the study's files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from senoscope.studies.proof.reader_log import read_log_csv
from senoscope.ui.commands.every_command import app


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """260 exams, two readers and a network."""
    random = np.random.default_rng(1)
    lines = ["case_ID,side,label,Reader01_POM,Reader02_POM,AI_net_POM"]
    for case in range(260):
        for side in "LR":
            cancer = random.random() < 0.1
            chances = 1 / (1 + np.exp(-random.normal(-2 + 2 * cancer, 1, 3)))
            lines.append(f"{case},{side},{int(cancer)}," + ",".join(f"{c:.3f}" for c in chances))
    path = tmp_path / "scores.csv"
    path.write_text("\n".join(lines))
    return path


def invoke(*words: str) -> str:
    done = CliRunner().invoke(app, ["proof", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_table_becomes_a_log_and_the_log_a_study(scores: Path, tmp_path: Path) -> None:
    log, report, tables = tmp_path / "log.csv", tmp_path / "study.json", tmp_path / "tables"
    told = invoke(
        "replay", "--scores", str(scores), "--out", str(log), "--with-ai", "net", "--shift", "0.5"
    )
    assert "SIMULATED" in told
    assert "CALCULATED" in told
    assert len(read_log_csv(log)) == 520 * (1 + 2 * 2 + 1)
    told = invoke(
        "study", "--log", str(log), "--report", str(report), "--csv", str(tables),
        "--reference", "200",
    )  # fmt: skip
    assert "mean of 2 readers" in told
    assert "260 exams and 260 patients" in told
    kept = json.loads(report.read_text())
    assert kept["simulated"] is True
    assert kept["study"]["counted"]["cases"] == 520
    assert kept["joined"]["n"] == 520
    names = {path.name for path in tables.iterdir()}
    assert {"figures.csv", "columns.csv", "drift.csv", "roc.svg", "reliability_1.svg"} <= names
    assert (tables / "roc.svg").read_text().startswith("<svg")


def test_a_log_that_is_there_stays(scores: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("kept")
    done = CliRunner().invoke(app, ["proof", "replay", "--scores", str(scores), "--out", str(log)])
    assert done.exit_code != 0
    assert log.read_text() == "kept"


def test_joining_can_be_left_out(scores: Path, tmp_path: Path) -> None:
    log, report = tmp_path / "log.csv", tmp_path / "study.json"
    invoke("replay", "--scores", str(scores), "--out", str(log))
    invoke("study", "--log", str(log), "--report", str(report), "--no-joined")
    assert json.loads(report.read_text())["joined"] is None
