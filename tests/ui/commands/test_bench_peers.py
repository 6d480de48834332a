"""The table and the report name every ratio, and why one is missing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from senoscope.calibration.peer_benchmark import Agreement, Peer, PeerRow, Spread
from senoscope.ui.commands import bench_peers
from senoscope.ui.commands.bench_peers import FULL, TORCH
from senoscope.ui.commands.every_command import app

SAME = Agreement(0.999, 0.99, 0, 0.002, 0.004)


def rows(peers: Sequence[Peer], *_: object) -> list[PeerRow]:
    def row(peer: Peer) -> PeerRow:
        given = (peer.name, peer.precision, peer.beside)
        if peer.beside is None:
            return PeerRow(*given, cpu_ms=Spread(10, 9, 11))
        if "pyfast" in peer.name and "resized" in peer.name:
            return PeerRow(*given, withheld="Not available: no OpenCL.")
        times = 12.0 if peer.name == TORCH else 19.0
        return PeerRow(
            *given, None, Spread(10 * times, 1, 999), Spread(times, times - 1, times + 1), SAME
        )

    return [row(peer) for peer in peers]


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, dict[str, Any]]:
    monkeypatch.setattr(bench_peers, "peer_rows", rows)
    monkeypatch.setattr(bench_peers, "_given", lambda *_: [])
    report = tmp_path / "new" / "peers.json"
    done = CliRunner().invoke(app, ["bench", "peers", "--report", str(report)])
    assert done.exit_code == 0, done.output
    return done.output, json.loads(report.read_text())


def test_the_report_names_each_ratio_and_whether_its_goal_is_met(
    done: tuple[str, dict[str, Any]],
) -> None:
    _, found = done
    names = "ratio_naive_torch", "ratio_pyfast_full_frame", "ratio_pyfast_resized"
    assert [found[name] for name in names] == [12, 19, None]
    assert [found["goals"][name]["met"] for name in names] == [True, False, None]
    assert {row["precision"] for row in found["rows"]} == {"int8", "fp32"}
    assert found["about"]["processors"]


def test_the_table_says_what_was_met_and_what_is_missing(
    done: tuple[str, dict[str, Any]],
) -> None:
    lines = done[0].splitlines()
    full = next(line for line in lines if line.startswith(FULL.format("int8")))
    assert "190.0 (1.0-999.0)" in full
    assert "19.00 (18.00-20.00)" in full
    assert any(line.endswith("goal at least 10: met") for line in lines)
    assert any(line.endswith("goal at least 20: not met") for line in lines)
    assert any("not measured. Not available: no OpenCL." in line for line in lines)
