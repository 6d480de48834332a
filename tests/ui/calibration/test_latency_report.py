"""The last measured latency is shown as it was written, and nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from senoscope.calibration.latency import Latency, Stage
from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.ui.calibration.latency_report import command_line, kept_latency


def measured(loopback: bool = False) -> str:
    """As `senoscope calibrate latency` writes it."""
    stage, none = Stage(300, 6.3, 8.8, 11.4), Stage(0, None, None, None)
    latency = Latency(300, 0, 4.0, stage, stage, stage, stage, none)
    return json_text({"latency": latency, "loopback": loopback})


def test_each_stage_s_p95_is_told(tmp_path: Path) -> None:
    file = tmp_path / "latency.json"
    assert kept_latency(file) is None
    file.write_text(measured())
    kept = kept_latency(file)
    assert kept is not None
    assert kept["grabber"] == 8.8
    assert kept["display"] is None
    assert kept["loopback"] is False
    assert kept["measured_at"].startswith("20")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[" * 60_000,
        json.dumps({"self_test": []}),
        measured().replace("8.8", '"8.8"'),
        measured().replace("8.8", "NaN"),
        measured().replace("8.8", "1e999"),
        measured().replace("false", "0"),
        "\udcff",
    ],
)
def test_what_is_no_report_is_said(tmp_path: Path, content: str) -> None:
    file = tmp_path / "latency.json"
    file.write_text(content, errors="surrogateescape")
    with pytest.raises(SettingsError, match=r"latency\.json is no report"):
        kept_latency(file)


def test_the_command_names_the_file_and_not_whose_folder_it_is(tmp_path: Path) -> None:
    home = Path.home() / "a b" / "latency.json"
    assert command_line(home).endswith("--report ~/'a b/latency.json'")
    assert command_line(tmp_path / "latency.json").endswith(str(tmp_path / "latency.json"))
