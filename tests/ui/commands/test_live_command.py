"""`senoscope live`: what is typed is checked before anything starts, and a report never lies."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.calibration.engine_choice import Trial
from senoscope.domain.errors import (
    ModelPackageError,
    SenoscopeError,
    SettingsError,
    SourceLost,
    StorageError,
)
from senoscope.domain.frame import ScanArea
from senoscope.models.engines.ways import Way
from senoscope.models.package import Precision
from senoscope.realtime.loop import LiveLoop
from senoscope.ui.access.accounts import accounts_file, new_account, save_accounts
from senoscope.ui.access.roles import Role
from senoscope.ui.calibration.site_calibration import (
    SiteCalibration,
    SiteFit,
    calibration_file,
    save_calibration,
)
from senoscope.ui.commands import live_command
from senoscope.ui.commands.every_command import app
from senoscope.ui.engine_record import Chosen
from senoscope.ui.live.live_actions import LiveActions
from senoscope.ui.live.live_session import LiveSession, SourceRules
from senoscope.ui.settings import Settings, save_settings, settings_file
from tests.fakes import FakeReader, FakeSource
from tests.studies.network.orthanc import free_port
from tests.ui.test_assemble import FIT

ANOTHER = Way("onnxruntime", Precision.FP32)
CHOSEN = Chosen(ANOTHER, Trial(ANOTHER.title, None))
"""By a person, or the machine."""


def build_fake(way: Way, *, prevalence: float | None, site_fit: SiteFit | None) -> FakeReader:
    return FakeReader()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folders inside `tmp_path`; a fake source and a fake reader."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(live_command, "start_log", lambda *_: None)
    monkeypatch.setattr(live_command, "build_reader", build_fake)
    monkeypatch.setattr(live_command, "chosen_way", lambda wanted, say: CHOSEN)
    return tmp_path


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_command, "named_source", lambda text, **options: FakeSource())


def live(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["live", *arguments])


def error(*arguments: str) -> SenoscopeError:
    """What the command ended with, which the program says in one line."""
    ended = live(*arguments).exception
    assert isinstance(ended, SenoscopeError), ended
    return ended


@pytest.mark.parametrize("port", ["0", "70000", "-1"])
def test_a_port_that_does_not_exist_is_refused(port: str) -> None:
    result = live("--port", port)
    assert result.exit_code == 2
    assert "--port" in result.output


@pytest.mark.parametrize("option", [("--frames", "9"), ("--report", "report.json")])
def test_what_only_a_run_without_a_page_takes_is_refused_with_one(option: tuple[str, str]) -> None:
    refused = error(*option)
    assert isinstance(refused, SettingsError)
    assert "--headless" in str(refused)


@pytest.mark.parametrize("source", ["phantom", "{folder}"])
def test_a_size_no_memory_holds_is_refused(home: Path, source: str) -> None:
    asked = ("--headless", "--size", "999999x999999", "--source", source.format(folder=home))
    assert "999999x999999" in str(error(*asked))


def test_half_of_tls_is_refused_before_anything_starts(home: Path) -> None:
    assert "--tls-key is missing" in str(error("--tls-certificate", str(home / "server.pem")))


@pytest.mark.usefixtures("fake")
def test_one_password_for_all_is_refused_where_there_are_accounts() -> None:
    save_accounts([new_account("Ng", Role.READER, "correct horse")], accounts_file())
    assert "nobody knows who signed" in str(error("--password", "open sesame"))


@pytest.mark.usefixtures("fake")
def test_a_run_that_is_cut_short_is_an_error_that_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_command, "HEADLESS_LIMIT_S", 0.2)
    report = home / "report.json"
    stopped = error("--headless", "--frames", "1000000", "--report", str(report))
    assert isinstance(stopped, SettingsError)
    assert "stopped after 0.2 s" in str(stopped)
    assert 0 < json.loads(report.read_text(encoding="utf-8"))["captured"] < 1_000_000


@pytest.mark.usefixtures("fake")
def test_a_report_below_a_file_is_refused(home: Path) -> None:
    (home / "file").write_text("in the way")
    refused = error("--headless", "--frames", "1", "--report", str(home / "file" / "report.json"))
    assert isinstance(refused, StorageError)


@pytest.mark.usefixtures("fake")
def test_a_scan_area_of_another_picture_size_is_not_read_through() -> None:
    area = ScanArea(0, 0, 64, 64, picture=(640, 480))
    save_settings(Settings().with_source("camera:1", area), settings_file())
    lost = error("--headless", "--source", "/dev/video1")
    assert isinstance(lost, SourceLost)
    assert "0,0,64,64 of 640x480" in str(lost)


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("host", "any_source"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_the_page_keeps_to_what_the_command_line_said(
    monkeypatch: pytest.MonkeyPatch, host: str, any_source: bool
) -> None:
    rules: list[SourceRules] = []

    class Session(LiveSession):
        def __init__(self, *parts: object) -> None:
            super().__init__(*parts)  # type: ignore[arg-type]
            rules.append(self._rules)

    monkeypatch.setattr(live_command, "LiveSession", Session)
    monkeypatch.setattr("senoscope.ui.app.serve", lambda *parts: None)
    options = ("--host", host, "--port", str(free_port()), "--password", "open sesame")
    result = live(*options, "--rate", "12", "--size", "640x480")
    assert result.exit_code == 0, result.exception
    assert rules == [SourceRules(12, (640, 480), any_source)]


@pytest.mark.usefixtures("fake")
def test_what_the_calibration_page_keeps_the_loop_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[LiveLoop, LiveActions]] = []
    monkeypatch.setattr("senoscope.ui.app.build_app", lambda *parts: served.append(parts[:2]))
    monkeypatch.setattr("senoscope.ui.app.serve", lambda *parts: None)
    result = live("--port", str(free_port()))
    assert result.exit_code == 0, result.exception
    ((loop, actions),) = served
    assert actions.calibration is not None
    assert loop._templates is actions.calibration.templates.known
    assert actions.calibration.state()["source"]["name"] == "fake"


def test_a_short_password_is_refused_before_anything_starts() -> None:
    assert "at least 8" in str(error("--password", "short", "--size", "128x96"))


class Asked(Exception):
    """What a loop that is to be looked at, and not run, ends with."""


def test_what_was_chosen_is_what_reads(fake: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fallback everywhere is the usual way: one that is forgotten would not be missed."""
    wanted: list[str] = []
    readers: list[partial[FakeReader]] = []

    def choose(engine: str, say: object) -> Chosen:
        wanted.append(engine)
        return CHOSEN

    def loop(source: object, reader: partial[FakeReader], area: object, judges: bool) -> None:
        assert judges
        readers.append(reader)
        raise Asked

    monkeypatch.setattr(live_command, "chosen_way", choose)
    monkeypatch.setattr(live_command, "LiveLoop", loop)
    asked = live("--headless", "--engine", "onnxruntime-fp32", "--prevalence", "0.1")
    assert isinstance(asked.exception, Asked)
    assert wanted == ["onnxruntime-fp32"]
    assert (readers[0].args, readers[0].keywords) == (
        (ANOTHER,),
        {"prevalence": 0.1, "site_fit": None},
    )


def test_a_fit_of_the_site_to_other_weights_stops_the_start_and_says_what_to_do(
    fake: None,
) -> None:
    save_calibration(SiteCalibration().with_fit(replace(FIT, version="0.0.9")), calibration_file())
    refused = live("--headless", "--frames", "1")
    assert isinstance(refused.exception, ModelPackageError)
    assert "--back" in str(refused.exception)
    save_calibration(SiteCalibration().with_fit(FIT), calibration_file())
    assert live("--headless", "--frames", "1").exit_code == 0
