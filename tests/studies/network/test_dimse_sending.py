"""C-STORE and C-ECHO to a real Orthanc, and to peers that fail."""

from __future__ import annotations

import gc
import socket
import threading
import time
from pathlib import Path

import pytest
from pydicom import uid

from senoscope.studies.network.destinations import DimseDestination
from senoscope.studies.network.dimse_sending import Delivered, echo
from senoscope.studies.network.failures import PacsError, PacsRefused, PacsUnavailable
from senoscope.studies.network.sending import send_files
from tests.studies.network.faulty import SHORT, Listener, listening, silent, store_peer
from tests.studies.network.network_files import (
    KINDS,
    data_set,
    file_of,
    instance_uid,
    mammogram,
    us_jpeg,
    us_native,
)
from tests.studies.network.orthanc import HOST, Orthanc, free_port


def dicom(orthanc: Orthanc, called: str | None = None) -> DimseDestination:
    return DimseDestination(orthanc.host, orthanc.dimse_port, called or orthanc.ae)


def peer(port: int) -> DimseDestination:
    return DimseDestination(HOST, port, "PEER")


def test_echo_is_answered(orthanc: Orthanc) -> None:
    echo(dicom(orthanc))


def test_what_arrives_is_what_was_on_the_disk(orthanc: Orthanc, tmp_path: Path) -> None:
    paths = [file_of(tmp_path, made()) for made in KINDS.values()]
    assert list(send_files(dicom(orthanc), paths)) == [Delivered()] * len(KINDS)
    for path in paths:
        assert data_set(orthanc.file(instance_uid(path))) == data_set(path.read_bytes())


def test_an_instance_sent_twice_is_held_once(orthanc: Orthanc, tmp_path: Path) -> None:
    path = file_of(tmp_path, us_native())
    for _ in range(2):
        assert list(send_files(dicom(orthanc), [path])) == [Delivered()]
    assert orthanc.uids() == [instance_uid(path)]


def test_one_unreadable_file_does_not_hold_up_the_others(orthanc: Orthanc, tmp_path: Path) -> None:
    wrong = tmp_path / "DOE_JANE.txt"
    wrong.write_text("DOE^JANE")
    outcomes = list(
        send_files(dicom(orthanc), [wrong, file_of(tmp_path, us_jpeg()), tmp_path / "DOE gone"])
    )
    assert [type(each) for each in outcomes] == [PacsRefused, Delivered, PacsRefused]
    assert "DOE" not in " ".join(map(str, outcomes))


def test_no_connection_is_left_open_by_a_failure_that_is_kept(
    orthanc: Orthanc, tmp_path: Path
) -> None:
    """An error holds the frames it came through, and these what they opened."""
    wrong = tmp_path / "wrong"
    wrong.write_text("no DICOM")
    before = threading.active_count()
    gc.disable()
    try:
        kept = list(send_files(dicom(orthanc), [wrong, file_of(tmp_path, us_jpeg())]))
        until = time.monotonic() + 10
        while threading.active_count() > before and time.monotonic() < until:
            time.sleep(0.01)
        assert threading.active_count() == before, kept
    finally:
        gc.enable()


def test_another_called_ae_is_said_to_be_wrong(orthanc: Orthanc) -> None:
    with pytest.raises(PacsUnavailable, match="it has another AE title"):
        echo(dicom(orthanc, "NOT-IT"))


def test_where_nothing_listens_it_may_be_tried_again(tmp_path: Path) -> None:
    path = file_of(tmp_path, us_native())
    [outcome] = send_files(peer(free_port()), [path], SHORT)
    assert isinstance(outcome, PacsUnavailable)
    assert "Nothing answers" in str(outcome)


def test_an_unknown_host_may_be_tried_again(tmp_path: Path) -> None:
    nowhere = DimseDestination("nowhere.invalid", 104, "PEER")
    with pytest.raises(PacsUnavailable, match="host's name"):
        echo(nowhere, SHORT)


def test_a_peer_that_says_nothing_is_left_at_the_deadline(tmp_path: Path) -> None:
    paths = [file_of(tmp_path, us_native()), file_of(tmp_path, us_jpeg())]
    with silent() as listener:
        outcomes = list(send_files(peer(listener.port), paths, SHORT))
    assert [type(each) for each in outcomes] == [PacsUnavailable] * 2
    assert "did not answer as DICOM does" in str(outcomes[0])


def test_a_peer_that_hangs_up_may_be_tried_again() -> None:
    def hang_up(given: socket.socket, _listener: Listener) -> None:
        given.recv(10)

    with listening(hang_up) as listener, pytest.raises(PacsUnavailable):
        echo(peer(listener.port), SHORT)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (0xA700, PacsUnavailable),
        (0x0110, PacsUnavailable),
        (0x0124, PacsUnavailable),
        (0xA900, PacsRefused),
        (0xC000, PacsRefused),
        (0x0122, PacsRefused),
        (0xB000, Delivered),
        (0xB007, Delivered),
    ],
)
def test_statuses_say_whether_to_try_again(
    tmp_path: Path, status: int, kind: type[Delivered | PacsError]
) -> None:
    path = file_of(tmp_path, us_native())
    with store_peer(status, 0) as port:
        first, second = send_files(peer(port), [path, path], SHORT)
    assert type(first) is kind
    assert second == Delivered()
    if isinstance(first, Delivered):
        assert first.warning is not None
    else:
        assert f"{status:04X}" in str(first)


def test_what_is_not_taken_is_named_and_the_rest_is_sent(tmp_path: Path) -> None:
    paths = [file_of(tmp_path, mammogram()), file_of(tmp_path, us_native())]
    with store_peer(0, only=uid.UltrasoundMultiFrameImageStorage) as port:
        refused, sent = send_files(peer(port), paths, SHORT)
    assert isinstance(refused, PacsRefused)
    assert "Digital Mammography" in str(refused)
    assert sent == Delivered()


def test_where_nothing_is_taken_all_is_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path, us_native())
    with store_peer(0, only=uid.CTImageStorage) as port:
        [refused] = send_files(peer(port), [path], SHORT)
    assert isinstance(refused, PacsRefused)


def test_a_peer_that_stops_reading_is_left(tmp_path: Path) -> None:
    """It takes the association, then no byte more: the file is larger than all buffers."""
    header = us_native()
    header.PixelData = bytes(60 * 2**20)
    path = file_of(tmp_path, header)

    def stall(given: socket.socket, listener: Listener) -> None:
        request = given.recv(65536)
        listener.requests.append(request)
        given.sendall(_accepted(request))
        # Until the other side has hung up: nothing is read.
        while listener.port and not _is_closed(given):
            pass

    with listening(stall) as listener:
        [outcome] = send_files(peer(listener.port), [path], SHORT)
        listener.port = 0
    assert isinstance(outcome, PacsUnavailable)


def _is_closed(given: socket.socket) -> bool:
    given.settimeout(0.2)
    try:
        given.sendall(b"")
        return given.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0
    except OSError:
        return True


def _accepted(request: bytes) -> bytes:
    """A-ASSOCIATE-AC to a request with one context: Explicit VR Little Endian is taken."""

    def item(kind: int, content: bytes) -> bytes:
        return bytes([kind, 0]) + len(content).to_bytes(2, "big") + content

    context = item(0x21, bytes([1, 0, 0, 0]) + item(0x40, uid.ExplicitVRLittleEndian.encode()))
    user = item(0x50, item(0x51, (16384).to_bytes(4, "big")) + item(0x52, b"1.2.3"))
    body = request[6:74] + item(0x10, b"1.2.840.10008.3.1.1.1") + context + user
    return b"\x02\x00" + len(body).to_bytes(4, "big") + body
