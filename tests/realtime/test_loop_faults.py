"""The loop when its AI, its source or a viewer fails."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from senoscope.domain.frame import Gray, ScanArea
from senoscope.domain.reading import Reading
from senoscope.realtime import reader_process
from senoscope.realtime.capture import REOPEN_S
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import AiState, LoopStatus, PublishedFrame
from tests import builders
from tests.fakes import BuildFakeReader, FakeReader, FakeSource, FakeStagedReader
from tests.realtime.running import (
    HANG_LIMIT_S,
    assert_books_closed,
    assert_nothing_dropped_but,
    run,
    until,
    workers,
)

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")

A_WHOLE_RUN = """
import multiprocessing
from senoscope.realtime.loop import LiveLoop
from tests.fakes import BuildFakeReader, FakeSource
with LiveLoop(FakeSource(), BuildFakeReader(), judges=False) as loop:
    while loop.report().read < 5: pass
    multiprocessing.active_children()[0].kill()
    while loop.report().dropped["ai_lost"] == 0: pass
"""


def test_an_exception_on_one_frame_costs_only_that_frame() -> None:
    loop, _ = run(FakeSource(40, period_s=0.02), FakeReader(error_at=5))
    report = loop.report()
    assert report.dropped["ai_error"] == 1
    assert report.read > 1
    assert_nothing_dropped_but(loop, "superseded", "ai_error")


def test_a_crash_is_counted_and_the_ai_comes_back() -> None:
    loop = LiveLoop(FakeSource(period_s=0.1), BuildFakeReader(FakeReader(crash_at=0)))
    loop.start(wait_for_reader=True)
    try:
        until(lambda: loop.status().ai_restarts == 1 and loop.report().read)
    finally:
        loop.stop()
    assert_books_closed(loop)
    assert loop.report().dropped["ai_lost"] == 1


def test_after_kill_9_the_picture_goes_on_and_the_ai_is_restarted() -> None:
    shown: list[PublishedFrame] = []
    with LiveLoop(FakeSource(), BuildFakeReader(FakeReader(delay_s=0.01))) as loop:
        loop.subscribe(shown.append)
        until(lambda: loop.report().read > 5)
        (worker,) = workers()
        worker.send_signal(signal.SIGKILL)
        told = [loop.status()]
        until(lambda: told.append(loop.status()) or told[-1].ai_state is AiState.OFF)
        assert re.search(r"stopped unexpectedly .* started again", told[-1].ai_message)
        assert told[-1].latency_p95_ms == 0
        frames_before, read_before = len(shown), loop.report().read
        until(lambda: len(shown) > frames_before + 10)
        assert loop.report().read == read_before
        until(lambda: loop.report().read > read_before + 5)
        assert (loop.status().ai_restarts, loop.status().ai_message) == (1, "")
    assert_books_closed(loop)
    assert loop.report().dropped["ai_lost"] == 1
    indices = [published.frame.index for published in shown]
    assert indices == list(range(indices[0], indices[0] + len(indices)))


def test_a_hanging_ai_is_killed_and_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_process, "ANSWER_LIMIT_S", 0.5)
    loop = LiveLoop(FakeSource(period_s=0.1), BuildFakeReader(FakeReader(hang_at=0)))
    loop.start(wait_for_reader=True)
    try:
        until(lambda: loop.status().ai_restarts == 1 and loop.report().read)
    finally:
        loop.stop()
    assert_books_closed(loop)
    assert loop.report().dropped["ai_lost"] == 1


def test_a_stopped_ai_is_said_to_be_off_long_before_it_is_given_up() -> None:
    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        until(lambda: loop.report().read > 5)
        (worker,) = workers()
        worker.suspend()
        stopped = time.monotonic()
        captured = loop.report().captured
        until(lambda: loop.status().ai_state is AiState.OFF)
        off_after_s = time.monotonic() - stopped
        assert "does not answer" in loop.status().ai_message
        assert loop.status().ai_restarts == 0
        until(lambda: loop.report().captured > captured + 5)
        worker.resume()
        until(lambda: loop.status().ai_state is AiState.READING)
    assert_books_closed(loop)
    # The promise is half a second; a busy machine is given three times as long.
    assert off_after_s < 1.5


@pytest.mark.parametrize("fault", ["crash_at", "hang_at"])
def test_a_fault_in_a_second_stage_costs_the_frames_in_both(
    monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(reader_process, "ANSWER_LIMIT_S", 2.0)
    # Every frame of even number waits for the next one, so two are inside when it happens.
    source = FakeSource(period_s=0.05)
    loop = LiveLoop(source, BuildFakeReader(FakeStagedReader(**{fault: 1})))
    loop.start(wait_for_reader=True)
    try:
        until(lambda: loop.status().ai_restarts == 1 and loop.report().read > 5)
    finally:
        loop.stop()
    assert_books_closed(loop)
    assert 1 <= loop.report().dropped["ai_lost"] <= 2


class Starved(FakeStagedReader):
    """Has no memory left for the second stage of the first frame."""

    def begin(self, pixels: Gray, frame_index: int) -> Callable[[], Reading]:
        def finish() -> Reading:
            if frame_index == 0:
                raise MemoryError
            return builders.reading(frame_index)

        return finish


def test_an_ai_without_memory_is_off_and_is_started_again() -> None:
    told: list[LoopStatus] = []
    loop = LiveLoop(FakeSource(period_s=0.1), BuildFakeReader(Starved()))
    loop.start(wait_for_reader=True)
    try:
        until(lambda: told.append(loop.status()) or told[-1].ai_state is AiState.OFF)
        assert told[-1].ai_message.startswith("The AI process ran out of memory. Close")
        until(lambda: loop.status().ai_restarts == 1 and loop.report().read)
    finally:
        loop.stop()
    assert_books_closed(loop)


def test_a_reader_that_cannot_be_built_is_not_tried_again() -> None:
    shown: list[PublishedFrame] = []
    loop = LiveLoop(FakeSource(), BuildFakeReader(build_error="The weights are damaged."))
    loop.subscribe(shown.append)
    loop.start(wait_for_reader=True)
    try:
        until(lambda: len(shown) > 10)
        status = loop.status()
        assert (status.ai_state, status.ai_restarts) == (AiState.OFF, 0)
        assert status.ai_message == "The weights are damaged."
    finally:
        loop.stop()
    assert_books_closed(loop)
    assert_nothing_dropped_but(loop, "ai_off")


def test_a_lost_source_leaves_the_loop_up_with_its_words_and_another_can_follow() -> None:
    with LiveLoop(FakeSource(lost_at=5), BuildFakeReader()) as loop:
        assert loop.wait(None, HANG_LIMIT_S)
        status = loop.status()
        assert (loop.report().captured, status.ended) == (5, True)
        assert status.error == "fake was unplugged. Plug it in again."
        loop.switch_source(FakeSource(name="next"), None)
        assert loop.wait(10, HANG_LIMIT_S)
        status = loop.status()
        assert (status.source_name, status.ended, status.error) == ("next", False, "")
    assert_books_closed(loop)


class PluggedIn(FakeSource):
    """A camera: pulled out by `pull`, back in by `plug`; `open` fails meanwhile."""

    comes_back = True

    def pull(self) -> None:
        self._unavailable, self._lost_at = "Nothing is plugged in.", self.grabbed

    def plug(self) -> None:
        self._unavailable, self._lost_at = "", None


def test_a_camera_that_was_pulled_out_is_said_to_be_lost_and_returns_by_itself() -> None:
    source = PluggedIn()
    with LiveLoop(source, BuildFakeReader(), awaits_return=True) as loop:
        until(lambda: loop.report().captured > 10)
        source.pull()
        pulled = time.monotonic()
        until(lambda: loop.status().lost)
        said_after_s = time.monotonic() - pulled
        assert "was unplugged" in loop.status().error
        assert not loop.status().ended
        time.sleep(2 * REOPEN_S)
        assert loop.status().lost
        before = loop.report().captured
        source.plug()
        plugged = time.monotonic()
        until(lambda: loop.report().captured > before)
        back_after_s = time.monotonic() - plugged
        until(lambda: not loop.status().lost)
        assert loop.status().error == ""
        assert {"fake"} == {loop.status().source_name}
    assert_books_closed(loop)
    # The promises are half a second and two; a busy machine is given three times as long.
    assert said_after_s < 1.5
    assert back_after_s < 6


def test_stopping_does_not_wait_for_a_camera_that_is_away() -> None:
    source = PluggedIn()
    loop = LiveLoop(source, BuildFakeReader(), awaits_return=True)
    loop.start()
    until(lambda: loop.report().captured > 3)
    source.pull()
    until(lambda: loop.status().lost)
    loop.stop()
    assert loop.status().ended
    assert source.closed.is_set()


def test_a_file_that_is_lost_does_not_begin_anew() -> None:
    source = FakeSource(lost_at=5)
    with LiveLoop(source, BuildFakeReader(), awaits_return=True) as loop:
        assert loop.wait(None, HANG_LIMIT_S)
        assert (loop.status().lost, loop.status().ended, source.opened) == (True, True, 1)


def test_a_first_source_that_cannot_be_opened_leaves_the_loop_up() -> None:
    with LiveLoop(FakeSource(unavailable="No camera 0."), BuildFakeReader()) as loop:
        assert loop.wait(None, HANG_LIMIT_S)
        assert loop.status().error == "No camera 0."
    assert_books_closed(loop)


def test_a_spoilt_picture_among_good_ones_is_told_counted_and_passed_over() -> None:
    with LiveLoop(FakeSource(12, spoilt={4, 11}), BuildFakeReader()) as loop:
        assert loop.wait(None, HANG_LIMIT_S)
        assert "picture 11 is spoilt" in loop.status().error
    assert (loop.report().captured, loop.report().unusable) == (10, 2)
    assert_books_closed(loop)


def test_good_pictures_clear_the_word_of_a_spoilt_one() -> None:
    with LiveLoop(FakeSource(60, spoilt={4}), BuildFakeReader()) as loop:
        assert loop.wait(None, HANG_LIMIT_S)
        assert loop.status().error == ""


def test_a_scan_area_outside_the_picture_is_an_error_and_not_a_crash() -> None:
    with LiveLoop(FakeSource(), BuildFakeReader(), ScanArea(0, 0, 500, 500)) as loop:
        assert loop.wait(None, HANG_LIMIT_S)
        assert "reaches outside the 96x64 picture" in loop.status().error
    assert_books_closed(loop)


def test_a_viewer_that_fails_is_let_go_and_the_others_go_on() -> None:
    shown: list[PublishedFrame] = []

    def fail(published: PublishedFrame) -> None:
        raise RuntimeError("a viewer's own fault")

    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        loop.subscribe(fail)
        loop.subscribe(shown.append)
        until(lambda: len(shown) > 10)
        assert "a viewer's own fault" in loop.status().error
    assert_books_closed(loop)


def test_the_interpreter_ends_without_a_word_after_a_run_with_a_killed_ai() -> None:
    run = subprocess.run(
        [sys.executable, "-c", A_WHOLE_RUN],
        capture_output=True,
        text=True,
        timeout=HANG_LIMIT_S,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "")
    assert "resource_tracker" not in run.stderr
    assert "Traceback" not in run.stderr
