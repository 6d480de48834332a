"""The loop for half an hour: memory, lag, and every frame accounted for.

    python benchmarks/soak.py --minutes 30 --rate 30 --report soak.json

The built-in phantom at 1024x768 through both networks, with the page's cine held as it is for a
browser. Every second the resident memory of all processes, shared pages counted in each, and the
median lag of the second's frames, from capture to reading, are noted; slopes are of a line from the
moment the cine is full, by least squares, with twice its standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.realtime.worker import BuildReader
from senoscope.ui.assemble import build_reader
from senoscope.ui.commands.bench_command import about
from senoscope.ui.frames.cine import CINE_S
from senoscope.ui.live.frame_hub import FrameHub

SETTLING_S = CINE_S + 5
MB = 2**20


@dataclass(frozen=True)
class Slope:
    """Of a line, a minute, and twice its standard error."""

    per_minute: float
    error: float


def slope(minutes: np.ndarray, values: np.ndarray) -> Slope:
    """By least squares. Neighbours are alike: the error is of means of ten seconds each."""
    count = max(len(values) // 10, 3)
    x, y = (
        np.array([part.mean() for part in np.array_split(each, count)])
        for each in (minutes, values)
    )
    centred = x - x.mean()
    per_minute = float((centred * y).sum() / (centred**2).sum())
    left = y - y.mean() - per_minute * centred
    error = 2 * float(np.sqrt((left**2).sum() / max(count - 2, 1) / (centred**2).sum()))
    return Slope(per_minute, error)


def memory_mb() -> float:
    """Of this process and all below it."""
    own = psutil.Process()
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        # The AI process may end at any moment.
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss / MB
    return total


def soak(
    build: BuildReader, seconds: float, rate_hz: float, size: tuple[int, int] = (1024, 768)
) -> dict[str, Any]:
    """Run the loop and give its figures."""
    lags: deque[float] = deque()
    lock = threading.Lock()

    def note(published: PublishedFrame) -> None:
        if published.reading_age_ms == 0:
            with lock:
                lags.append((time.monotonic_ns() - published.frame.captured_at_ns) / 1e6)

    loop = LiveLoop(PhantomSource(0, rate_hz, size, 150), build)
    loop.aligned = True
    hub = FrameHub(loop.status)
    loop.subscribe(hub.publish)
    loop.subscribe(note)
    loop.start(wait_for_reader=True)
    minutes, memory, lag = [], [], []
    began = time.monotonic()
    try:
        while (passed := time.monotonic() - began) < seconds:
            time.sleep(1.0)
            with lock:
                recent = list(lags)
                lags.clear()
            if recent:
                minutes.append(passed / 60)
                memory.append(memory_mb())
                lag.append(float(np.median(recent)))
    finally:
        loop.stop()
    return {"seconds": seconds, **trends(minutes, memory, lag), **counted(loop)}


def trends(minutes: list[float], memory: list[float], lag: list[float]) -> dict[str, Any]:
    """Of what was noted at those minutes; slopes from the moment the cine is full."""
    kept = sum(minute * 60 < SETTLING_S for minute in minutes)
    at = np.array(minutes[kept:])
    return {
        "memory_mb_per_minute": vars(slope(at, np.array(memory[kept:]))),
        "memory_mb_at_end": memory[-1],
        "lag_ms_per_minute": vars(slope(at, np.array(lag[kept:]))),
        "lag_ms_median": float(np.median(lag)),
    }


def counted(loop: LiveLoop) -> dict[str, Any]:
    """Where its frames went."""
    books = loop.exam().books
    return {
        "captured": books.captured,
        "read": books.read,
        "duplicates": books.duplicates,
        "dropped": {cause.value: count for cause, count in books.dropped.items()},
        "in_flight": books.in_flight,
        "closed": books.balanced and books.in_flight == 0,
        "unshown": loop.report().unshown,
    }


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=30.0)
    asked.add_argument("--rate", type=float, default=30.0)
    asked.add_argument("--report", type=Path)
    given = asked.parse_args()
    found = soak(build_reader, given.minutes * 60, given.rate)
    print(json.dumps(found, indent=2))
    if given.report:
        text = json.dumps({"about": about(), **found}, indent=2)
        given.report.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
