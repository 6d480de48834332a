"""A run of the loop becomes a row, whatever happens to its source."""

from __future__ import annotations

import time
from functools import partial

import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.realtime import loop_benchmark
from senoscope.realtime.loop_benchmark import RUNS, LoopFigures, LoopRow, Run, loop_row
from senoscope.realtime.sources.benchmark_source import CODECS, RAW, Shown
from tests.fakes import BuildFakeReader, FakeReader, FakeSource

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")

PLAIN = Run(Shown((96, 64)))
FRAMES = 20


@pytest.fixture(autouse=True)
def no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_benchmark, "LONGEST_S", 60.0)


def figures(row: LoopRow) -> LoopFigures:
    assert row.refused is None
    assert row.figures is not None
    return row.figures


@pytest.mark.parametrize(("streams", "viewers"), [(1, 0), (1, 3), (2, 0)])
def test_so_many_frames_of_each_stream_are_read_and_no_more(streams: int, viewers: int) -> None:
    run = Run(PLAIN.shown, viewers, streams)
    found = figures(loop_row(run, partial(FakeSource, period_s=0.05), BuildFakeReader(), FRAMES))
    assert [report.captured for report in found.reports] == [FRAMES] * streams
    assert all(report.read > 0 and report.in_flight == 0 for report in found.reports)
    assert all(report.latency_ms and report.latency_ms.p50 > 0 for report in found.reports)
    assert found.findings_per_reading == 1


def test_what_streams_share_is_counted_once() -> None:
    run = Run(PLAIN.shown, streams=3)
    found = figures(loop_row(run, FakeSource, BuildFakeReader(), FRAMES))
    told = [report.cpu_ms_per_frame or 0 for report in found.reports]
    assert found.cpu_ms_per_frame is not None
    # Each tells of the whole main process, and the reader, which is faked, uses next to nothing.
    assert 0 < found.cpu_ms_per_frame < 0.7 * sum(told) / 3
    alone = figures(loop_row(PLAIN, FakeSource, BuildFakeReader(), FRAMES))
    assert alone.cpu_ms_per_frame == alone.reports[0].cpu_ms_per_frame


class SlowlyBuilt(BuildFakeReader):
    def __call__(self) -> FakeReader:
        time.sleep(0.5)
        return super().__call__()


class Noted(FakeSource):
    """Says in `notes` that it was asked for a frame."""

    def __init__(self, notes: list[Noted]) -> None:
        super().__init__(period_s=0.01)
        self._notes = notes

    def grab(self) -> Frame | None:
        self._notes.append(self)
        return super().grab()


def test_no_stream_begins_before_all_can_be_read() -> None:
    notes: list[Noted] = []
    figures(loop_row(Run(PLAIN.shown, 0, 2), partial(Noted, notes), SlowlyBuilt(), FRAMES))
    # The first would have given all its frames while the second's reader was built.
    assert len(set(notes[:FRAMES])) == 2


def test_a_source_that_does_not_open_is_a_row_with_its_words() -> None:
    row = loop_row(PLAIN, partial(FakeSource, unavailable="No such thing."), BuildFakeReader(), 5)
    assert row == LoopRow("96x64 raw", "No such thing.")


def test_a_source_that_cannot_even_be_made_is_one_too() -> None:
    def refuse() -> FakeSource:
        raise SourceUnavailable("OpenCV writes no H.264 here.")

    assert loop_row(PLAIN, refuse, BuildFakeReader(), 5).refused == "OpenCV writes no H.264 here."


def test_a_source_that_never_ends_is_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_benchmark, "LONGEST_S", 0.2)
    row = loop_row(PLAIN, partial(FakeSource, period_s=10), BuildFakeReader(), 2)
    assert "did not all come within 0.2 s" in str(row.refused)


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (BuildFakeReader(build_error="No weights."), "No weights."),
        (BuildFakeReader(FakeReader(error_at=3)), "fake fault"),
    ],
)
def test_a_reader_that_does_not_read_is_no_fast_one(reader: BuildFakeReader, expected: str) -> None:
    row = loop_row(PLAIN, partial(FakeSource, period_s=0.05), reader, 4)
    assert row.figures is None
    assert "Not every frame could be read" in str(row.refused)
    assert expected in str(row.refused)


def test_one_thing_differs_at_a_time() -> None:
    usual = (1024, 768)
    assert {run.shown.size for run in RUNS if run.shown == Shown(run.shown.size)} == {
        (512, 384), usual, (1920, 1080),
    }  # fmt: skip
    for size in (usual, (1920, 1080)):
        assert {Run(Shown(size, codec)) for codec in (RAW, *CODECS)} <= set(RUNS)
    assert {Run(Shown(usual, RAW, lesions)) for lesions in (0, 1, 2, 3)} <= set(RUNS)
    assert {Run(Shown(usual), viewers) for viewers in (0, 1, 4, 8)} <= set(RUNS)
    assert {Run(Shown(usual), 0, streams) for streams in (1, 2)} <= set(RUNS)
    assert len({run.name for run in RUNS}) == len(RUNS)


def test_a_run_s_name_says_who_watches() -> None:
    assert PLAIN.name == "96x64 raw"
    assert Run(PLAIN.shown, 1, 2).name == "96x64 raw, 1 viewer, 2 streams"
    assert Run(PLAIN.shown, 4).name == "96x64 raw, 4 viewers"
