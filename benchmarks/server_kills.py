"""A live loop whose inference server is killed in mid-sweep, again and again; for `rooms.py`."""

from __future__ import annotations

import itertools
import time
from functools import partial
from typing import Any

import numpy as np

from senoscope.models.engines.ways import Way
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.ui.assemble import build_reader
from tests.triton_server import Triton

SWEEP = 120
SOME = 15
"""Readings by the server before it is killed, and by whoever reads after that."""
PATIENCE_S = 120.0


class Heard:
    """When each frame was read, and whether by the engine here in place of the server."""

    def __init__(self) -> None:
        self.moments: list[tuple[float, bool]] = []

    def note(self, read: ReadFrame) -> None:
        """One reading."""
        self.moments.append((time.monotonic(), read.reading.fell_back))

    def await_more(self, by_server: bool) -> None:
        """SOME more readings of that kind."""
        give_up, first = time.monotonic() + PATIENCE_S, len(self.moments)
        while sum(fell is not by_server for _, fell in self.moments[first:]) < SOME:
            if time.monotonic() > give_up:
                raise SystemExit(f"never read {'by the server' if by_server else 'here'}")
            time.sleep(0.02)

    def longest_gap_ms(self, first: int) -> float:
        """From one reading to the next, from number `first` on."""
        times = [moment for moment, _ in self.moments[first:]]
        return 1e3 * max(after - one for one, after in itertools.pairwise(times))


def killed(
    triton: Triton, way: Way, rate_hz: float, size: tuple[int, int], times: int
) -> dict[str, Any]:
    """The entry `kills` of the report."""
    heard = Heard()
    source = PhantomSource(rate_hz=rate_hz, size=size, frames=SWEEP)
    loop = LiveLoop(source, partial(build_reader, way), judges=False)
    loop.subscribe_read(heard.note)
    loop.start(wait_for_reader=True)
    gaps = []
    draw = np.random.default_rng(13)
    try:
        for _ in range(times):
            heard.await_more(by_server=True)
            time.sleep(float(draw.uniform(0.5, 3.0)))
            last = max(0, len(heard.moments) - 1)
            triton.kill()
            heard.await_more(by_server=False)
            triton.start()
            heard.await_more(by_server=True)
            gaps.append(round(heard.longest_gap_ms(last), 1))
    finally:
        loop.stop()
    books = loop.books()
    return {
        "times": times,
        "gap_ms": gaps,
        "captured": books.captured,
        "read": books.read,
        "falls": books.engine_falls,
        "in_flight": books.in_flight,
    }
