"""`senoscope calibrate` says what it measured, on how much, and what it cannot tell."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner, Result

from senoscope.calibration.engine_choice import Trial
from senoscope.calibration.latency import FoundDelay
from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.errors import PortInUse, SettingsError, SourceUnavailable
from senoscope.models.engines.ways import USUAL
from senoscope.ui.commands import calibrate_command
from senoscope.ui.commands.every_command import app
from senoscope.ui.commands.pattern_server import PatternServer
from senoscope.ui.engine_record import Chosen
from tests.ui.commands.test_latency_run import SeesNothing


def calibrate(*words: str) -> Result:
    return CliRunner().invoke(app, ["calibrate", *words])


@pytest.fixture(autouse=True)
def _engines_need_no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = Chosen(USUAL, Trial(USUAL.title, None, None, None))
    monkeypatch.setattr(calibrate_command, "chosen_way", lambda engine, say: chosen)


@pytest.mark.parametrize(
    "words", [(), ("--loopback", "--self-test"), ("--source", "0", "--loopback")]
)
def test_latency_wants_one_thing_to_film(words: tuple[str, ...]) -> None:
    result = calibrate("latency", *words)
    assert isinstance(result.exception, SettingsError)
    assert "one of --source, --loopback and --self-test" in str(result.exception)


def test_a_taken_port_is_said() -> None:
    with PatternServer() as taken:
        port = taken.address.rsplit(":", 1)[1].strip("/")
        result = calibrate("latency", "--loopback", "--port", port)
    assert isinstance(result.exception, PortInUse)


def test_the_loopback_reports_every_stage_and_what_it_cannot_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate_command, "build_reader", SeesReader())
    report = tmp_path / "latency.json"
    result = calibrate(
        "latency", "--loopback", "--delay", "60", "--pictures", "20", "--report", str(report)
    )
    assert result.exit_code == 0, result.output
    kept = json.loads(report.read_text())
    assert (kept["loopback"], kept["delay_ms"]) == (True, 60)
    assert kept["latency"]["grabber"]["n"] == 20
    assert kept["latency"]["grabber"]["p50"] >= 59
    assert kept["latency"]["grabber"]["p99"] is None
    assert kept["latency"]["display"] == {"n": 0, "p50": None, "p95": None, "p99": None}
    for untold in ("No screen was filmed", "no page was open", "light sensor"):
        assert f"{untold}" in result.output
        assert any(untold in each for each in kept["untold"])


class SeesReader(SeesNothing):
    """Takes the way it is to read by, and does not look at it."""

    def __call__(self, *_: object) -> SeesNothing:
        return SeesNothing()


@pytest.mark.parametrize(("found_ms", "code"), [(104.9, 0), (105.1, 1)])
def test_the_self_test_fails_beyond_5_ms(
    monkeypatch: pytest.MonkeyPatch, found_ms: float, code: int
) -> None:
    found = [FoundDelay(0, 0, 0, 30), FoundDelay(100, 100, found_ms, 30)]
    monkeypatch.setattr(calibrate_command, "tried_delays", lambda *_: found)
    result = calibrate("latency", "--self-test")
    assert result.exit_code == code
    assert ("NOT within 5 ms" in result.output) == bool(code)


def test_the_phantom_is_said_to_be_simulated_and_every_kind_has_n(tmp_path: Path) -> None:
    report = tmp_path / "repeatability.json"
    result = calibrate("repeatability", "--frames", "1", "--report", str(report))
    assert result.exit_code == 0, result.output
    assert "SIMULATED frames: 1" in result.output
    kept = json.loads(report.read_text())
    assert (kept["simulated"], kept["frames"], kept["groups"]) == (True, 1, 1)
    assert set(kept["spread"]) == {"again", "crop", "jpeg", "gain", "depth"}
    for figures in kept["spread"].values():
        assert all(set(figure) == {"value", "ci", "n"} for figure in figures.values())
    again = kept["spread"]["again"]
    assert (again["dice"]["value"], again["flips"]["value"]) == (1.0, 0.0)
    assert len(kept["models"]) == 2


def test_a_folder_of_the_user_s_is_read_within_the_scan_area(tmp_path: Path) -> None:
    (frame,) = BModePhantom(200).sweep(1)
    cv2.imwrite(str(tmp_path / "a.png"), frame.pixels)
    (tmp_path / "b.png").write_bytes(b"no image")
    result = calibrate("repeatability", "--source", str(tmp_path), "--scan-area", "100,0,800,700")
    assert result.exit_code == 0, result.output
    assert "Frames of the source: 1, of 1" in result.output
    assert "SIMULATED" not in result.output
    assert "b.png" in result.stderr


def test_a_source_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    result = calibrate("repeatability", "--source", str(tmp_path / "none"))
    assert isinstance(result.exception, SourceUnavailable)
    (tmp_path / "b.png").write_bytes(b"no image")
    result = calibrate("repeatability", "--source", str(tmp_path))
    assert isinstance(result.exception, SourceUnavailable)
