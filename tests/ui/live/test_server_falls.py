"""A live exam whose networks run on a server goes on when the server does not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from senoscope.models.engines import falling
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.engines.ways import Way, ways_of
from senoscope.models.package import SEGMENTER, Precision, load_package
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.ui.assemble import build_reader
from senoscope.ui.frames.overlay import status_header
from tests.models.engines.inference_server import FakeInferenceServer, shipped
from tests.realtime.running import assert_books_closed, until

pytestmark = [pytest.mark.usefixtures("nothing_is_left_behind"), pytest.mark.real_gate]

LONGEST_GAP_S = 1.5
"""Three times what is promised: other work may hold the processors."""


def way(server: FakeInferenceServer) -> Way:
    # Twice what settings allow: a test's machine may do much else.
    return ways_of(RemoteServer(server.address, deadline_ms=200))[0]


class Heard:
    """Of every frame that was read: when, and whether a network here did it."""

    def __init__(self) -> None:
        self.at_s: list[float] = []
        self.fell: list[bool] = []
        self.late_s: list[float] = []

    def hear(self, read: ReadFrame) -> None:
        if read.reading.unsuitable is None:
            self.at_s.append(time.monotonic())
            self.late_s.append(self.at_s[-1] - read.frame.captured_at_ns / 1e9)
            self.fell.append(read.reading.fell_back)

    @property
    def longest_gap_s(self) -> float:
        return max(b - a for a, b in zip(self.at_s, self.at_s[1:], strict=False))


@contextmanager
def sweeping(server: FakeInferenceServer, away: bool = False) -> Iterator[tuple[LiveLoop, Heard]]:
    """Once the server reads, or is `away`; at the end no book is open, no frame was kept long."""
    heard = Heard()
    source = PhantomSource(rate_hz=10.0, size=(512, 384))
    loop = LiveLoop(source, partial(build_reader, way(server)))
    loop.subscribe_read(heard.hear)
    loop.start(wait_for_reader=True)
    try:
        until(lambda: len(heard.fell) > 10 and heard.fell[-5:] == [away] * 5)
        yield loop, heard
    finally:
        loop.stop()
    assert_books_closed(loop)
    report = loop.report()
    assert report.engine_falls == loop.books().engine_falls == sum(heard.fell)
    assert report.dropped["ai_error"] == report.dropped["ai_lost"] == 0
    assert heard.longest_gap_s < LONGEST_GAP_S
    assert max(heard.late_s) < LONGEST_GAP_S


FAULTS: dict[str, Callable[[FakeInferenceServer], None]] = {
    "killed": FakeInferenceServer.kill,
    "silent": lambda server: setattr(server, "delay_s", 2.0),
    "lying": lambda server: setattr(server, "spoil", lambda answer: type(answer)()),
}
SAID = {
    "killed": "127.0.0.1",
    "silent": "did not answer within 200 ms",
    "lying": "no output 'lesion'",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_frames_are_read_here_while_the_server_fails_and_there_when_it_is_back(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with FakeInferenceServer(shipped(Precision.INT8)) as server, sweeping(server) as (loop, heard):
        status = loop.status()
        assert (status.engine, status.server) == ("Server int8", server.address)
        assert (status.fallback, status.fell_back) == ("OpenVINO int8", False)
        FAULTS[fault](server)
        until(lambda: heard.fell[-3:] == [True] * 3)
        until(lambda: loop.status().fell_back)
        told = status_header(loop.status())["server"]
        assert told["fell"] and told["falls"] >= 3
        assert (told["here"], told["address"]) == ("OpenVINO int8", server.address)
        if fault == "killed":
            server.start()
        server.delay_s, server.spoil = 0.0, lambda answer: answer
        asked = server.infers
        until(lambda: heard.fell[-3:] == [False] * 3)
        assert server.infers > asked
        falls = loop.status().engine_falls
        assert falls == sum(heard.fell) > 0
        assert loop.status().reader.in_part().engine == "Server int8, in part OpenVINO int8"
    logged = [each.getMessage() for each in caplog.records if each.name == falling.log.name]
    network = re.escape(load_package(SEGMENTER).title)
    assert re.match(
        rf"{network}: OpenVINO reads in place of the server\. .*{SAID[fault]}", logged[0]
    )
    assert f"{load_package(SEGMENTER).title}: the server reads again." in logged


def test_an_exam_begins_though_the_server_is_away_and_goes_over_to_it() -> None:
    with FakeInferenceServer(shipped(Precision.INT8)) as server:
        server.kill()
        with sweeping(server, away=True) as (_, heard):
            assert all(heard.fell)
            server.start()
            until(lambda: not heard.fell[-1])
