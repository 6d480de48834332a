"""`senoscope pacs` against a real Orthanc."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import SenoscopeError, SettingsError
from senoscope.studies.network.destinations import DimseDestination
from senoscope.studies.network.dimse_sending import Delivered
from senoscope.studies.network.failures import PacsError
from senoscope.studies.network.sending import send_files
from senoscope.ui.commands.pacs_command import pacs
from senoscope.ui.commands.stopping import STOPPED
from tests.studies.network.network_files import STUDY, file_of, mammogram, us_native
from tests.studies.network.orthanc import HOST, Orthanc, free_port, running_orthanc


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with running_orthanc(tmp_path_factory.mktemp("orthanc")) as orthanc:
        yield orthanc


@pytest.fixture
def settings(tmp_path: Path, orthanc: Orthanc) -> Path:
    orthanc.forget()
    path = tmp_path / "pacs.toml"
    path.write_text(
        f'[archive]\nkind = "dicom"\nhost = "{HOST}"\nport = {orthanc.dimse_port}\n'
        f'called_ae = "{orthanc.ae}"\n'
        f'[web]\nkind = "dicomweb"\nurl = "{orthanc.web}"\n'
        f'[down]\nkind = "dicom"\nhost = "{HOST}"\nport = {free_port()}\ncalled_ae = "DOWN"\n'
    )
    return path


def run(settings: Path, *arguments: object) -> Result:
    return CliRunner().invoke(pacs, [*map(str, arguments), "--pacs", str(settings)])


def error_of(settings: Path, *arguments: object) -> SenoscopeError:
    error = run(settings, *arguments).exception
    assert isinstance(error, SenoscopeError)
    return error


@pytest.mark.parametrize("name", ["archive", "web"])
def test_echo_says_that_it_answers(settings: Path, name: str) -> None:
    result = run(settings, "echo", name)
    assert (result.exit_code, result.output) == (0, f"{name} answers\n")


def test_what_is_sent_is_found_and_fetched(settings: Path, tmp_path: Path) -> None:
    for name, made in (("archive", us_native), ("web", mammogram)):
        result = run(settings, "send", file_of(tmp_path / "files", made()), "--to", name)
        assert (result.exit_code, result.output) == (0, "1 of 1 files sent\n")
    found = run(settings, "find", "--to", "web", "--patient-id", "4711", "--since", "2024-01-01")
    assert found.exit_code == 0
    line = found.stdout.splitlines()[0]
    assert line.startswith(f"{STUDY}  20240229  ")
    assert "DOE" not in found.output
    assert "4711" not in found.output
    named = run(settings, "find", "--to", "web", "--modality", "MG", "--names")
    assert "4711  DOE^JANE" in named.output
    fetched = run(settings, "fetch", STUDY, "--from", "web", "--out", tmp_path / "study")
    assert (fetched.exit_code, fetched.output) == (0, "2 instances fetched\n")
    assert len(list((tmp_path / "study").iterdir())) == 2


def test_a_file_that_is_not_taken_is_named_by_its_number(settings: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "DOE_JANE.dcm"
    wrong.write_text("no DICOM")
    right = file_of(tmp_path / "files", us_native())
    result = run(settings, "send", wrong, right, "--to", "archive")
    assert result.exit_code == 1
    assert "file 1: It is no DICOM file" in result.output
    assert "1 of 2 files sent" in result.output
    assert "DOE" not in result.output


def test_what_is_not_there_is_an_error_with_a_remedy(settings: Path, tmp_path: Path) -> None:
    assert isinstance(error_of(settings, "echo", "down"), PacsError)
    unknown = error_of(settings, "echo", "nobody")
    assert isinstance(unknown, SettingsError)
    assert "pacs.toml has archive, down, web" in str(unknown)
    for arguments in (
        ("find", "--to", "archive", "--modality", "US"),
        ("fetch", STUDY, "--from", "archive", "--out", tmp_path / "study"),
        ("find", "--to", "web"),
    ):
        assert isinstance(error_of(settings, *arguments), SettingsError)


def test_without_a_file_of_settings_none_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    error = CliRunner().invoke(pacs, ["echo", "archive"]).exception
    assert isinstance(error, SettingsError)
    assert str(tmp_path / "senoscope" / "pacs.toml") in str(error)


def test_it_receives_until_it_is_interrupted(tmp_path: Path) -> None:
    port = free_port()
    code = "from senoscope.ui.commands.pacs_command import pacs; pacs()"
    command = [sys.executable, "-c", code, "receive", "--port", str(port), "--out"]
    program = subprocess.Popen(
        [*command, str(tmp_path / "came"), "--aet", "HERE", "--caller", "SENDER"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        here = DimseDestination(HOST, port, "HERE", "SENDER")
        path = file_of(tmp_path / "files", us_native())
        until = time.monotonic() + 60
        while list(send_files(here, [path])) != [Delivered()] and time.monotonic() < until:
            time.sleep(0.1)
        program.send_signal(signal.SIGINT)
        output, _ = program.communicate(timeout=60)
    finally:
        program.kill()
    assert program.returncode == STOPPED
    assert "1 object received" in output
    assert output.endswith("ended\n")
    assert len(list((tmp_path / "came").iterdir())) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--host", "0.0.0.0"),
        ("--certificate", "a.pem"),
        ("--ca", "a.pem"),
        ("--aet", "A\\B"),
        ("--certificate", "none.pem", "--key", "none.pem"),
    ],
)
def test_a_receiver_that_cannot_be_is_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    command = ["receive", "--port", "11112", "--out", str(tmp_path / "came"), *arguments]
    assert isinstance(CliRunner().invoke(pacs, command).exception, SettingsError)
