"""The pattern filmed through the capture path that is used live."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import NamedTuple

import cv2
import numpy as np

from senoscope.calibration.latency import FoundDelay, Glimpse, Held, Latency, found_delays, latency
from senoscope.calibration.time_code import TimeCode, read_code
from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import AiState, PublishedFrame, ReadFrame
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.stream import StreamSource
from senoscope.realtime.worker import BuildReader
from senoscope.ui.commands.pattern_server import PatternServer

WARM_UP_S = 1.0
"""Pictures that waited while the source was opened come first, and late."""
DELAYS_MS = tuple(float(delay_ms) for delay_ms in range(0, 201, 20))
ROUNDS = 3
"""All delays in turn, several times: a machine that grows busier then does so for each."""
LOOK_S = 0.5
STALL_S = 10.0
"""Without a picture for so long, filming is given up."""


class _Noted(NamedTuple):
    """Of a published frame, without its pixels: there may be thousands."""

    jpeg: bytes
    frame_index: int
    captured_at_ns: int
    published_at_ns: int


class Filming:
    """Notes what the loop publishes, while it is wanted, and shows it to a page."""

    def __init__(self, server: PatternServer) -> None:
        self.newest: bytes | None = None
        self._server = server
        self._noted: list[_Noted] = []
        self._read_at_ns: dict[int, int] = {}
        self._wanted = 0
        self._complete = Event()

    def show(self, published: PublishedFrame) -> None:
        """Called by the loop with every frame."""
        now_ns = time.monotonic_ns()
        self._server.publish(published.jpeg, now_ns)
        self.newest = published.jpeg
        if len(self._noted) < self._wanted:
            frame = published.frame
            self._noted.append(_Noted(published.jpeg, frame.index, frame.captured_at_ns, now_ns))
            if len(self._noted) == self._wanted:
                self._complete.set()

    def note_read(self, read: ReadFrame) -> None:
        """Called by the loop with every frame that was read."""
        self._read_at_ns[read.frame.index] = time.monotonic_ns()

    def note(self, pictures: int, goes_on: Callable[[], bool]) -> list[Glimpse]:
        """The next so many pictures, fewer where it does not go on. Read once all have come."""
        self._noted, self._wanted = [], pictures
        came, since_s = 0, time.monotonic()
        while not self._complete.wait(LOOK_S) and goes_on():
            if len(self._noted) > came:
                came, since_s = len(self._noted), time.monotonic()
            elif time.monotonic() - since_s > STALL_S:
                break
        self._wanted = 0
        return [
            Glimpse(
                _code(each.jpeg),
                each.captured_at_ns,
                each.published_at_ns,
                self._read_at_ns.get(each.frame_index),
            )
            for each in tuple(self._noted)
        ]

    def sees_pattern(self) -> bool:
        """Whether the newest picture can be read."""
        return self.newest is not None and _code(self.newest) is not None


def filmed(
    source: Source,
    build_reader: BuildReader,
    server: PatternServer,
    pictures: int,
    patience_s: float,
) -> tuple[Latency, float]:
    """Of so many pictures; and the milliseconds by which a page's clock may be off.

    SourceUnavailable where no picture shows the pattern, or none is read, within `patience_s`;
    SourceLost where the source ends before all came.
    """
    filming = Filming(server)
    loop = LiveLoop(source, build_reader, judges=False)
    loop.subscribe(filming.show)
    loop.subscribe_read(filming.note_read)
    try:
        # Without waiting for the reader: a stream's pictures would pile up meanwhile.
        loop.start()
        _await_pattern(loop, filming, source.name, patience_s)
        server.told_by_page()
        glimpses = filming.note(pictures, lambda: not loop.status().ended)
        display_ms, clock_ms = server.told_by_page()
        error = loop.status().error
    finally:
        loop.stop()
    if len(glimpses) < pictures:
        raise SourceLost(
            f"{source.name} gave {len(glimpses)} of {pictures} pictures. {error} Measure it again."
        )
    return latency(glimpses, display_ms), clock_ms


def _await_pattern(loop: LiveLoop, filming: Filming, name: str, patience_s: float) -> None:
    """Until frames are read and the pattern is seen, and what piled up before has gone."""
    deadline_s = time.monotonic() + patience_s
    while not (sees := filming.sees_pattern()) or loop.status().ai_state is AiState.STARTING:
        status = loop.status()
        if status.ended or time.monotonic() > deadline_s:
            unread = f"No frame of {name} was read within {patience_s:g} s. Give it longer."
            raise SourceUnavailable(status.error or (unread if sees else _unseen(name, patience_s)))
        time.sleep(0.2)
    time.sleep(WARM_UP_S)


def tried_delays(
    server: PatternServer, pictures: int, tell: Callable[[str], None]
) -> list[FoundDelay]:
    """Delays put into the stream, measured by at least so many pictures each."""
    taken: dict[float, Held] = {delay_ms: Held([], []) for delay_ms in DELAYS_MS}
    for number in range(ROUNDS):
        tell(f"round {number + 1} of {ROUNDS}, {len(DELAYS_MS)} delays")
        for delay_ms, before in taken.items():
            now = _held_back(server, delay_ms, -(-pictures // ROUNDS))
            taken[delay_ms] = Held(
                [*before.glimpses, *now.glimpses], [*before.held_ms, *now.held_ms]
            )
    return found_delays(taken)


def _held_back(server: PatternServer, delay_ms: float, pictures: int) -> Held:
    source = StreamSource(server.stream(delay_ms))
    skipped = round(WARM_UP_S * server.rate_hz)
    source.open()
    try:
        for _ in range(skipped):
            source.grab()
        server.held()
        frames = [frame for _ in range(pictures) if (frame := source.grab()) is not None]
        held_ms = server.held()
    finally:
        source.close()
    return Held(
        [Glimpse(read_code(frame.pixels), frame.captured_at_ns) for frame in frames], held_ms
    )


def _code(jpeg: bytes) -> TimeCode | None:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    return read_code(np.asarray(picture, np.uint8))


def _unseen(name: str, patience_s: float) -> str:
    return (
        f"No picture of {name} showed the pattern within {patience_s:g} s; expected its white ring "
        "whole, upright or turned, at least a tenth of the picture wide. Show the page full screen "
        "where the source films it, sharp and without glare, and measure again."
    )
