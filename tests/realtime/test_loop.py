"""The whole loop with a real AI process, fake sources and fake readers, when all is well."""

from __future__ import annotations

import threading

import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.realtime import publisher
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import AiState, PublishedFrame
from tests.fakes import BuildFakeReader, FakeReader, FakeSource
from tests.realtime.running import (
    HANG_LIMIT_S,
    assert_books_closed,
    assert_nothing_dropped_but,
    run,
    until,
    until_more_than,
)

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


def test_aligned_every_frame_waits_for_its_own_reading() -> None:
    shown: list[PublishedFrame] = []
    source = FakeSource(20, period_s=0.03)
    loop = LiveLoop(source, BuildFakeReader(FakeReader(delay_s=0.02)))
    loop.aligned = True
    loop.subscribe(shown.append)
    loop.start(wait_for_reader=True)
    assert loop.wait(None, HANG_LIMIT_S)
    loop.stop()
    dropped = sum(loop.report().dropped.values())
    assert loop.status().aligned
    own = [each for each in shown if each.reading_age_ms == 0]
    assert len(own) == len(shown) - dropped
    assert [each.frame.index for each in shown] == list(range(20))


def test_every_frame_of_a_short_source_is_shown_in_order_and_accounted_for() -> None:
    loop, shown = run(FakeSource(60), FakeReader())
    report, status = loop.report(), loop.status()
    assert [published.frame.index for published in shown] == list(range(60))
    assert all(published.jpeg.startswith(b"\xff\xd8") for published in shown)
    assert report.captured == 60
    assert report.lesion_frames == report.read
    assert (report.engine, report.models) == ("Fake engine", ("fake model",))
    assert set(report.stage_ms) == {*("screen", "judge", "encode", "segment", "classify", "track")}
    assert report.latency_ms is not None
    assert report.cpu_ms_per_frame is not None
    assert (status.ended, status.error) == (True, "")
    assert_nothing_dropped_but(loop, "superseded")


def test_a_reading_is_never_of_a_later_frame_and_its_age_is_told() -> None:
    source = FakeSource(80)
    _, shown = run(source, FakeReader(delay_s=0.012))
    captured_at = {published.frame.index: published.frame.captured_at_ns for published in shown}
    with_reading = [published for published in shown if published.reading is not None]
    assert with_reading
    for published in with_reading:
        assert published.reading is not None
        index = published.reading.frame_index
        assert index <= published.frame.index
        age_ms = (published.frame.captured_at_ns - captured_at[index]) / 1e6
        assert published.reading_age_ms == age_ms
        assert published.reading.presence == source.shade(index) / 255


def test_a_slow_reader_gets_the_newest_frame_and_the_rest_count_as_superseded() -> None:
    loop, shown = run(FakeSource(80), FakeReader(delay_s=0.05))
    report = loop.report()
    assert len(shown) == 80 - report.unshown
    assert report.dropped["superseded"] > report.read > 0
    assert_nothing_dropped_but(loop, "superseded")


def test_a_frame_is_shown_with_its_own_reading_when_that_comes_before_the_next_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "READING_WAIT_S", HANG_LIMIT_S)
    source = FakeSource(stepped=True)
    shown: list[PublishedFrame] = []
    loop = LiveLoop(source, BuildFakeReader(FakeReader(delay_s=0.02)))
    loop.subscribe(shown.append)
    loop.start(wait_for_reader=True)
    try:
        for index in range(5):
            source.step()
            until_more_than(index, lambda: len(shown))
            reading = shown[index].reading
            assert reading is not None
            assert reading.frame_index == index
            assert shown[index].reading_age_ms == 0
    finally:
        loop.stop()
    assert_books_closed(loop)


def test_the_next_frame_releases_one_whose_reading_does_not_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher, "READING_WAIT_S", HANG_LIMIT_S)
    source = FakeSource(stepped=True)
    shown: list[PublishedFrame] = []
    loop = LiveLoop(source, BuildFakeReader(FakeReader(delay_s=3600)))
    loop.subscribe(shown.append)
    loop.start(wait_for_reader=True)
    try:
        source.step()
        source.step()
        until(lambda: shown)
        assert (shown[0].frame.index, shown[0].reading) == (0, None)
    finally:
        loop.stop()
    assert_books_closed(loop)
    assert loop.report().read == 0
    assert_nothing_dropped_but(loop, "superseded", "ended")


def test_a_frame_without_a_successor_does_not_wait_for_an_ai_that_hangs() -> None:
    source = FakeSource(stepped=True)
    shown: list[PublishedFrame] = []
    loop = LiveLoop(source, BuildFakeReader(FakeReader(hang_at=0)))
    loop.subscribe(shown.append)
    loop.start(wait_for_reader=True)
    try:
        source.step()
        until(lambda: shown)
    finally:
        loop.stop()
    assert_books_closed(loop)


def test_duplicates_are_shown_with_the_reading_of_their_twin_and_not_read() -> None:
    loop, shown = run(FakeSource(60, repeats=3, period_s=0.02), FakeReader())
    report = loop.report()
    assert len(shown) == 60
    assert report.duplicates == 40
    for published in shown:
        if published.reading_age_ms == 0:
            assert published.reading is not None
            assert published.reading.frame_index == published.frame.index // 3 * 3
    assert any(published.frame.index % 3 and published.reading_age_ms == 0 for published in shown)


def test_a_frozen_picture_is_read_even_if_the_ai_was_still_starting_when_it_came() -> None:
    with LiveLoop(FakeSource(repeats=10**9), BuildFakeReader()) as loop:
        until(lambda: loop.report().duplicates and loop.report().read)
        assert loop.report().read == 1
        assert loop.report().dropped["ai_off"] > 0
    assert_books_closed(loop)


def test_frames_before_the_ai_is_ready_count_as_ai_off_and_are_shown() -> None:
    shown: list[PublishedFrame] = []
    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        assert loop.status().ai_state is AiState.STARTING
        loop.subscribe(shown.append)
        until(lambda: loop.report().read)
        status = loop.status()
        assert (status.ai_state, status.ai_message) == (AiState.READING, "")
    assert loop.report().dropped["ai_off"] > 0
    assert shown[0].reading is None
    assert_books_closed(loop)


def test_a_slow_viewer_costs_pictures_and_not_lag() -> None:
    release = threading.Event()
    shown: list[PublishedFrame] = []

    def wait(published: PublishedFrame) -> None:
        shown.append(published)
        release.wait(HANG_LIMIT_S)

    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        loop.subscribe(wait)
        until(lambda: loop.report().unshown > 5)
        release.set()
        until(lambda: len(shown) > 12)
    indices = [published.frame.index for published in shown]
    assert indices == sorted(indices)
    assert_books_closed(loop)


def test_an_unsubscribed_viewer_gets_nothing_more() -> None:
    first: list[PublishedFrame] = []
    second: list[PublishedFrame] = []
    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        unsubscribe = loop.subscribe(first.append)
        until(lambda: first)
        unsubscribe()
        loop.subscribe(second.append)
        until(lambda: second)
        count = len(first)
        until(lambda: len(second) > 5)
        assert len(first) == count


def test_stopping_twice_or_before_the_start_is_harmless() -> None:
    LiveLoop(FakeSource(), BuildFakeReader()).stop()
    loop = LiveLoop(FakeSource(), BuildFakeReader())
    loop.start()
    loop.stop()
    loop.stop()
    with pytest.raises(SourceUnavailable, match="has ended"):
        loop.switch_source(FakeSource(), None)
    assert_books_closed(loop)


def test_frames_that_an_engine_here_read_for_a_server_are_counted_for_the_run() -> None:
    loop = LiveLoop(FakeSource(60, period_s=0.02), BuildFakeReader(FakeReader(falls_from=30)))
    fell: list[bool] = []
    loop.subscribe_read(lambda read: fell.append(read.reading.fell_back))
    loop.start(wait_for_reader=True)
    try:
        until(lambda: loop.report().read > 3)
        loop.begin_exam()
        assert loop.wait(None, HANG_LIMIT_S)
        status = loop.status()
    finally:
        loop.stop()
    assert_books_closed(loop)
    assert (status.server, status.fallback) == ("triton:8001", "Engine here")
    assert status.fell_back and any(fell) and not all(fell)
    assert sum(fell) == status.engine_falls == loop.report().engine_falls
    assert loop.books().engine_falls == sum(fell)
