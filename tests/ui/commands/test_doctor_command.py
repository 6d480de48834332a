"""`senoscope doctor` says what works, and its bundle names nobody."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.calibration.engine_choice import Trial
from senoscope.calibration.engine_trust import Verdict
from senoscope.domain.errors import ModelPackageError
from senoscope.domain.frame import ScanArea
from senoscope.models.engines.remote_server import ServerState
from senoscope.models.package import load_package, shipped_packages
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.commands import doctor_command
from senoscope.ui.commands.every_command import app
from senoscope.ui.engine_record import server_record
from senoscope.ui.logs import log_file
from senoscope.ui.server_record import ServerTrials
from senoscope.ui.settings import Settings, save_settings, settings_file

PATIENT = "DOE^JANE 1961"
AREA = ScanArea(10, 20, 300, 200)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folders, all of them inside `tmp_path`."""
    home = tmp_path / "home of dr roe"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    return home


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments])


def packed(bundle: Path) -> dict[str, str]:
    assert doctor("--bundle", str(bundle)).exit_code == 0
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def test_everything_looked_at_is_listed_with_its_state(home: Path) -> None:
    result = doctor()
    assert result.exit_code == 0, result.output
    lines = {line[:33].strip(): line[34:] for line in result.output.splitlines()}
    assert lines["engine   OpenVINO"] == "works"
    assert lines["settings file"] == "works"
    assert lines["source   phantom"] == "works"
    assert {f"model    {load_package(each).title}" for each in shipped_packages()} <= set(lines)
    assert result.output.startswith("senoscope   ")


def test_what_does_not_work_has_its_reason_and_an_exit_status(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = home / "broken-net"
    broken.mkdir()
    monkeypatch.setattr(doctor_command, "shipped_packages", lambda: (broken,))
    result = doctor()
    assert result.exit_code == 1
    assert "broken-net" in result.output
    assert "no readable card.json" in result.output


def test_damaged_settings_are_a_finding_not_a_crash(home: Path) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("{")
    result = doctor()
    assert result.exit_code == 1
    assert "not understood" in result.output


def test_a_missing_camera_alone_is_no_failure(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_command, "available_sources", lambda: [("cameras", "none found")])
    assert doctor().exit_code == 0


def test_the_bundle_holds_what_a_report_needs(home: Path) -> None:
    save_settings(Settings().with_source("camera:0", AREA), settings_file())
    log_file().parent.mkdir(parents=True)
    log_file().write_text("2026-01-02 WARNING senoscope.realtime.feeder AI off: it was too slow\n")
    content = packed(home / "bundle.zip")
    assert set(content) == {"doctor.json", "settings.json", "senoscope.log"}
    report = json.loads(content["doctor.json"])
    assert report["machine"]["python"]
    openvino = {"kind": "engine", "name": "OpenVINO", "works": True, "said": "works"}
    assert openvino in report["checks"]
    assert json.loads(content["settings.json"]) == {"scan_areas": [str(AREA)]}
    assert "AI off: it was too slow" in content["senoscope.log"]


def test_the_bundle_without_log_or_settings_is_still_made(home: Path) -> None:
    assert set(packed(home / "bundle.zip")) == {"doctor.json", "settings.json"}


def test_the_bundle_names_no_source_and_no_home(home: Path) -> None:
    clip = home / "Videos" / f"{PATIENT}.mp4"
    kept = Settings().with_source(str(clip), AREA).with_source(f"rtsp://{PATIENT}:x@host/", AREA)
    save_settings(kept, settings_file())
    text = " ".join(packed(home / "bundle.zip").values())
    assert PATIENT not in text
    assert "rtsp" not in text
    assert str(home) not in text


def test_an_inference_server_is_said_to_be_named_and_its_address_stays_out_of_the_bundle(
    home: Path,
) -> None:
    address = "triton.clinic.example:8001"
    lines = {line[:33].strip(): line[34:] for line in doctor().output.splitlines()}
    assert lines["settings inference server"] == "none is named"
    save_settings(Settings(inference_server={"address": address, "prefer": True}), settings_file())
    assert "is named, and preferred; it was not tried from here yet" in doctor().output
    record = server_record(print)
    assert record is not None
    trials = (Trial("Server int8", f"The inference server {address} cannot be reached."),)
    record.keep(ServerTrials(ServerState("triton 1"), trials))
    assert f"with Server int8         not used. The inference server {address}" in doctor().output
    log_file().parent.mkdir(parents=True)
    log_file().write_text(f"The inference server {address} did not answer within 60 ms.\n")
    content = packed(home / "bundle.zip")
    assert "The inference server SERVER cannot be reached" in content["doctor.json"]
    assert "clinic" not in " ".join(content.values())


def test_damaged_settings_are_left_out_of_the_bundle(home: Path) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(json.dumps({"source": f"/data/{PATIENT}.mp4"}))
    bundle = home / "bundle.zip"
    doctor("--bundle", str(bundle))
    with zipfile.ZipFile(bundle) as archive:
        text = b" ".join(archive.read(name) for name in archive.namelist()).decode()
        assert archive.namelist() == ["doctor.json"]
    assert PATIENT not in text
    assert str(home) not in text


def test_the_log_in_the_bundle_names_no_clip_and_no_home(home: Path) -> None:
    """The loop logs what a source is called, and a video is called by its file's name."""
    clip = home / "Videos" / f"{PATIENT}.mp4"
    save_settings(Settings().with_source(str(clip), Cut.WHOLE), settings_file())
    log_file().parent.mkdir(parents=True)
    log_file().write_text(
        f"2026-01-02 WARNING senoscope.realtime.capture {clip.name} does not let go\n"
        f'Traceback: File "{home}/.venv/lib/site-packages/senoscope/ui/app.py", line 3\n'
    )
    log = packed(home / "bundle.zip")["senoscope.log"]
    assert PATIENT not in log
    assert str(home) not in log
    assert "does not let go" in log


def test_a_bundle_that_cannot_be_written_is_an_error_with_a_remedy(home: Path) -> None:
    (home / "file").write_text("")
    result = doctor("--bundle", str(home / "file" / "bundle.zip"))
    assert type(result.exception).__name__ == "StorageError"


def test_a_broken_model_hides_nothing_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the engines hangs on the models."""

    def broken() -> None:
        raise ModelPackageError("The weights are damaged.")

    monkeypatch.setattr(doctor_command, "kept_trials", broken)
    assert "not tried here yet" in doctor().output


def test_verdicts_on_engines_are_listed_and_packed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Verdict(100, 80, 1.0, 1.0, 0.0, 0.0, 0.0)
    trials = (Trial("OpenVINO int8", None, 20.0, good), Trial("TensorRT int8", "No driver."))
    monkeypatch.setattr(doctor_command, "kept_trials", lambda: trials)
    listed = doctor()
    assert listed.exit_code == 0
    assert "with OpenVINO int8       20.0 ms a frame" in listed.output
    assert "not used. No driver." in listed.output
    report = json.loads(packed(home / "bundle.zip")["doctor.json"])
    said = {each["name"]: each["said"] for each in report["checks"]}
    assert said["with OpenVINO int8"].startswith("20.0 ms a frame")
