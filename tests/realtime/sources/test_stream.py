import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import cv2
import pytest

from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.realtime.sources import live
from senoscope.realtime.sources.opencv import Picture
from senoscope.realtime.sources.stream import StreamSource
from tests.realtime.sources.clips import picture

TIMEOUT_MS = 1000
HANG_LIMIT_S = 3 * 2 * TIMEOUT_MS / 1000


@contextmanager
def mjpeg_server(frames: int, then_silent: bool = False) -> Iterator[str]:
    """Sends so many pictures, then hangs up, or falls silent until the end of the test."""
    over = Event()

    class Sender(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            for index in range(frames):
                jpeg = cv2.imencode(".jpg", picture(level=index))[1].tobytes()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:
                    return
            if then_silent:
                over.wait(30)

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Sender)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/live.mjpg"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_mjpeg_stream_is_read_and_its_end_is_a_loss() -> None:
    with mjpeg_server(frames=40) as url:
        source = StreamSource(url, TIMEOUT_MS)
        source.open()
        frames = [source.grab() for _ in range(20)]
        assert [frame.index for frame in frames if frame is not None] == list(range(20))
        with pytest.raises(SourceLost, match="stopped sending after"):
            while True:
                source.grab()
        source.close()


def test_a_stream_that_falls_silent_is_lost_within_seconds() -> None:
    with mjpeg_server(frames=40, then_silent=True) as url:
        source = StreamSource(url, TIMEOUT_MS)
        source.open()
        begun = time.monotonic()
        with pytest.raises(SourceLost, match="Check that the sender runs"):
            while True:
                source.grab()
        assert time.monotonic() - begun < HANG_LIMIT_S
        source.close()


def test_a_dead_port_is_refused_within_seconds() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(SourceUnavailable, match=f"127.0.0.1:{port} could not be opened"):
        StreamSource(f"http://127.0.0.1:{port}/live", TIMEOUT_MS).open()
    assert time.monotonic() - begun < HANG_LIMIT_S


def test_a_silent_udp_port_is_refused_within_seconds() -> None:
    begun = time.monotonic()
    with pytest.raises(SourceUnavailable, match="udp stream"):
        StreamSource("udp://127.0.0.1:18234", TIMEOUT_MS).open()
    assert time.monotonic() - begun < HANG_LIMIT_S


def test_the_name_tells_neither_user_nor_password_nor_path() -> None:
    source = StreamSource("rtsp://ward:secret@10.0.0.7:554/patient?key=1")
    assert source.name == "rtsp stream 10.0.0.7:554"
    assert StreamSource("udp://@:5000").name == "udp stream :5000"


@pytest.mark.parametrize("url", ["ftp://host/live", "http://", "rtsp://host:many/live"])
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SourceUnavailable, match="SCHEME://HOST") as refused:
        StreamSource(url)
    assert url not in str(refused.value).split("for example")[0]


class HeldBack:
    """Sends a picture every 40 ms of its own clock, each of the next level.

    At the 20th the network stands still for two seconds; the 50 pictures of them then come at once.
    """

    def __init__(self) -> None:
        self.now_s, self._sent = 0.0, 0

    def clock(self) -> float:
        return self.now_s

    def read(self) -> tuple[bool, Picture]:
        self._sent += 1
        self.now_s += 2.0 if self._sent == 20 else 0.001 if 20 < self._sent < 70 else 0.04
        return True, picture(level=self._sent)

    def get(self, property_id: int, /) -> float:
        return 0.0

    def release(self) -> None:
        pass


def test_after_a_stall_it_goes_on_with_the_newest_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    device = HeldBack()
    monkeypatch.setattr(live, "monotonic", device.clock)
    source = StreamSource("udp://@:5000", open_device=lambda: device)
    source.open()
    frames = [source.grab() for _ in range(25)]
    levels = [int(frame.pixels[0, 0]) for frame in frames if frame is not None]
    assert levels == [*range(1, 20), *range(70, 76)]
    assert [frame.index for frame in frames if frame is not None] == list(range(25))
