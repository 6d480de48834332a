from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray
from pyigtl import ImageMessage, OpenIGTLinkServer, StringMessage

from senoscope.domain.errors import (
    ImageError,
    InstallationError,
    SourceLost,
    SourceUnavailable,
)
from senoscope.domain.frame import Frame
from senoscope.realtime.capture import Capture
from senoscope.realtime.sources import openigtlink
from senoscope.realtime.sources.igtl_inbox import LARGEST_BODY
from senoscope.realtime.sources.openigtlink import OpenIgtLinkSource, igtl_source

HANG_LIMIT_S = 30.0
SILENCE_S = 1.0
MILLIMETRES = np.diag([0.1, 0.2, 1.0, 1.0])


def image(level: int, device: str = "Image") -> ImageMessage:
    """120 rows of 160 columns, 0.1 mm a column, 0.2 mm a row."""
    pixels = np.full((1, 120, 160), level, np.uint8)
    return ImageMessage(pixels, MILLIMETRES, device_name=device)


@contextmanager
def pyigtl_server(port: int = 0) -> Iterator[OpenIGTLinkServer]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    server = OpenIGTLinkServer(port=port)
    for number, what in before.items():
        signal.signal(number, what)  # a server of pyigtl takes them for itself
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def raw_server(*sent: bytes, then_silent: bool = False) -> Iterator[int]:
    """Sends these bytes to whoever connects, then hangs up or falls silent; yields the port."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.1)

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
                break
            except TimeoutError:
                continue
        else:
            return
        with connection:
            connection.settimeout(HANG_LIMIT_S)
            for part in sent:
                try:
                    connection.sendall(part)
                except OSError:
                    return
            if then_silent:
                over.wait(HANG_LIMIT_S)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        thread.join(HANG_LIMIT_S)
        listening.close()


def opened(port: int, device: str = "Image") -> OpenIgtLinkSource:
    source = OpenIgtLinkSource("127.0.0.1", port, device, SILENCE_S)
    source.open()
    return source


def grabbed(source: OpenIgtLinkSource) -> Frame:
    frame = source.grab()
    assert frame is not None
    return frame


def header(body_bytes: int) -> bytes:
    """That of an image with a body of another size than it says."""
    packed: bytes = image(0).pack()[:58]
    return packed[:42] + body_bytes.to_bytes(8, "big") + packed[50:]


def test_images_of_a_pyigtl_server_become_frames_with_millimetres() -> None:
    with pyigtl_server() as server:
        source = opened(server.server_address[1])
        for level in (10, 20, 30):
            server.send_message(image(level))
            frame = grabbed(source)
            assert (frame.pixels == level).all() and frame.size == (160, 120)
            assert frame.index == level // 10 - 1
            assert frame.pixel_spacing is not None
            assert frame.pixel_spacing.row_mm == pytest.approx(0.2)
            assert frame.pixel_spacing.column_mm == pytest.approx(0.1)
        source.close()
        assert source.grab() is None
    assert source.name.startswith("OpenIGTLink 127.0.0.1:") and not source.simulated


def test_a_capture_waits_for_a_server_that_comes_back() -> None:
    frames: list[Frame] = []
    with pyigtl_server() as server:
        port = server.server_address[1]
        source = OpenIgtLinkSource("127.0.0.1", port, "Image", SILENCE_S)
        capture = Capture(source, lambda frame, _cpu_ns: frames.append(frame), awaits_return=True)
        capture.open()
        capture.begin()
        capture.wait_open()
        server.send_message(image(10))
        until(lambda: len(frames) == 1)
    until(lambda: capture.lost)
    with pyigtl_server(port) as server:
        server.send_message(image(20), wait=False)
        until(lambda: len(frames) == 2 and not capture.lost)
        capture.stop()
    assert [int(frame.pixels[0, 0]) for frame in frames] == [10, 20]
    assert frames[1].index == 1


def until(holds: object) -> None:
    assert callable(holds)
    deadline = time.monotonic() + HANG_LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


@pytest.mark.parametrize("at_once", [2**18, 2**12])
def test_of_what_waits_only_the_newest_comes(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(openigtlink, "_PART", at_once)
    sent = b"".join(image(level).pack() for level in range(10, 60, 10))
    with raw_server(sent, then_silent=True) as port:
        source = opened(port)
        time.sleep(0.3)
        assert int(grabbed(source).pixels[0, 0]) == 50
        source.close()


def test_other_devices_and_kinds_of_message_are_passed_over() -> None:
    text = StringMessage("hello", device_name="Image")
    sent = [image(20), image(10, "Other"), text]
    with raw_server(b"".join(each.pack() for each in sent), then_silent=True) as port:
        source = opened(port)
        assert int(grabbed(source).pixels[0, 0]) == 20
        source.close()


def test_without_a_device_s_name_the_first_that_sends_an_image_is_kept_to() -> None:
    sent = image(10, "First").pack() + image(20, "Second").pack()
    with raw_server(sent, then_silent=True) as port:
        source = opened(port, device="")
        assert int(grabbed(source).pixels[0, 0]) == 10
        source.close()


@pytest.mark.parametrize(
    ("pixels", "said"),
    [
        (np.zeros((1, 120, 160), np.uint16), "160x120x1 uint16 values, 1 to a pixel"),
        (np.zeros((1, 120, 160), np.float32), "float32"),
        (np.zeros((1, 120, 160, 2), np.uint8), "2 to a pixel"),
        (np.zeros((3, 120, 160), np.uint8), "160x120x3 uint8"),
        (np.zeros((1, 12, 16), np.uint8), "16x12; expected 64"),
    ],
)
def test_an_image_that_is_no_8_bit_plane_is_refused_and_the_next_one_comes(
    pixels: NDArray[np.generic], said: str
) -> None:
    with pyigtl_server() as server:
        source = opened(server.server_address[1])
        server.send_message(ImageMessage(pixels, device_name="Image"))
        with pytest.raises(ImageError, match=said):
            source.grab()
        server.send_message(image(10))
        assert int(grabbed(source).pixels[0, 0]) == 10
        source.close()


@pytest.mark.parametrize("body_bytes", [LARGEST_BODY + 1, 2**40, 2**64 - 1])
def test_a_huge_announced_body_is_refused_before_it_comes(body_bytes: int) -> None:
    with raw_server(header(body_bytes), then_silent=True) as port:
        source = opened(port)
        with pytest.raises(SourceLost, match=f"{body_bytes} bytes was announced; expected at most"):
            source.grab()
        source.close()


def test_what_is_no_openigtlink_is_refused() -> None:
    with raw_server(b"HTTP/1.1 400 Bad Request\r\n" + b"\xff" * 100, then_silent=True) as port:
        source = opened(port)
        with pytest.raises(SourceLost):
            source.grab()
        source.close()


def test_a_damaged_message_is_passed_over() -> None:
    damaged = header(40) + bytes(40)
    with raw_server(damaged, then_silent=True) as port:
        source = opened(port)
        with pytest.raises(ImageError, match="damaged"):
            source.grab()
        source.close()


@pytest.mark.parametrize("sent", [b"", image(10).pack()[:5000]])
def test_silence_and_a_picture_that_never_ends_are_a_loss(sent: bytes) -> None:
    with raw_server(sent, then_silent=True) as port:
        source = opened(port)
        began = time.monotonic()
        with pytest.raises(SourceLost, match="no whole picture within 1 s"):
            source.grab()
        assert time.monotonic() - began >= SILENCE_S
        source.close()


def test_the_last_picture_before_the_server_hangs_up_still_comes() -> None:
    with raw_server(image(10).pack()) as port:
        source = opened(port)
        assert int(grabbed(source).pixels[0, 0]) == 10
        with pytest.raises(SourceLost, match="ended the connection, after 1 frames"):
            source.grab()
        source.close()


def test_closing_ends_a_waiting_grab() -> None:
    with raw_server(then_silent=True) as port:
        source = OpenIgtLinkSource("127.0.0.1", port, silence_s=HANG_LIMIT_S)
        source.open()
        came: list[Frame | None] = []
        waiting = threading.Thread(target=lambda: came.append(source.grab()))
        waiting.start()
        time.sleep(0.1)
        source.close()
        waiting.join(HANG_LIMIT_S / 2)
        assert came == [None]


def test_a_server_that_is_not_there_says_what_to_check() -> None:
    with raw_server() as port:
        pass
    with pytest.raises(SourceUnavailable, match=r"could not be opened.*firewall"):
        OpenIgtLinkSource("127.0.0.1", port).open()
    source = OpenIgtLinkSource("127.0.0.1", port)
    source.close()
    with pytest.raises(SourceLost, match="not opened"):
        OpenIgtLinkSource("127.0.0.1", port).grab()


def test_without_pyigtl_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyigtl.messages", None)
    with pytest.raises(InstallationError, match=r"pip install 'senoscope\[openigtlink\]'"):
        OpenIgtLinkSource("127.0.0.1").open()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("igtl://plus.local:18950/Image_Reference", "OpenIGTLink plus.local:18950"),
        ("IGTL://10.0.0.7", "OpenIGTLink 10.0.0.7:18944"),
    ],
)
def test_an_address_names_host_and_port(text: str, name: str) -> None:
    assert igtl_source(text).name == name


@pytest.mark.parametrize("text", ["igtl://", "igtl:///Image", "igtl://h:99999/I", "igtl://[::1"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SourceUnavailable, match=r"igtl://HOST:PORT/DEVICE"):
        igtl_source(text)
