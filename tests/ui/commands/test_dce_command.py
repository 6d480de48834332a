"""`senoscope evaluate dce` on made tables in OSIPI's layout."""

import json

import typer
from typer.testing import CliRunner

from senoscope.domain.errors import DataSetError
from senoscope.ui.commands.dce_command import evaluate_dce
from tests.models.evaluation.breast_mri.test_dce_reference import write_extended, write_patlak

app = typer.Typer()
app.command()(evaluate_dce)


def run(data, model, report):
    line = ["--data", str(data), "--model", model, "--report", str(report)]
    return CliRunner().invoke(app, line)


def test_a_report_has_a_key_for_each_parameter_and_a_table_is_said(tmp_path):
    data = write_extended(tmp_path / "e.csv", 0.002)
    done = run(data, "extended-tofts", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert list(told) == ["Ktrans", "ve", "vp", "about"]
    for name, absolute in (("Ktrans", 0.005), ("ve", 0.05), ("vp", 0.025)):
        assert told[name]["n"] == told[name]["within_tolerance"] == 4
        assert 0 < told[name]["max_abs_error"] <= absolute
        assert told[name]["tolerance_absolute"] == absolute
    assert told["about"]["delay"].startswith("0 s") and told["about"]["rows"] == 4
    assert "0.005 + 0.1 x 1/min" in done.output and "Delay of the artery" in done.output


def test_patlak_is_told_by_the_names_of_its_table(tmp_path):
    data = write_patlak(tmp_path / "p.csv", 0)
    done = run(data, "patlak", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert told["ps"]["within_tolerance"] == told["vp"]["within_tolerance"] == 9


def test_a_table_of_another_model_is_told_and_nothing_written(tmp_path):
    data = write_patlak(tmp_path / "p.csv", 0)
    done = run(data, "tofts", tmp_path / "r.json")
    assert isinstance(done.exception, DataSetError) and "none for ve" in str(done.exception)
    assert not (tmp_path / "r.json").exists()
