"""kill -9 while it sends, 50 times: the PACS holds everything once, the outbox knows it."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import datetime
from pathlib import Path

from pydicom import uid

from senoscope.studies.network.destinations import Destination, DimseDestination, WebDestination
from senoscope.studies.network.sender import Round, Sender
from tests.studies.network.file_outbox import FileOutbox
from tests.studies.network.network_files import file_of, instance_uid, us_native
from tests.studies.network.orthanc import Orthanc

KILLS = 50
LONGEST_S = 0.8


class SlowOutbox(FileOutbox):
    """Its disk is slow: more kills come after the PACS holds a file and before it is written."""

    def sent(self, number: int, now: datetime) -> None:
        time.sleep(0.02)
        super().sent(number, now)


def send_until_killed(outbox: Path, destinations: dict[str, Destination], started: Path) -> None:
    """In a process of its own."""
    sender = Sender(SlowOutbox(outbox), destinations)
    started.touch()
    while True:
        sender.send_due_once()
        time.sleep(0.001)


def test_nothing_is_lost_or_doubled_by_fifty_kills(orthanc: Orthanc, tmp_path: Path) -> None:
    chance = random.Random(20)
    destinations: dict[str, Destination] = {
        "dicom": DimseDestination(orthanc.host, orthanc.dimse_port, orthanc.ae),
        "web": WebDestination(orthanc.web),
    }
    outbox = FileOutbox(tmp_path / "outbox")
    expected: list[str] = []
    header = us_native()

    def put(count: int) -> None:
        for number in range(count):
            header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = uid.generate_uid()
            path = file_of(tmp_path / "files", header)
            expected.append(instance_uid(path))
            outbox.put(path, ("dicom", "web")[number % 2])

    # It imports once, and forks: else a kill would mostly meet an import.
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([__name__])
    killed = 0
    unsaid: set[str] = set()
    for round_number in range(KILLS):
        put(max(0, 40 - len(expected) + len(outbox.numbers("sent"))))
        started = tmp_path / f"started {round_number}"
        process = forking.Process(
            target=send_until_killed, args=(tmp_path / "outbox", destinations, started), daemon=True
        )
        process.start()
        until = time.monotonic() + 60
        while not started.exists() and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, LONGEST_S))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join(30)
        killed += process.exitcode == -signal.SIGKILL
        outbox.mend()
        held = orthanc.uids()
        said = [expected[number - 1] for number in outbox.numbers("sent")]
        assert len(set(held)) == len(held), "held twice"
        assert set(said) <= set(held), "said to be sent, and lost"
        unsaid |= set(held) - set(said)
    assert killed == KILLS
    # They met it at work, some after the PACS had a file and before the outbox knew.
    assert len(outbox.numbers("sent")) > 10
    assert unsaid
    print(f"{len(outbox.numbers('sent'))} sent, {len(unsaid)} answers cut off")  # noqa: T201
    rest = Sender(outbox, destinations).send_due_once()
    assert rest == Round(sent=rest.sent)
    assert orthanc.uids() == sorted(expected)
    assert sorted(outbox.numbers("sent")) == list(range(1, len(expected) + 1))
    assert outbox.numbers("put_off") == outbox.numbers("given_up") == []
