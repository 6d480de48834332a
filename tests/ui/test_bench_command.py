"""What is measured is printed as a table and written whole."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from senoscope.calibration.engine_benchmark import EngineRow
from senoscope.realtime.loop_benchmark import LoopRow, loop_row
from senoscope.ui import bench_command
from senoscope.ui.bench_command import engine_table, loop_table
from senoscope.ui.commands import app
from tests.fakes import BuildFakeReader, FakeSource


def test_engines_that_do_not_run_have_their_reason_s_first_sentence() -> None:
    rows = [
        EngineRow("net 1", "OpenVINO int8", None, 8.0, 9.5, 7.5, 120.0, 0.66),
        EngineRow("net 1", "TensorRT int8", "No driver was found. Install the card's driver."),
    ]
    head, first, second = engine_table(rows)
    assert head.split() == ["network", "engine", "median", "p95", "CPU-ms", "GFLOP/s", "of", "peak"]
    assert first.split() == ["net", "1", "OpenVINO", "int8", "8.00", "9.50", "7.50", "120.0", "66%"]
    assert second.endswith("not used: No driver was found.")


def test_runs_that_were_not_measured_say_so() -> None:
    measured = loop_row("raw", [FakeSource], BuildFakeReader(), 10)
    _, first, second = loop_table([measured, LoopRow("H.264", "OpenCV writes none. Use another.")])
    assert measured.report is not None
    assert f"{measured.report.read} of {measured.report.captured}" in first
    assert "encode" in first
    assert second.endswith("not measured: OpenCV writes none.")


def test_the_engines_of_every_network_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_command, "peak", lambda _: 1e11)
    monkeypatch.setattr(
        bench_command, "engine_row", lambda p, way, *_: EngineRow(p.title, way.title)
    )
    report = tmp_path / "new" / "engines.json"
    done = CliRunner().invoke(app, ["bench", "engines", "--runs", "1", "--report", str(report)])
    assert done.exit_code == 0, done.output
    found = json.loads(report.read_text())
    assert {row["network"].split()[0] for row in found["rows"]} >= {"googlenet", "unet-realtime"}
    assert found["about"]["processors"] > 0
    assert found["peak_per_s"] == {"int8": 1e11, "fp16": 1e11, "fp32": 1e11}


def test_the_loop_is_run_in_every_size_with_viewers_and_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, int, int]] = []

    def run(name: str, sources: list[object], reader: partial[object], *given: int) -> LoopRow:
        ran.append((name, len(sources), given[1]))
        return LoopRow(name, "Not now.")

    monkeypatch.setattr(bench_command, "loop_row", run)
    report = tmp_path / "loop.json"
    done = CliRunner().invoke(
        app, ["bench", "loop", "--engine", "openvino-int8", "--report", str(report)]
    )
    assert done.exit_code == 0, done.output
    assert {("512x384 raw", 1, 0), ("1920x1080 MJPEG", 1, 0), ("1024x768 H.264", 1, 0)} <= set(ran)
    assert ("1024x768 raw, 8 watching", 1, 8) in ran
    assert ("1024x768 raw, 2 streams", 2, 0) in ran
    assert len(json.loads(report.read_text())["rows"]) == len(ran)
