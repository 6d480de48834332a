"""Running a loop in a test, and closing its books."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import PublishedFrame
from tests.fakes import BuildFakeReader, FakeReader, FakeSource

HANG_LIMIT_S = 30.0


def workers() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if any("spawn_main" in part for part in child.cmdline())
    ]


def until(happened: Callable[[], object], limit_s: float = HANG_LIMIT_S) -> None:
    deadline = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def until_more_than(floor: int, count: Callable[[], int]) -> None:
    until(lambda: count() > floor)


def assert_books_closed(loop: LiveLoop) -> None:
    report = loop.report()
    assert report.in_flight == 0
    assert report.captured == report.read + report.duplicates + sum(report.dropped.values())


def assert_nothing_dropped_but(loop: LiveLoop, *causes: str) -> None:
    dropped = {cause for cause, count in loop.report().dropped.items() if count}
    assert dropped <= set(causes)


def run(source: FakeSource, reader: FakeReader) -> tuple[LiveLoop, list[PublishedFrame]]:
    """From first frame to last, with the AI reading from the start."""
    shown: list[PublishedFrame] = []
    loop = LiveLoop(source, BuildFakeReader(reader))
    loop.subscribe(shown.append)
    loop.start(wait_for_reader=True)
    try:
        assert loop.wait(None, HANG_LIMIT_S)
    finally:
        loop.stop()
    assert_books_closed(loop)
    return loop, shown
