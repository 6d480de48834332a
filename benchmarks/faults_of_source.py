"""A stream whose sender stalls, dies or changes its pictures' size; frames out of order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.synchronize import Event

import cv2
import numpy as np
from bedside import Header, Run, Stage, at_bedside, reads, shows

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.frame import Frame
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.camera import CameraSource
from senoscope.realtime.sources.opencv import Picture
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.realtime.sources.stream import StreamSource

Jpegs = tuple[bytes, ...]
LOST = shows("lost")


def sweep(size: tuple[int, int], pictures: int) -> Jpegs:
    """So many of the phantom at that size, (columns, rows)."""
    phantom = BModePhantom(0, *size)
    return tuple(
        cv2.imencode(".jpg", frame.pixels)[1].tobytes() for frame in phantom.sweep(pictures)
    )


class Sender:
    """An MJPEG sender in a process of its own, always on the same port."""

    def __init__(self, jpegs: Jpegs, rate_hz: float) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._jpegs, self._rate_hz = jpegs, rate_hz
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}/live.mjpg"
        self.start()

    def start(self) -> None:
        """Start the process and wait until it listens."""
        listens = self._context.Event()
        given = (self._port, self._jpegs, self._rate_hz, listens)
        self._process = self._context.Process(target=send, args=given, daemon=True)
        self._process.start()
        if not listens.wait(30):
            raise TimeoutError("The sender did not start within 30 s.")

    def tell(self, number: signal.Signals) -> float:
        """Send it a signal; gives the moment."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)
        return time.monotonic()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()


@contextmanager
def sending(stage: Stage) -> Iterator[Sender]:
    """A sender of the phantom."""
    sender = Sender(sweep(stage.size, stage.pictures), stage.rate_hz)
    try:
        yield sender
    finally:
        sender.close()


def send(port: int, jpegs: Jpegs, rate_hz: float, listens: Event) -> None:
    """Serve one viewer after the other, without end."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            count = 0
            while True:
                jpeg = jpegs[count % len(jpegs)]
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
                except OSError:
                    return
                count += 1
                time.sleep(1 / rate_hz)

        def log_message(self, format: str, *_: object) -> None:
            del format

    server = ThreadingHTTPServer(("127.0.0.1", port), Answer)
    listens.set()
    server.serve_forever()


class Disordered:
    """The phantom, but in every ten frames one is missing, two change places, one is of the past.

    So indices jump and go back, and capture times go back with them; once by ten seconds.
    """

    simulated = True

    def __init__(self, source: PhantomSource) -> None:
        self.name = source.name
        self._source = source
        self._held: Frame | None = None

    def open(self) -> None:
        """Open the phantom."""
        self._source.open()

    def grab(self) -> Frame | None:
        """The next frame, or another."""
        held, self._held = self._held, None
        if held is not None:
            return held
        frame = self._source.grab()
        if frame is None or frame.index % 10 not in (2, 4, 8):
            return frame
        if frame.index % 10 == 8:
            return replace(frame, captured_at_ns=frame.captured_at_ns - 10_000_000_000)
        if frame.index % 10 == 4:
            self._held = frame
        return self._source.grab()

    def close(self) -> None:
        """Close the phantom."""
        self._source.close()


class Grabber:
    """A frame grabber on a scanner whose output is of the second size while `other` is set."""

    def __init__(self, stage: Stage) -> None:
        self.other = threading.Event()
        columns, rows = stage.size
        sizes = stage.size, (columns // 4 * 3, rows // 4 * 3)
        self._sweeps = tuple(decoded(sweep(size, stage.pictures)) for size in sizes)
        self._period_s, self._count = 1 / stage.rate_hz, 0

    def read(self) -> tuple[bool, Picture]:
        """The next picture, at the scanner's pace."""
        time.sleep(self._period_s)
        self._count += 1
        pictures = self._sweeps[self.other.is_set()]
        return True, pictures[self._count % len(pictures)]

    def get(self, property_id: int, /) -> float:
        """Nothing is known."""
        del property_id
        return 0.0

    def release(self) -> None:
        """It can be opened again."""


def decoded(jpegs: Jpegs) -> tuple[Picture, ...]:
    """The grey pictures."""
    return tuple(
        np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE))
        for jpeg in jpegs
    )


def stalled(stage: Stage, times: int) -> list[Run]:
    """The stream's sender stopped for three seconds. STALE is by the page's own clock."""
    with sending(stage) as sender:

        def strike() -> float:
            return sender.tell(signal.SIGSTOP)

        def mend() -> float:
            return sender.tell(signal.SIGCONT)

        return _source_faults(stage, times, StreamSource(sender.url), strike, mend, None)


def unplugged(stage: Stage, times: int) -> list[Run]:
    """The stream's sender killed, and started again."""
    with sending(stage) as sender:

        def strike() -> float:
            return sender.tell(signal.SIGKILL)

        def mend() -> float:
            sender.start()
            return time.monotonic()

        return _source_faults(stage, times, StreamSource(sender.url), strike, mend, LOST)


def resized(stage: Stage, times: int) -> list[Run]:
    """A grabber's pictures change their size, and change back."""
    grabber = Grabber(stage)

    def strike() -> float:
        grabber.other.set()
        return time.monotonic()

    def mend() -> float:
        grabber.other.clear()
        return time.monotonic()

    camera = CameraSource(0, lambda: grabber)
    return _source_faults(stage, times, camera, strike, mend, LOST)


def _source_faults(
    stage: Stage,
    times: int,
    source: Source,
    strike: Callable[[], float],
    mend: Callable[[], float],
    banner: Callable[[Header], object] | None,
) -> list[Run]:
    runs = []
    with at_bedside(source, stage.build) as bed:
        for _ in range(times):
            bed.settle()
            at = strike()
            said = bed.viewer.first(banner, at) - at if banner else None
            time.sleep(max(0.0, at + stage.fails_s - time.monotonic()))
            again = mend()
            well = bed.viewer.first(reads, again)
            runs.append(Run(banner_s=said, recovery_s=well - again))
    return runs


def disordered(stage: Stage, times: int) -> list[Run]:
    """Frames missing, changing places, with capture times that go back."""
    with at_bedside(Disordered(stage.phantom()), stage.build) as bed:
        bed.settle()
        return [bed.watched_for(stage.watch_s) for _ in range(times)]
