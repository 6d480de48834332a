"""The sender: what is due goes out, what fails comes again later, what is refused is given up."""

from __future__ import annotations

import logging
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.network.destinations import Destination, DimseDestination, WebDestination
from senoscope.studies.network.secret import Secret
from senoscope.studies.network.sender import BackOff, Round, Sender
from tests.studies.network.faulty import SHORT, answer, http, store_peer
from tests.studies.network.file_outbox import FileOutbox
from tests.studies.network.network_files import file_of, instance_uid, us_native
from tests.studies.network.orthanc import HOST, Orthanc, free_port

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def outbox(tmp_path: Path) -> FileOutbox:
    return FileOutbox(tmp_path / "outbox")


def both(orthanc: Orthanc) -> dict[str, Destination]:
    return {
        "dicom": DimseDestination(orthanc.host, orthanc.dimse_port, orthanc.ae),
        "web": WebDestination(orthanc.web),
    }


def test_what_is_due_goes_to_where_it_shall(
    orthanc: Orthanc, outbox: FileOutbox, tmp_path: Path
) -> None:
    paths = [file_of(tmp_path / "files", us_native()) for _ in range(4)]
    for path, destination in zip(paths, ["dicom", "web", "dicom", "web"], strict=True):
        outbox.put(path, destination)
    sender = Sender(outbox, both(orthanc))
    assert sender.send_due_once() == Round(sent=4)
    assert orthanc.uids() == sorted(map(instance_uid, paths))
    assert sender.send_due_once() == Round()


def test_more_than_one_association_holds_go_out(outbox: FileOutbox, tmp_path: Path) -> None:
    path = file_of(tmp_path / "files", us_native())
    for _ in range(130):
        outbox.put(path, "peer")
    with store_peer(0) as port:
        sender = Sender(outbox, {"peer": DimseDestination(HOST, port, "PEER")})
        assert sender.send_due_once() == Round(sent=130)


def test_what_fails_comes_again_later_and_later(outbox: FileOutbox, tmp_path: Path) -> None:
    outbox.put(file_of(tmp_path / "files", us_native()), "peer")
    port, clock = free_port(), Clock()
    destinations: dict[str, Destination] = {"peer": DimseDestination(HOST, port, "PEER")}
    sender = Sender(outbox, destinations, BackOff(10, 100), SHORT, clock)
    for longest in (10, 20, 40, 80, 100, 100):
        assert sender.send_due_once() == Round(put_off=1)
        clock.now += timedelta(seconds=longest / 2 - 0.1)
        assert sender.send_due_once() == Round()
        clock.now += timedelta(seconds=longest / 2 + 0.2)
    with store_peer(0) as there:
        destinations["peer"] = DimseDestination(HOST, there, "PEER")
        assert Sender(outbox, destinations, now=clock).send_due_once() == Round(sent=1)


def test_the_wait_is_by_chance_so_that_not_all_come_back_at_once() -> None:
    chance = random.Random(1)
    waits = [BackOff(10, 100).delay(1, chance).total_seconds() for _ in range(200)]
    assert 10 <= min(waits) < 11
    assert 19 < max(waits) <= 20
    assert BackOff(10, 100).delay(10**6, chance).total_seconds() <= 100


@pytest.mark.parametrize(("first", "most"), [(0, 10), (-1, 10), (10, 5)])
def test_a_wait_that_cannot_be_is_refused(first: float, most: float) -> None:
    with pytest.raises(SettingsError):
        BackOff(first, most)


def test_what_is_refused_is_given_up_with_the_reason(outbox: FileOutbox, tmp_path: Path) -> None:
    for _ in range(3):
        outbox.put(file_of(tmp_path / "files", us_native()), "peer")
    (tmp_path / "DOE.dcm").write_text("no DICOM")
    outbox.put(tmp_path / "DOE.dcm", "peer")
    outbox.put(tmp_path / "DOE gone.dcm", "peer")
    with store_peer(0xC000, 0xA700, 0) as port:
        sender = Sender(outbox, {"peer": DimseDestination(HOST, port, "PEER")}, deadlines=SHORT)
        assert sender.send_due_once() == Round(sent=1, put_off=1, given_up=3)
    assert outbox.numbers("given_up") == [1, 4, 5]
    assert outbox.numbers("put_off") == [2]
    assert "DOE" not in " ".join(outbox.reasons())


def test_what_cannot_be_mended_by_waiting_alone_waits_for_a_person(
    outbox: FileOutbox, tmp_path: Path
) -> None:
    """An unknown destination, a secret that is missing: settings, which a person may mend."""
    path = file_of(tmp_path / "files", us_native())
    outbox.put(path, "nowhere")
    outbox.put(path, "closed")
    outbox.put(path, "closed")
    closed = WebDestination("https://127.0.0.1:1", token=Secret(tmp_path / "none"))
    sender = Sender(outbox, {"closed": closed}, deadlines=SHORT)
    assert sender.send_due_once() == Round(put_off=3)
    assert "No destination is called 'nowhere'" in outbox.reasons()[0]
    assert "cannot be read" in outbox.reasons()[1]


def test_one_destination_that_is_down_does_not_keep_another_from_its_files(
    orthanc: Orthanc, outbox: FileOutbox, tmp_path: Path
) -> None:
    path = file_of(tmp_path / "files", us_native())
    outbox.put(path, "down")
    outbox.put(path, "web")
    destinations = both(orthanc) | {"down": DimseDestination(HOST, free_port(), "DOWN")}
    assert Sender(outbox, destinations, deadlines=SHORT).send_due_once() == Round(1, 1)


def test_a_warning_is_logged_and_counts_as_sent(
    outbox: FileOutbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.put(file_of(tmp_path / "files", us_native()), "peer")
    with store_peer(0xB000) as port, caplog.at_level(logging.WARNING):
        sender = Sender(outbox, {"peer": DimseDestination(HOST, port, "PEER")})
        assert sender.send_due_once() == Round(sent=1)
    assert "outbox 1 was sent: it changed data elements" in caplog.text


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_its_thread_sends_what_comes_and_ends(
    orthanc: Orthanc, outbox: FileOutbox, tmp_path: Path
) -> None:
    path = file_of(tmp_path / "files", us_native())
    sender = Sender(outbox, both(orthanc))
    sender.start(every_s=0.05)
    sender.start(every_s=0.05)
    outbox.put(path, "web")
    until = time.monotonic() + 30
    while not outbox.numbers("sent") and time.monotonic() < until:
        time.sleep(0.05)
    sender.stop()
    sender.stop()
    assert orthanc.uids() == [instance_uid(path)]
    assert outbox.numbers("sent") == [1]
    outbox.put(path, "web")
    assert sender.send_due_once() == Round(sent=1)


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_stopping_does_not_wait_for_all_that_is_due(outbox: FileOutbox, tmp_path: Path) -> None:
    path = file_of(tmp_path / "files", us_native())
    for _ in range(500):
        outbox.put(path, "web")
    with http(answer("200 OK")) as server:
        sender = Sender(outbox, {"web": WebDestination(f"http://{HOST}:{server.port}")})
        sender.start()
        until = time.monotonic() + 30
        while not outbox.numbers("sent") and time.monotonic() < until:
            time.sleep(0.01)
        sender.stop()
    sent = outbox.numbers("sent")
    assert 0 < len(sent) < 500
    assert len(server.requests) == len(sent)


class Broken(FileOutbox):
    """Its disk is full, twice."""

    left = 2

    def sent(self, number: int, now: datetime) -> None:
        if self.left:
            self.left -= 1
            raise StorageError("the disk is full")
        super().sent(number, now)


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_an_outbox_that_cannot_be_written_is_tried_again(
    orthanc: Orthanc, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Broken(tmp_path / "outbox")
    outbox.put(file_of(tmp_path / "files", us_native()), "dicom")
    sender = Sender(outbox, both(orthanc))
    sender.start(every_s=0.05)
    until = time.monotonic() + 30
    while not outbox.numbers("sent") and time.monotonic() < until:
        time.sleep(0.01)
    sender.stop()
    assert outbox.numbers("sent") == [1]
    assert caplog.text.count("the disk is full") == 2
    assert len(orthanc.uids()) == 1
