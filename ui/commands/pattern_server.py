"""The pattern that tells the time, on a page and as a stream, for this machine alone."""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import cv2

from senoscope.calibration.time_code import drawn
from senoscope.realtime.sources.pacing import Pace

HOST = "127.0.0.1"
LONGEST_DELAY_MS = 1000.0
JPEG_QUALITY = 90
LONGEST_WAIT_S = 1.0
"""A page that asks for the next picture is told after so long that there is none."""
LARGEST_BODY = 1024
MOST_DISPLAY_MS = 60_000.0
_POLL_S = 0.05


class PatternServer:
    """Serves while entered. `rate_hz` and `size` (columns, rows) are the stream's.

    `port` 0: any that is free. OSError where it is taken.
    """

    def __init__(
        self, rate_hz: float = 30.0, size: tuple[int, int] = (1024, 768), port: int = 0
    ) -> None:
        self.rate_hz, self.size = rate_hz, size
        self.closing = Event()
        self._server = _Server((HOST, port), _Answer)
        self._server.pattern = self
        self._thread = Thread(
            target=self._server.serve_forever,
            args=(_POLL_S,),
            name="senoscope-pattern",
            daemon=True,
        )
        self._changed = Condition()
        self._newest: tuple[int, bytes, int] | None = None
        self._display_ms: deque[float] = deque(maxlen=100_000)
        self._clock_ms = 0.0
        self._held_ms: deque[float] = deque(maxlen=100_000)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Of the page."""
        return f"http://{HOST}:{self._server.server_port}/"

    def stream(self, delay_ms: float = 0.0) -> str:
        """The address of a stream whose pictures are each held back by so much."""
        return f"{self.address}pattern.mjpg?delay={delay_ms:g}"

    def publish(self, jpeg: bytes, at_ns: int) -> None:
        """Let a page draw this picture, published at `at_ns` of `time.monotonic_ns()`."""
        with self._changed:
            number = 0 if self._newest is None else self._newest[0] + 1
            self._newest = (number, jpeg, at_ns)
            self._changed.notify_all()

    def newest(self, after: int) -> tuple[int, bytes, int] | None:
        """(number, JPEG, published at) of one later than `after`, waited for; None: none came."""

        def later() -> tuple[int, bytes, int] | None:
            there = self._newest is not None and self._newest[0] > after
            return self._newest if there else None

        with self._changed:
            return self._changed.wait_for(later, LONGEST_WAIT_S)

    def note_display(self, display_ms: float, clock_ms: float) -> None:
        """A page's milliseconds from published to drawn, and by how much its clock may be off."""
        with self._changed:
            self._display_ms.append(display_ms)
            self._clock_ms = max(self._clock_ms, clock_ms)

    def told_by_page(self) -> tuple[list[float], float]:
        """All milliseconds noted since the last call, and by how much a clock may be off."""
        with self._changed:
            noted = list(self._display_ms)
            self._display_ms.clear()
            return noted, self._clock_ms

    def note_held(self, held_ms: float) -> None:
        """How long the stream held a picture back, as it came to."""
        with self._changed:
            self._held_ms.append(held_ms)

    def held(self) -> list[float]:
        """All milliseconds that pictures of the stream were held back since the last call."""
        with self._changed:
            held = list(self._held_ms)
            self._held_ms.clear()
            return held


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pattern: PatternServer


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if not self._is_for_this_machine():
            self.send_error(HTTPStatus.FORBIDDEN)
        elif path == "/":
            page = files("senoscope.ui.pages").joinpath("pattern.html").read_bytes()
            self._send("text/html; charset=utf-8", page)
        elif path == "/clock":
            self._send("text/plain", f"{time.monotonic_ns() / 1e6:.3f}".encode())
        elif path == "/newest":
            self._send_newest(_number(asked, "after", -1))
        elif path == "/pattern.mjpg":
            self._send_stream(min(max(_number(asked, "delay", 0), 0.0), LONGEST_DELAY_MS))
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if not self._is_for_this_machine() or self.path != "/drawn" or length > LARGEST_BODY:
            self.close_connection = True
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        try:
            said = json.loads(self.rfile.read(length))
            display_ms, clock_ms = float(said["display_ms"]), float(said["clock_ms"])
        except (ValueError, KeyError, TypeError):
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        if abs(display_ms) <= MOST_DISPLAY_MS and 0 <= clock_ms <= MOST_DISPLAY_MS:
            self.server.pattern.note_display(display_ms, clock_ms)
        self._send("text/plain", b"")

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing: the command's own lines are what is read."""

    def _is_for_this_machine(self) -> bool:
        """Whether it was asked by this machine's name: a foreign page may lead its own here."""
        port = self.server.server_port
        names = {f"{HOST}:{port}", f"localhost:{port}"}
        origin = self.headers.get("Origin")
        return self.headers.get("Host") in names and (
            origin is None or urlsplit(origin).netloc in names
        )

    def _send(self, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(HTTPStatus.OK)
        fields = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
        }
        for name, value in {**fields, **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _send_newest(self, after: float) -> None:
        newest = self.server.pattern.newest(int(after))
        if newest is None:
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()
            return
        number, jpeg, at_ns = newest
        published = f"{at_ns / 1e6:.3f}"
        self._send("image/jpeg", jpeg, {"X-Number": str(number), "X-Published-Ms": published})

    def _send_stream(self, delay_ms: float) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            for jpeg in _held_back(self.server.pattern, delay_ms / 1e3):
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
        except OSError:
            return  # whoever watched has gone


def _held_back(pattern: PatternServer, delay_s: float) -> Iterator[bytes]:
    """The pattern at its beat as JPEG, each picture so long after it was encoded, without end."""
    pace = Pace(pattern.rate_hz)
    waiting: deque[tuple[float, bytes]] = deque()
    changed, over = Condition(), Event()

    def draw() -> None:
        while pace.wait():
            picture = drawn(round(time.monotonic_ns() / 1e6), pattern.size)
            _, jpeg = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
            with changed:
                waiting.append((time.monotonic(), jpeg.tobytes()))
                changed.notify()

    drawer = Thread(target=draw, name="senoscope-pattern-drawer", daemon=True)
    drawer.start()
    try:
        while not pattern.closing.is_set():
            with changed:
                if not changed.wait_for(lambda: waiting, _POLL_S):
                    continue
                since_s, jpeg = waiting.popleft()
            over.wait(max(0.0, since_s + delay_s - time.monotonic()))
            pattern.note_held((time.monotonic() - since_s) * 1e3)
            yield jpeg
    finally:
        pace.stop()
        drawer.join()


def _number(asked: dict[str, list[str]], name: str, otherwise: float) -> float:
    try:
        value = float(asked.get(name, [""])[0])
    except ValueError:
        return otherwise
    return value if math.isfinite(value) else otherwise
