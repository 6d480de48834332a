"""What a stranger can make the receiver do: nothing that lasts."""

from __future__ import annotations

import errno
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from pydicom import uid

from senoscope.studies.network import received_file
from senoscope.studies.network.dimse_sending import Delivered, echo
from senoscope.studies.network.failures import PacsRefused, PacsUnavailable
from senoscope.studies.network.guarded_server import LARGEST_PDU
from senoscope.studies.network.sending import send_files
from tests.studies.network.faulty import SHORT
from tests.studies.network.network_files import file_of, us_jpeg, us_native
from tests.studies.network.orthanc import HOST
from tests.studies.network.test_receiver import AE, receiving


def item(kind: int, content: bytes) -> bytes:
    return bytes([kind, 0]) + len(content).to_bytes(2, "big") + content


def request(called: bytes = AE.encode(), calling: bytes = b"SENDER") -> bytes:
    """A-ASSOCIATE-RQ for ultrasound in Explicit VR Little Endian, with these titles."""
    syntax = item(0x40, uid.ExplicitVRLittleEndian.encode())
    context = item(
        0x20, bytes([1, 0, 0, 0]) + item(0x30, uid.UltrasoundImageStorage.encode()) + syntax
    )
    user = item(0x50, item(0x51, (16384).to_bytes(4, "big")) + item(0x52, b"1.2.3"))
    body = b"\0\1\0\0" + called.ljust(16)[:16] + calling.ljust(16)[:16] + bytes(32)
    body += item(0x10, b"1.2.840.10008.3.1.1.1") + context + user
    return b"\x01\x00" + len(body).to_bytes(4, "big") + body


def data(content: bytes, control: int) -> bytes:
    """P-DATA-TF of one value; `control`: 1 a command, 2 the last of it."""
    value = (len(content) + 2).to_bytes(4, "big") + bytes([1, control]) + content
    return b"\x04\x00" + len(value).to_bytes(4, "big") + value


def element(number: int, value: bytes) -> bytes:
    value += b"\0" * (len(value) % 2)
    return b"\0\0" + number.to_bytes(2, "little") + len(value).to_bytes(4, "little") + value


def command(field: int = 1, instance: bytes = b"1.2.3") -> bytes:
    rest = element(0x0002, uid.UltrasoundImageStorage.encode())
    rest += element(0x0100, field.to_bytes(2, "little")) + element(0x0110, b"\1\0")
    rest += element(0x0700, b"\0\0") + element(0x0800, b"\0\0") + element(0x1000, instance)
    return element(0, len(rest).to_bytes(4, "little")) + rest


def answer_of(port: int, *sent: bytes, waits: bool = True) -> bytes:
    """All that comes back until the receiver hangs up; `waits` for an answer to the first."""
    with socket.create_connection((HOST, port), timeout=20) as line:
        gathered = b""
        try:
            for number, each in enumerate(sent):
                line.sendall(each)
                if waits and number == 0 and len(sent) > 1:
                    gathered += line.recv(65536)
            while piece := line.recv(65536):
                gathered += piece
        except ConnectionError:
            pass
        return gathered


HOSTILE: dict[str, tuple[bytes, ...]] = {
    "noise": (os.urandom(3000),),
    "http": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",),
    "huge PDU": (b"\x01\x00" + (2**32 - 1).to_bytes(4, "big") + bytes(1000),),
    "huge data PDU": (request(), b"\x04\x00" + (2**31).to_bytes(4, "big") + bytes(1000)),
    "half a PDU": (request()[:50],),
    "half a data PDU": (request(), data(bytes(1000), 3)[:500]),
    "nothing": (b"",),
    "silence": (request(),),
    "noise for a command": (request(), data(os.urandom(500), 3)),
    "empty command": (request(), data(b"", 3)),
    "unknown command": (request(), data(command(0x7FFF), 3)),
    "endless command": (request(), *[data(bytes(16000), 1) for _ in range(6)]),
    "find with data": (request(), data(command(0x20), 3), data(bytes(5000), 2)),
    "another context": (request(), data(command(), 3).replace(b"\1\3", b"\7\3")),
    "unfinished": (request(), data(command(), 3), *[data(bytes(16000), 0)] * 5),
    "no answer awaited": (request(), *[data(command(), 3), data(bytes(16), 2)] * 50),
    "UID as path": (request(), data(command(1, b"../../../etc/x"), 3), data(bytes(64), 2)),
    "UID too long": (request(), data(command(1, 5000 * b"1"), 3), data(bytes(64), 2)),
    "no data set": (request(), data(command(), 3), data(b"", 2)),
    "title as path": (request(AE.encode(), b"../../../etc/pas"),),
    "title of control": (request(AE.encode(), b"\x1b[2J\r\n\0\x7f"),),
    "title of bytes": (request(AE.encode(), b"\xff\xfe\x80"),),
    "title of blanks": (request(AE.encode(), b" "),),
    "called of bytes": (request(b"\xff\xfe\x80"),),
}


@pytest.mark.parametrize(
    ("name", "waits"),
    [(name, waits) for name, sent in HOSTILE.items() for waits in {True, len(sent) == 1}],
)
def test_strangers_are_let_go_and_leave_nothing(
    tmp_path: Path,
    name: str,
    waits: bool,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    came_to = tmp_path / "came"
    with receiving(came_to, callers=("SENDER",), silence=2.0) as (here, came):
        answer_of(here.port, *HOSTILE[name], waits=waits)
        echo(here, SHORT)
        assert list(send_files(here, [file_of(tmp_path, us_native())])) == [Delivered()]
    assert list(came_to.iterdir()) == came
    assert len(came) == 1
    shown = "".join(capfd.readouterr()) + caplog.text
    assert not [each for each in ("etc", "\x1b", "Traceback") if each in shown]


def test_a_pdu_as_large_as_is_taken_is_taken(tmp_path: Path) -> None:
    """And one byte more is not: the bound is where it is said to be."""
    silence = 2.0
    for size, is_read in ((LARGEST_PDU, True), (LARGEST_PDU + 1, False)):
        head = b"\x01\x00" + size.to_bytes(4, "big")
        with receiving(tmp_path / "came", silence=silence) as (here, _):
            start = time.monotonic()
            answer_of(here.port, head)
            assert (time.monotonic() - start > silence / 2) == is_read


def test_a_flood_of_connections_leaves_room_for_none_but_ends(tmp_path: Path) -> None:
    with receiving(tmp_path / "came", associations=2, silence=1.0) as (here, _):
        before = threading.active_count()
        lines = [socket.create_connection((HOST, here.port), timeout=5) for _ in range(60)]
        time.sleep(0.5)
        # A thread for its PDUs and one for its messages, for at most six connections.
        assert threading.active_count() - before <= 12 + 2
        for each in lines:
            each.close()
        _patiently(lambda: echo(here, SHORT))


def test_no_more_associations_than_are_allowed(tmp_path: Path) -> None:
    with receiving(tmp_path / "came", associations=1, silence=20.0) as (here, _):
        with socket.create_connection((HOST, here.port), timeout=5) as first:
            first.sendall(request())
            assert first.recv(1) == b"\x02"
            with pytest.raises(PacsUnavailable, match="as many connections as it takes"):
                echo(here, SHORT)
        _patiently(lambda: echo(here, SHORT))


class _Full:
    """A file on a disk with room for `room` bytes."""

    def __init__(self, file: BinaryIO, room: int) -> None:
        self._file, self._room = file, room

    def write(self, content: bytes) -> int:
        self._room -= len(content)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(content)

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [0, 1000, 40_000])
def test_a_full_disk_is_said_to_be_full_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    path = file_of(tmp_path / "given", us_native())
    opened = os.fdopen
    with receiving(tmp_path / "came") as (here, came):
        with monkeypatch.context() as patched:
            patched.setattr(received_file.os, "fdopen", lambda *given: _Full(opened(*given), room))
            [refused] = send_files(here, [path], SHORT)
            assert list((tmp_path / "came").iterdir()) == []
        assert list(send_files(here, [path])) == [Delivered()]
    assert isinstance(refused, PacsUnavailable)
    assert "A700" in str(refused)
    assert len(came) == 1


def test_a_disk_that_is_full_at_fsync_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(received_file.os, "fsync", full)
    with receiving(tmp_path / "came") as (here, came):
        [refused] = send_files(here, [file_of(tmp_path / "given", us_native())], SHORT)
    assert isinstance(refused, PacsUnavailable)
    assert list((tmp_path / "came").iterdir()) == came == []


def test_too_large_too_many_or_too_little_room_keep_nothing(tmp_path: Path) -> None:
    path = file_of(tmp_path / "given", us_native())
    small = file_of(tmp_path / "given", us_jpeg())
    for bound in ({"largest": path.stat().st_size - 500}, {"least_free": 2**60}):
        with receiving(tmp_path / "came", **bound) as (here, came):
            [refused] = send_files(here, [path], SHORT)
        assert isinstance(refused, PacsUnavailable)
        assert list((tmp_path / "came").iterdir()) == came == []
    with receiving(tmp_path / "came", most_kept=2) as (here, came):
        outcomes = list(send_files(here, [path, small, path], SHORT))
        assert [type(each) for each in outcomes] == [Delivered, Delivered, PacsUnavailable]
        came[0].unlink()
        assert list(send_files(here, [path], SHORT)) == [Delivered()]


def test_a_data_set_that_is_not_what_was_announced_is_refused(tmp_path: Path) -> None:
    """The file meta group says another instance than the data set."""
    header = us_native()
    path = file_of(tmp_path / "given", header)
    content = path.read_bytes()
    announced = str(header.SOPInstanceUID).encode()
    at = content.rindex(announced)
    path.write_bytes(content[:at] + b"9" + content[at + 1 :])
    with receiving(tmp_path / "came", silence=3.0) as (here, came):
        # `send_files` itself would not send it.
        [unsent] = send_files(here, [path], SHORT)
        wrong = content[132 + 12 + int.from_bytes(content[140:144], "little") :]
        told = answer_of(
            here.port,
            request(),
            data(command(1, b"1.2.3"), 3),
            data(wrong[:200], 2),
        )
    assert isinstance(unsent, PacsRefused)
    assert element(0x0900, (0xA900).to_bytes(2, "little")) in told
    assert list((tmp_path / "came").iterdir()) == came == []


def _patiently(act: Callable[[], None]) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            act()
            return
        except PacsUnavailable:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
