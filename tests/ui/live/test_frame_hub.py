from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.frame import ScanArea
from senoscope.ui.frames import cine
from senoscope.ui.frames.cine import CINE_S, HeldFrame
from senoscope.ui.live.frame_hub import FrameHub, Viewer
from tests import builders
from tests.ui.built_frames import FRAME_MS, finding, published, status


@pytest.fixture
def hub() -> FrameHub:
    return FrameHub(status)


def frozen(hub: FrameHub, back: int = 0) -> HeldFrame:
    """What a viewer gets that freezes the newest frame, or one so many before it."""
    held = hub.freeze(Viewer(asyncio.Event()), hub.sequence - back)
    assert held is not None
    return held


def test_frames_are_held_for_a_while_only(hub: FrameHub) -> None:
    frames = int(CINE_S * 1e3 / FRAME_MS)
    for index in range(frames + 2):
        hub.publish(published(index))
    assert hub.held(hub.sequence - frames - 1) is None
    assert hub.held(hub.sequence - frames) is not None
    assert hub.held(hub.sequence) is not None


def test_what_does_not_fit_is_held_as_its_picture_only(
    hub: FrameHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cine, "WHOLE_BYTES", 3 * 160 * 120)
    for index in range(6):
        hub.publish(published(10 * index, finding(0.4)))
    held = [hub.held(hub.sequence - back) for back in range(6)]
    assert [each is not None and each.whole for each in held] == [True] * 3 + [False] * 3
    oldest = held[-1]
    assert oldest is not None
    assert oldest.published.frame.pixels.mean() == pytest.approx(0, abs=2)
    assert held[3] is not None
    assert held[3].published.frame.pixels.mean() == pytest.approx(20, abs=2)
    assert held[3].published.tracks


def test_one_large_frame_takes_the_place_of_many_small_ones(
    hub: FrameHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cine, "WHOLE_BYTES", 4 * 160 * 120)
    monkeypatch.setattr(cine, "MOST_FRAMES", 6)
    for index in range(8):
        hub.publish(published(index))
    assert hub.held(hub.sequence - 6) is None
    hub.publish(published(8, pixels=np.zeros((240, 320), np.uint8)))
    held = [hub.held(hub.sequence - back) for back in range(6)]
    assert [each is not None and each.whole for each in held] == [True] + [False] * 5
    for index in range(9, 14):
        hub.publish(published(index))
    newest = [hub.held(hub.sequence - back) for back in range(4)]
    assert [each is not None and each.whole for each in newest] == [True] * 4


def test_the_frames_before_a_freeze_can_be_looked_at_and_no_others(hub: FrameHub) -> None:
    with_viewer = Viewer(asyncio.Event())
    for index in range(10):
        hub.publish(published(index, finding(index / 10)))
    hub.freeze(with_viewer, hub.sequence)
    first, last = with_viewer.span or (0, 0)
    assert last - first == 9
    for index in range(10, 13):
        hub.publish(published(index))
    looked_at = hub.scrub(with_viewer, first + 4)
    assert looked_at is not None
    assert looked_at.published.frame.index == 4
    assert looked_at.published.reading is not None
    assert looked_at.published.reading.frame_index == 4
    assert hub.scrub(with_viewer, last + 1) is None
    hub.resume(with_viewer)
    assert hub.scrub(with_viewer, first + 4) is None


def test_a_late_reading_is_given_to_its_own_frame(hub: FrameHub) -> None:
    for index in range(5):
        hub.publish(published(index, finding(0.1 * index), age_ms=2 * FRAME_MS))
    held = frozen(hub)
    assert held.published.frame.index == 2
    assert held.published.reading is not None
    assert held.published.reading.frame_index == 2
    assert held.published.reading.findings[0].probability == pytest.approx(0.4)
    assert held.published.reading_age_ms == 0
    saved = hub.held(held.sequence)
    assert saved == held


def test_the_frame_asked_for_is_frozen_where_it_was_read_itself(hub: FrameHub) -> None:
    for index in range(3):
        hub.publish(published(index))
    assert frozen(hub, back=1).published.frame.index == 1


def test_without_a_reading_of_its_own_nearby_the_frame_asked_for_is_frozen(hub: FrameHub) -> None:
    hub.publish(published(0))
    hub.publish(published(40, age_ms=40 * FRAME_MS))
    assert frozen(hub).published.frame.index == 40


@pytest.mark.parametrize(
    "changed",
    [{"source_name": "camera 0"}, {"scan_area": ScanArea(0, 0, 160, 120)}],
    ids=["source", "scan area"],
)
def test_a_freeze_stays_with_the_view_that_is_shown(
    hub: FrameHub, changed: dict[str, object]
) -> None:
    hub.publish(published(1))
    hub.publish(published(2, age_ms=FRAME_MS, **changed))  # type: ignore[arg-type]
    assert frozen(hub).published.frame.index == 2


def test_a_reading_is_never_given_to_a_frame_of_an_earlier_run(hub: FrameHub) -> None:
    hub.publish(published(1, finding(0.9), age_ms=None))
    for index in (60, 1, 2):
        hub.publish(published(index, finding(0.2), age_ms=None if index == 60 else FRAME_MS))
    assert frozen(hub, back=3).published.reading is None


def test_nothing_of_one_exam_is_held_in_the_next(hub: FrameHub) -> None:
    viewer = Viewer(asyncio.Event())
    hub.publish(published(5, finding(0.4)))
    before = hub.sequence
    assert hub.freeze(viewer, before) is not None
    name = replace(builders.EXAM, number=2)
    hub.status = lambda: status(exam=name)
    assert hub.held(before) is None, "No frame of the next exam has come yet."
    hub.publish(replace(published(6, finding(0.4)), exam=name))
    assert hub.held(before) is None
    assert hub.held(hub.sequence) is not None
    assert hub.freeze(viewer, before) is None
