"""The live loop as a person meets it: its page served, and viewers that note what comes and when.

What the faults of `faults.py` are made on. All moments are `time.monotonic()` in seconds.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from senoscope.domain.frame import Gray
from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.models.package import CLASSIFIER, load_package
from senoscope.realtime.feeder import LAST_BACK_OFF_S
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.realtime.worker import BuildReader
from senoscope.ui.assemble import build_reader, operating_point
from senoscope.ui.live.live_session import LiveSession, WatchedSource
from senoscope.ui.settings import Settings

Header = dict[str, Any]
PATIENCE_S = 60.0
KEPT = 10_000
"""Frames: more than come while anything is watched."""


class NoReader:
    """Finds nothing, in no time; in an AI process of its own all the same."""

    description = ReaderDescription("none", ())

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Look at nothing."""
        del pixels
        return Reading(frame_index, (), presence=0.0)


@dataclass(frozen=True)
class Run:
    """One fault, in seconds, and frames a second; None where there is nothing to tell.

    `fps_before` is of the moments before the fault. `lost` counts the frames that were published
    and did not come to the viewer.
    """

    gap_s: float | None = None
    banner_s: float | None = None
    recovery_s: float | None = None
    fps: float | None = None
    fps_before: float | None = None
    lost: int | None = None


@dataclass(frozen=True)
class Stage:
    """What the faults are made with.

    The phantom's sweep is of so many `pictures`, round and round. `between_s` lies between two
    faults of the AI, so that each restart waits as the first does; a source fails for `fails_s`;
    what goes on beside a fault is watched for `watch_s`.
    """

    build: BuildReader = build_reader
    size: tuple[int, int] = (1024, 768)
    rate_hz: float = 30.0
    pictures: int = 60
    between_s: float = LAST_BACK_OFF_S + 1
    fails_s: float = 3.0
    watch_s: float = 5.0

    def phantom(self) -> PhantomSource:
        """As a source."""
        return PhantomSource(0, self.rate_hz, self.size, self.pictures)


class Viewer:
    """A browser's end of the live WebSocket: says "seen" so long after each frame.

    `came` holds each message's moment and header, in their order.
    """

    def __init__(self, address: str, seen_after_s: float = 0.0) -> None:
        self.came: list[tuple[float, Header]] = []
        self._seen_after_s = seen_after_s
        self._socket = connect(address, compression=None)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        try:
            for message in self._socket:
                at = time.monotonic()
                assert isinstance(message, bytes)
                (length,) = struct.unpack_from("<I", message)
                header = json.loads(message[4 : 4 + length])
                self.came.append((at, header))
                if header["sequence"] is not None:
                    time.sleep(self._seen_after_s)
                    self._socket.send("seen")
        except ConnectionClosed:
            return

    def close(self) -> None:
        """Leave."""
        self._socket.close()
        self._thread.join(10)

    def first(self, holds: Callable[[Header], object], since: float) -> float:
        """The moment of the first message after `since` of which that holds; it waits for one."""
        deadline, place = time.monotonic() + PATIENCE_S, 0
        while time.monotonic() < deadline:
            for at, header in self.came[place:]:
                place += 1
                if at > since and holds(header):
                    return at
            time.sleep(0.002)
        raise TimeoutError(f"No such message in {PATIENCE_S:g} s; the last: {self.came[-1][1]}")

    def frames(self, since: float, until: float) -> list[tuple[float, int]]:
        """The moment and index of the frames of that time, in the order in which they came."""
        came = [each for each in self.came if each[1]["sequence"] is not None]
        return [(at, header["frame"]) for at, header in came if since <= at <= until]

    def longest_gap(self, since: float, until: float) -> float:
        """Seconds without a new picture, at most."""
        moments = [since, *(at for at, _ in self.frames(since, until)), until]
        return float(np.diff(moments).max())


@dataclass(frozen=True)
class Bedside:
    """A running loop, the address of its page's WebSocket, and a viewer at full rate."""

    loop: LiveLoop
    address: str
    viewer: Viewer
    published: deque[int]
    """The indices of the last frames that went to viewers."""

    def settle(self, seconds: float = 1.0) -> float:
        """Wait until the AI has read for so long; gives the moment."""
        since = time.monotonic()
        since = self.viewer.first(reads, since)
        time.sleep(seconds)
        return self.viewer.first(reads, time.monotonic())

    def watched(self, goes_on: Callable[[], bool]) -> Run:
        """What came to the viewer for as long as that goes on."""
        since = time.monotonic()
        while goes_on():
            time.sleep(0.005)
        until = time.monotonic()
        came = [index for _, index in self.viewer.frames(since, until)]
        sent = list(self.published)
        sent = sent[sent.index(came[0]) : sent.index(came[-1]) + 1]
        return Run(
            gap_s=self.viewer.longest_gap(since, until),
            fps=len(came) / (until - since),
            lost=len(set(sent) - set(came)),
        )

    def watched_for(self, seconds: float) -> Run:
        """What came to the viewer in so long."""
        until = time.monotonic() + seconds
        return self.watched(lambda: time.monotonic() < until)


@contextmanager
def at_bedside(source: Source, build: BuildReader) -> Iterator[Bedside]:
    """Serve `source`, read by what `build` makes, as `senoscope live` does."""
    # The AI process imports what its parent's main file does: Gradio would take it seconds.
    from senoscope.ui.app import PageSettings, build_app, server_config  # noqa: PLC0415
    from senoscope.ui.live.live_route import LIVE_PATH  # noqa: PLC0415

    published: deque[int] = deque(maxlen=KEPT)

    def note(frame: PublishedFrame) -> None:
        published.append(frame.frame.index)

    with TemporaryDirectory() as name:
        folder = Path(name)
        watched = WatchedSource("phantom", source)
        loop = LiveLoop(watched, build, awaits_return=True)
        session = LiveSession(
            loop, watched, Settings("phantom"), folder / "settings.json", kept=folder
        )
        settings = PageSettings(folder, operating_point(load_package(CLASSIFIER)))
        server = uvicorn.Server(server_config(build_app(loop, session.actions, settings)))
        loop.subscribe(note)
        with served(server) as place, loop:
            address = f"ws://{place}{LIVE_PATH}"
            viewer = Viewer(address)
            try:
                yield Bedside(loop, address, viewer, published)
            finally:
                viewer.close()


@contextmanager
def served(server: uvicorn.Server) -> Iterator[str]:
    """Run it on a free port; gives host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def reads(header: Header) -> bool:
    """Whether that message is a frame with a reading, and the AI reads."""
    return header["ai"] == "reading" and bool(header.get("read"))


def shows(*keys: str) -> Callable[[Header], bool]:
    """Whether a message has one of these banners."""
    return lambda header: any(state["key"] in keys for state in header["banners"])


def ai_process() -> int:
    """The id of the AI process."""
    (pid,) = (
        process.pid
        for process in multiprocessing.active_children()
        if process.name == "senoscope-ai" and process.pid
    )
    return pid
