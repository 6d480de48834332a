"""The AI process from both ends: what it says, and how it ends."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from senoscope.domain.frame import Frame, Gray
from senoscope.domain.reading import Reading
from senoscope.realtime import reader_process
from senoscope.realtime.reader_process import Lost, ReaderProcess
from senoscope.realtime.worker import Answer, BuildFailed, BuildReader, ReadFailed, Ready
from tests import builders
from tests.fakes import BuildFakeReader, FakeReader, FakeStagedReader
from tests.realtime.running import HANG_LIMIT_S, workers

TALKS = logging.getLogger("senoscope.tests.talkative")
MAIN_THAT_IS_KILLED = """
import os, signal, multiprocessing
from senoscope.realtime.reader_process import ReaderProcess
from tests import builders
from tests.fakes import BuildFakeReader
process = ReaderProcess(BuildFakeReader())
process.start()
process.ask(builders.frame())
process.answer()
(worker,) = multiprocessing.active_children()
print(worker.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@contextmanager
def _running(build_reader: BuildReader) -> Iterator[ReaderProcess]:
    process = ReaderProcess(build_reader)
    try:
        ready = process.start()
        assert isinstance(ready, Ready), ready
        yield process
    finally:
        process.close()
    assert _shared_memory_in_use() == set()


def read(process: ReaderProcess, frame: Frame) -> Answer | ReadFailed | Lost:
    return process.ask(frame) or process.answer()


def _shared_memory_in_use() -> set[str]:
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    return {line.split()[5] for line in maps.splitlines() if "/dev/shm/psm_" in line}


def test_it_describes_itself_and_reads_frames_of_growing_and_shrinking_size() -> None:
    process = ReaderProcess(BuildFakeReader())
    ready = process.start()
    assert isinstance(ready, Ready)
    assert ready.description.engine == "Fake engine"
    try:
        for index, side in enumerate((64, 1000, 65)):
            frame = builders.frame(index, value=51, columns=side, rows=side + 7)
            answer = read(process, frame)
            assert isinstance(answer, Answer), answer
            assert answer.reading.frame_index == index
            assert answer.reading.presence == 51 / 255
    finally:
        process.close()
    assert _shared_memory_in_use() == set()


def test_the_loops_cropped_view_arrives_as_the_pixels_it_shows() -> None:
    with _running(BuildFakeReader()) as process:
        whole = builders.frame(value=9, columns=200, rows=200)
        whole.pixels[:, 100:] = 200
        view = builders.frame(value=9)
        object.__setattr__(view, "pixels", whole.pixels[20:100, 10:90])
        answer = read(process, view)
        assert isinstance(answer, Answer), answer
        assert answer.reading.presence == 9 / 255


def test_a_builders_own_error_comes_back_in_its_own_words() -> None:
    process = ReaderProcess(BuildFakeReader(build_error="The weights are damaged. Reinstall."))
    assert process.start() == BuildFailed("The weights are damaged. Reinstall.")
    process.close()


def test_a_reader_that_cannot_be_handed_over_is_a_failed_build() -> None:
    def build() -> FakeReader:
        return FakeReader()

    process = ReaderProcess(build)
    assert isinstance(process.start(), BuildFailed)
    process.close()


def test_an_exception_costs_one_frame_and_not_the_process() -> None:
    with _running(BuildFakeReader(FakeReader(error_at=1))) as process:
        assert isinstance(read(process, builders.frame(0)), Answer)
        assert read(process, builders.frame(1)) == ReadFailed("ValueError: fake fault")
        assert isinstance(read(process, builders.frame(2)), Answer)


def test_a_crash_is_told_with_its_exit_code() -> None:
    with _running(BuildFakeReader(FakeReader(crash_at=0))) as process:
        reply = read(process, builders.frame(0))
        assert isinstance(reply, Lost)
        assert "exit code 3" in reply.message


def test_a_process_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_process, "ANSWER_LIMIT_S", 0.5)
    with _running(BuildFakeReader(FakeReader(hang_at=0))) as process:
        reply = read(process, builders.frame(0))
        assert isinstance(reply, Lost)
        assert "did not answer within 0.5 s" in reply.message


def test_a_reader_of_two_stages_begins_a_frame_before_the_last_is_finished() -> None:
    with _running(BuildFakeReader(FakeStagedReader())) as process:
        # The first frame's second stage waits for the second frame's first.
        assert [process.ask(builders.frame(index, value=index)) for index in (0, 1)] == [None, None]
        for index in (0, 1):
            answer = process.answer()
            assert isinstance(answer, Answer), answer
            assert answer.reading.frame_index == index
            assert answer.reading.presence == index / 255


@pytest.mark.parametrize("bad", [0, 1])
def test_an_exception_in_a_second_stage_is_told_in_the_order_of_the_frames(bad: int) -> None:
    with _running(BuildFakeReader(FakeStagedReader(error_at=bad))) as process:
        for index in (0, 1):
            process.ask(builders.frame(index))
        replies = [process.answer() for _ in (0, 1)]
        assert replies[bad] == ReadFailed("ValueError: fake fault")
        assert isinstance(replies[1 - bad], Answer)


class BuildTalkative:
    """Its reader, and the building of it, log a line."""

    def __call__(self) -> FakeReader:
        TALKS.warning("%s of %d networks", "one", 2)
        return Talkative()


class Talkative(FakeReader):
    """Logs where each frame goes wrong."""

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        try:
            raise ValueError("of a person")
        except ValueError:
            TALKS.exception("frame %d", frame_index)
        return super().read(pixels, frame_index)


def test_what_is_logged_there_is_logged_here_without_what_an_exception_says(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.WARNING, TALKS.name), _running(BuildTalkative()) as process:
        read(process, builders.frame(7))
    assert [(each.name, each.levelname, each.getMessage()) for each in caplog.records] == [
        (TALKS.name, "WARNING", "one of 2 networks"),
        (TALKS.name, "ERROR", "frame 7"),
    ]
    assert "of a person" not in caplog.text
    assert "frame 7" not in capfd.readouterr().err


def test_ctrl_c_in_the_terminal_does_not_end_it() -> None:
    with _running(BuildFakeReader()) as process:
        (worker,) = workers()
        worker.send_signal(signal.SIGINT)
        assert isinstance(read(process, builders.frame(0)), Answer)


def test_it_does_not_outlive_a_main_process_that_was_killed() -> None:
    main = subprocess.run(
        [sys.executable, "-c", MAIN_THAT_IS_KILLED],
        capture_output=True,
        text=True,
        timeout=HANG_LIMIT_S,
        check=False,
    )
    assert main.returncode == -signal.SIGKILL, main.stderr
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(main.stdout)).wait(HANG_LIMIT_S)
