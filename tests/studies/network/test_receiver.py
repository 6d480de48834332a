"""The C-STORE receiver, fed by DCMTK, by Orthanc and by ourselves."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydicom import Dataset

from senoscope.domain.errors import PortInUse, SettingsError, StorageError
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.network.destinations import DimseDestination, Tls
from senoscope.studies.network.dimse_sending import Delivered, echo
from senoscope.studies.network.failures import PacsUnavailable
from senoscope.studies.network.receiver import Receiver, ReceiverSettings, ServerTls
from senoscope.studies.network.sending import send_files
from tests.studies.network.faulty import SHORT
from tests.studies.network.network_files import (
    KINDS,
    data_set,
    file_of,
    mammogram,
    us_jpeg,
    us_native,
    us_rle,
)
from tests.studies.network.orthanc import HOST, Orthanc, free_port
from tests.studies.programs import program

AE = "SENOSCOPE"


@contextmanager
def receiving(folder: Path, **given: object) -> Iterator[tuple[DimseDestination, list[Path]]]:
    """Where it is reached, and what has come."""
    settings = ReceiverSettings(AE, free_port(), **{"least_free": 0, **given})  # type: ignore[arg-type]
    came: list[Path] = []
    with Receiver(settings, folder, came.append):
        yield DimseDestination(HOST, settings.port, AE, "SENDER"), came


def storescu(port: int, *arguments: object, called: str = AE) -> subprocess.CompletedProcess[str]:
    command = [program("storescu"), "-v", "-aet", "STORESCU", "-aec", called, *map(str, arguments)]
    at = command.index("--")
    command[at : at + 1] = [HOST, str(port)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_we_send_comes_as_it_was(tmp_path: Path) -> None:
    paths = [file_of(tmp_path / "given", made()) for made in KINDS.values()]
    with receiving(tmp_path / "came") as (here, came):
        echo(here, SHORT)
        assert list(send_files(here, paths)) == [Delivered()] * len(paths)
    assert [data_set(each.read_bytes()) for each in came] == [
        data_set(each.read_bytes()) for each in paths
    ]
    assert sorted((tmp_path / "came").iterdir()) == sorted(came)
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in came)
    with StudyFiles(tmp_path / "came") as files:
        assert len(list(files)) == len(paths)


@pytest.mark.parametrize(
    ("option", "made"), [("-xy", us_jpeg), ("-xr", us_rle), ("-x=", us_native), ("-x=", mammogram)]
)
def test_dcmtk_is_taken_from(tmp_path: Path, option: str, made: Callable[[], Dataset]) -> None:
    path = file_of(tmp_path / "given", made())
    with receiving(tmp_path / "came", callers=("STORESCU",)) as (here, came):
        done = storescu(here.port, option, "--", path)
    assert done.returncode == 0, done.stderr
    assert [data_set(each.read_bytes()) for each in came] == [data_set(path.read_bytes())]


def test_orthanc_is_taken_from(orthanc: Orthanc, tmp_path: Path) -> None:
    paths = [file_of(tmp_path / "given", made()) for made in KINDS.values()]
    numbers = [orthanc.put(each.read_bytes()) for each in paths]
    with receiving(tmp_path / "came", callers=(orthanc.ae,)) as (here, came):
        account = orthanc.send(numbers, here.port, AE)
    assert account["FailedInstancesCount"] == 0
    assert sorted(data_set(each.read_bytes()) for each in came) == sorted(
        data_set(each.read_bytes()) for each in paths
    )


def test_only_those_named_are_taken_from(tmp_path: Path) -> None:
    path = file_of(tmp_path / "given", us_native())
    with receiving(tmp_path / "came", callers=("SOMEONE",)) as (here, came):
        [refused] = send_files(here, [path], SHORT)
        done = storescu(here.port, "-x=", "--", path)
        named = DimseDestination(here.host, here.port, AE, "SOMEONE")
        assert list(send_files(named, [path])) == [Delivered()]
    assert isinstance(refused, PacsUnavailable)
    assert "does not know our AE title" in str(refused)
    assert done.returncode != 0
    assert len(came) == 1


def test_it_answers_to_its_own_title_alone(tmp_path: Path) -> None:
    path = file_of(tmp_path / "given", us_native())
    with receiving(tmp_path / "came") as (here, came):
        done = storescu(here.port, "-x=", "--", path, called="ANOTHER")
    assert "Called AE Title Not Recognized" in done.stderr
    assert came == []


def test_success_is_answered_when_the_file_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer waits for `fsync`, for the name and for who is called."""
    order: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def synced(number: int) -> None:
        order.append("fsync")
        fsync(number)

    def renamed(given: Path, target: Path) -> Path:
        order.append("rename")
        return rename(given, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    path = file_of(tmp_path / "given", us_native())
    settings = ReceiverSettings(AE, free_port(), least_free=0)
    with Receiver(settings, tmp_path / "came", lambda _: order.append("called")):
        here = DimseDestination(HOST, settings.port, AE)
        for _ in send_files(here, [path]):
            order.append("answered")
    assert order == ["fsync", "rename", "fsync", "called", "answered"]


def test_what_the_called_one_cannot_use_stays(tmp_path: Path) -> None:
    def full(_path: Path) -> None:
        raise StorageError("the store is full")

    settings = ReceiverSettings(AE, free_port(), least_free=0)
    path = file_of(tmp_path / "given", us_native())
    with Receiver(settings, tmp_path / "came", full):
        here = DimseDestination(HOST, settings.port, AE)
        assert list(send_files(here, [path])) == [Delivered()]
    assert len(list((tmp_path / "came").iterdir())) == 1


def test_stopping_lets_those_who_send_finish(tmp_path: Path) -> None:
    """`stop` is called from the first file on; the association's other files still come."""
    settings = ReceiverSettings(AE, free_port(), least_free=0)
    paths = [file_of(tmp_path / "given", us_native()) for _ in range(5)]
    came: list[Path] = []
    ending = threading.Thread(target=lambda: receiver.stop(30.0))

    def stop_at_first(path: Path) -> None:
        came.append(path)
        if len(came) == 1:
            ending.start()

    receiver = Receiver(settings, tmp_path / "came", stop_at_first)
    receiver.start()
    here = DimseDestination(HOST, settings.port, AE)
    assert list(send_files(here, paths)) == [Delivered()] * 5
    ending.join(30)
    assert not ending.is_alive()
    assert len(came) == 5
    [after] = send_files(here, paths[:1], SHORT)
    assert isinstance(after, PacsUnavailable)


def test_it_can_be_started_again_and_sweeps_what_was_not_finished(tmp_path: Path) -> None:
    settings = ReceiverSettings(AE, free_port(), least_free=0)
    receiver = Receiver(settings, tmp_path / "came", lambda _: None)
    for _ in range(2):
        receiver.start()
        receiver.start()
        echo(DimseDestination(HOST, settings.port, AE), SHORT)
        receiver.stop()
        receiver.stop()
    (tmp_path / "came" / ".1-a.received.partial").write_bytes(b"DOE^JANE")
    (tmp_path / "came" / "mine.txt").touch()
    with receiver:
        assert [each.name for each in (tmp_path / "came").iterdir()] == ["mine.txt"]


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    with receiving(tmp_path / "came") as (here, _):
        second = Receiver(ReceiverSettings(AE, here.port), tmp_path / "two", lambda _: None)
        with pytest.raises(PortInUse):
            second.start()


@pytest.mark.parametrize(
    "given",
    [
        {"ae": "A\\B"},
        {"callers": ("",)},
        {"callers": (17 * "A",)},
        {"host": "0.0.0.0"},
        {"host": "::"},
        {"port": 0},
        {"largest": 0},
    ],
)
def test_settings_that_cannot_be_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        ReceiverSettings(**{"ae": AE, "port": 11112, **given})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Its own authority, for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificate")
    made, key = folder / "certificate.pem", folder / "key.pem"
    command = [program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=test", "-addext", f"subjectAltName=IP:{HOST}"]
    command += ["-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


def test_encrypted_both_sides_know_each_other(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    made, key = certificate
    path = file_of(tmp_path / "given", us_native())
    with receiving(tmp_path / "came", tls=ServerTls(made, key, made)) as (here, came):
        known = DimseDestination(HOST, here.port, AE, tls=Tls(made, made, key))
        assert list(send_files(known, [path])) == [Delivered()]
        for tls in (None, Tls(), Tls(made)):
            stranger = DimseDestination(HOST, here.port, AE, tls=tls)
            [refused] = send_files(stranger, [path], SHORT)
            assert isinstance(refused, PacsUnavailable)
    assert len(came) == 1


def test_a_silent_peer_before_its_handshake_holds_up_no_one(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    made, key = certificate
    with (
        receiving(tmp_path / "came", tls=ServerTls(made, key), silence=30.0) as (here, _),
        socket.create_connection((HOST, here.port)),
    ):
        echo(DimseDestination(HOST, here.port, AE, tls=Tls(made)), SHORT)
