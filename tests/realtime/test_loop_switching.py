"""The loop going on with another source or another scan area."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.frame import ScanArea
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.framing import Cut
from tests.fakes import BuildFakeReader, FakeReader, FakeSource
from tests.realtime.running import (
    HANG_LIMIT_S,
    assert_books_closed,
    assert_nothing_dropped_but,
    until,
    until_more_than,
)

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


def test_a_source_that_cannot_be_opened_does_not_replace_the_present_one() -> None:
    present, absent = FakeSource(name="present"), FakeSource(unavailable="No camera 7.")
    with LiveLoop(present, BuildFakeReader()) as loop:
        assert loop.wait(5, HANG_LIMIT_S)
        with pytest.raises(SourceUnavailable, match=r"No camera 7\."):
            loop.switch_source(absent, Cut.WHOLE)
        captured = loop.report().captured
        assert loop.wait(captured + 5, HANG_LIMIT_S)
        assert (loop.status().source_name, loop.status().error) == ("present", "")
    assert absent.closed.is_set()
    assert_books_closed(loop)


def test_no_reading_crosses_from_one_source_to_another_of_other_size() -> None:
    shown: list[PublishedFrame] = []
    sources = [
        FakeSource(base_shade=100 * (turn % 2), size=(96 + 64 * (turn % 2), 64), name=str(turn))
        for turn in range(6)
    ]
    loop = LiveLoop(sources[0], BuildFakeReader(FakeReader(delay_s=0.015)))
    loop.subscribe(shown.append)
    loop.start(wait_for_reader=True)
    try:
        for source in sources[1:]:
            until_more_than(loop.report().read + 2, lambda: loop.report().read)
            loop.switch_source(source, Cut.WHOLE)
        until_more_than(loop.report().read + 2, lambda: loop.report().read)
    finally:
        loop.stop()
    assert_books_closed(loop)
    assert_nothing_dropped_but(loop, "superseded", "ended")
    for published in shown:
        from_second = published.frame.pixels[0, 0] >= 100
        assert int(published.source_name) % 2 == from_second
        if published.reading is not None:
            assert (published.reading.presence * 255 >= 100) == from_second
    assert {published.frame.size for published in shown} == {(96, 64), (160, 64)}


def test_a_new_scan_area_of_the_same_source_takes_effect_without_reopening() -> None:
    source = FakeSource()
    area = ScanArea(8, 0, 80, 64)
    shown: list[PublishedFrame] = []
    with LiveLoop(source, BuildFakeReader()) as loop:
        loop.subscribe(shown.append)
        assert loop.wait(5, HANG_LIMIT_S)
        loop.switch_source(source, area)
        until(lambda: shown[-1].frame.size == (80, 64))
    assert source.opened == 1
    assert {(each.frame.size, each.scan_area) for each in shown} == {
        ((96, 64), None),
        ((80, 64), area),
    }
    decoded = cv2.imdecode(np.frombuffer(shown[-1].jpeg, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert decoded.shape == (64, 80)
    assert_books_closed(loop)


def test_the_latency_told_is_of_the_present_source_only() -> None:
    with LiveLoop(FakeSource(), BuildFakeReader(FakeReader(delay_s=0.2))) as loop:
        until(lambda: loop.status().latency_p95_ms)
        loop.switch_source(FakeSource(stepped=True), Cut.WHOLE)
        assert loop.status().latency_p95_ms == 0
        assert loop.report().latency_ms is not None
    assert_books_closed(loop)


def test_a_source_that_ended_can_be_played_again() -> None:
    source = FakeSource(20)
    with LiveLoop(source, BuildFakeReader()) as loop:
        assert loop.wait(None, HANG_LIMIT_S)
        loop.switch_source(source, Cut.WHOLE)
        assert loop.wait(None, HANG_LIMIT_S)
        assert loop.report().captured == 40
    assert_books_closed(loop)
