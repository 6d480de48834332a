"""A room that reads on a real Triton: the server hangs, dies and comes back in mid-sweep.

Gaps are on the clock, from one reading to the next: from the last before the fault to the SOME by
the engine here, and from when the server is up again to the SOME by it. Between, it starts on the
room's own processor. The phantom sends 10 frames a second: a gap of 0.1 s is the scanner's own.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest

from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.engines.served_network import networks_of
from senoscope.models.engines.triton_config import Serving
from senoscope.models.engines.triton_repository import write_repository
from senoscope.models.engines.ways import SERVER, Way
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision, load_package
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.ui.assemble import build_reader
from tests.realtime.running import assert_books_closed, until
from tests.triton_server import Triton, require_triton, running_triton

RATE_HZ = 10.0
DEADLINE_MS = 200.0
LONGEST_GAP_S = 0.5
SLACK = 3
"""The machine of the tests is shared."""
PATIENCE_S = 120.0
SOME = 10
"""Readings before and after a fault."""


@dataclass
class Answers:
    """When each frame was read, and whether by the engine here in place of the server."""

    moments: list[float] = field(default_factory=list)
    fell: list[bool] = field(default_factory=list)

    def note(self, read: ReadFrame) -> None:
        self.fell.append(read.reading.fell_back)
        self.moments.append(time.monotonic())

    def await_more(self, by_server: bool, since: int | None = None) -> float:
        """SOME more readings in a row of that kind; the longest gap in s, from number `since` on.

        `since` is that of the last reading, unless told.
        """
        first = len(self.moments) if since is None else since
        awaited = [not by_server] * SOME
        until(
            lambda: len(self.moments) - first >= SOME and self.fell[-SOME:] == awaited, PATIENCE_S
        )
        moments = self.moments[max(first - 1, 0) :]
        return max(after - before for before, after in itertools.pairwise(moments))


@pytest.fixture(scope="module")
def triton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Triton]:
    require_triton()
    folder = tmp_path_factory.mktemp("triton")
    packages = [load_package(SEGMENTER), load_package(CLASSIFIER)]
    write_repository(folder / "models", networks_of(packages, [Precision.INT8]), Serving())
    with running_triton(folder / "models", folder) as server:
        yield server


@pytest.fixture
def room(triton: Triton) -> Iterator[tuple[LiveLoop, Answers]]:
    """A loop whose server reads."""
    server = RemoteServer(triton.address, deadline_ms=DEADLINE_MS)
    reads = partial(build_reader, Way(SERVER, Precision.INT8, server))
    answers = Answers()
    source = PhantomSource(rate_hz=RATE_HZ, size=(512, 384), frames=40)
    loop = LiveLoop(source, reads)
    loop.subscribe_read(answers.note)
    loop.start(wait_for_reader=True)
    try:
        answers.await_more(by_server=True)
        yield loop, answers
    finally:
        loop.stop()


def assert_nothing_was_missed(loop: LiveLoop, answers: Answers) -> None:
    loop.stop()
    assert_books_closed(loop)
    report = loop.report()
    assert report.read == len(answers.moments)
    assert report.engine_falls == sum(answers.fell) > 0


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_a_server_that_hangs_in_mid_sweep_holds_up_no_frame(
    triton: Triton, room: tuple[LiveLoop, Answers]
) -> None:
    loop, answers = room
    last = len(answers.moments)
    triton.freeze()
    try:
        fell_s = answers.await_more(by_server=False, since=last)
        assert loop.status().engine_falls > 0
    finally:
        triton.thaw()
    returned_s = answers.await_more(by_server=True)
    assert_nothing_was_missed(loop, answers)
    assert max(fell_s, returned_s) < SLACK * LONGEST_GAP_S


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_a_server_that_is_killed_in_mid_sweep_holds_up_no_frame_and_reads_again_when_it_is_back(
    triton: Triton, room: tuple[LiveLoop, Answers]
) -> None:
    loop, answers = room
    last = len(answers.moments)
    triton.kill()
    fell_s = answers.await_more(by_server=False, since=last)
    assert loop.status().engine_falls > 0
    triton.start()
    returned_s = answers.await_more(by_server=True)
    assert_nothing_was_missed(loop, answers)
    assert max(fell_s, returned_s) < SLACK * LONGEST_GAP_S


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_a_room_that_starts_before_its_server_reads_by_itself_until_it_is_there(
    triton: Triton,
) -> None:
    triton.kill()
    server = RemoteServer(triton.address, deadline_ms=DEADLINE_MS)
    answers = Answers()
    source = PhantomSource(rate_hz=RATE_HZ, size=(512, 384), frames=40)
    loop = LiveLoop(source, partial(build_reader, Way(SERVER, Precision.INT8, server)))
    loop.subscribe_read(answers.note)
    loop.start(wait_for_reader=True)
    try:
        answers.await_more(by_server=False)
        triton.start()
        answers.await_more(by_server=True)
    finally:
        loop.stop()
    assert_nothing_was_missed(loop, answers)
