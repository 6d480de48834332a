from __future__ import annotations

import json
from pathlib import Path

import pytest

from senoscope.domain.risk import PatientFacts
from senoscope.models.evaluation.risk import risk_figures
from senoscope.models.evaluation.risk.cohort_table import read_cohort
from senoscope.models.risk.fusion import fused_risk, load_fusion
from tests.ui.commands.test_command_line import run

SIMULATE = ("simulate", "risk-cohort")


def test_a_cohort_is_simulated_fitted_and_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(risk_figures, "RESAMPLES", 50)
    monkeypatch.setattr(risk_figures, "SLOPE_RESAMPLES", 10)
    folder, model, report = tmp_path / "cohort", tmp_path / "own.json", tmp_path / "report.json"
    asked = ("--women", "900", "--seed", "3", "--cancers", "0.25")
    assert run(monkeypatch, *SIMULATE, str(folder), *asked) == 0
    assert "simulated" in capfd.readouterr().out
    assert len(read_cohort(folder)) == 900
    assert run(monkeypatch, "train", "risk", str(folder), "--model", str(model)) == 0
    fusion = load_fusion(model)
    assert fusion.is_simulated and "simulated" in fusion.trained_on
    assert "bcrat" in fusion.model.names
    assert fused_risk(PatientFacts(age=50.0), {}, 1.0, fusion).probability > 0
    assert run(monkeypatch, "evaluate", "risk", str(folder), "--report", str(report)) == 0
    told = json.loads(report.read_text())
    assert told["about"]["simulated"]["seed"] == 3
    assert told["about"]["rows"] == 900
    assert {"hybrid", "image", "traditional", "fusion", "BCRAT"} <= set(told["auc"])
    assert "hybrid - image" in told["differences_of_auc"]
    assert len(told["known_log_odds_ratios"]) == 19
    assert "Known log odds ratios inside" in capfd.readouterr().out


def test_a_cohort_with_mammograms_names_them_and_does_not_tell_what_they_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cohort"
    asked = ("--women", "20", "--images", "1", "--cancers", "0.5")
    assert run(monkeypatch, *SIMULATE, str(folder), *asked) == 0
    first, second = read_cohort(folder)[:2]
    assert first.image == folder / "w000001.png" and first.texture_sd is None
    assert second.image is None and second.texture_sd is not None


def test_what_is_said_of_a_simulated_cohort_must_be_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "cohort"
    assert run(monkeypatch, *SIMULATE, str(folder), "--women", "60", "--cancers", "0.4") == 0
    (folder / "effects.json").write_text("{}")
    status = run(monkeypatch, "train", "risk", str(folder), "--model", str(tmp_path / "m.json"))
    assert status == 2
    assert "effects.json" in capfd.readouterr().err
    assert not (tmp_path / "m.json").exists()
