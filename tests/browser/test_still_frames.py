"""What the page shows of single frames, which come when the test sends them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from senoscope.ui.frames.key_frames import KeyFrames
from senoscope.ui.live.live_actions import LiveActions, Preview
from tests import builders
from tests.browser.opened import (
    Served,
    Shown,
    needs_browser,
    playwright,
    serving_loop,
    shown_in,
)
from tests.fakes import FakeLiveLoop, FakeRecording
from tests.ui.built_frames import FRAME_MS, finding, published, status

pytestmark = [pytest.mark.browser, needs_browser]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    actions = LiveActions(
        known_sources=lambda: ("phantom", "camera /dev/video0"),
        preview=lambda source: Preview(source, (160, 120), None, False, False, b""),
        start_source=lambda source, area: None,
        first_run=lambda: False,
        exam=builders.exam_summary,
        end_exam=lambda patient, who: builders.exam_summary(),
        align=lambda wanted: None,
        recording=FakeRecording(),
        key_frames=KeyFrames(),
    )
    with serving_loop(FakeLiveLoop([], status()), actions, tmp_path) as served:
        yield served


class Sent:
    """Sends single frames, each drawn before the next."""

    def __init__(self, served: Served, shown: Shown) -> None:
        self._served, self.shown = served, shown

    def frame(self, index: int, age_ms: float | None, source_name: str = "phantom") -> None:
        seen = [] if age_ms is None else [finding(0.2 + 0.1 * (index - round(age_ms / FRAME_MS)))]
        self._served.loop.emit(
            published(index, *seen, age_ms=age_ms, source_name=source_name, pixels=shade(index))
        )
        self.shown.wait(f"view.newest?.frame === {index}")
        self.shown.wait(f"view.frozen || window.senoscope.view.shown?.frame === {index}")

    def freeze(self) -> None:
        self.shown.page.keyboard.press("Space")
        self.shown.page.get_by_text("FROZEN").wait_for()
        self.shown.wait("view.shown.frozen")


def shade(index: int) -> np.ndarray:
    return np.full((120, 160), 40 * index, np.uint8)


@pytest.fixture
def sent(chromium: playwright.Browser, served: Served) -> Iterator[Sent]:
    with shown_in(chromium) as shown:
        shown.page.goto(served.address)
        shown.wait("view.newest?.fps > 0")
        yield Sent(served, shown)


def corner_grey(shown: Shown) -> int:
    """The canvas's grey in a corner that no outline reaches."""
    corner = "document.querySelector('canvas').getContext('2d').getImageData(2, 2, 1, 1).data[0]"
    return int(shown.page.evaluate(corner))


def test_the_frozen_picture_is_the_newest_that_was_read_itself(sent: Sent) -> None:
    for index, age_ms in ((1, 0.0), (2, 0.0), (3, 16.7), (4, 33.3)):
        sent.frame(index, age_ms)
    assert sent.shown.said("reading_age") == "Reading 34 ms old"
    sent.freeze()
    assert "frame 2" in sent.shown.page.locator(".banners").inner_text()
    assert sent.shown.said("number_0") == "0.40"
    assert sent.shown.said("reading_age") == "Reading 0 ms old"
    assert abs(corner_grey(sent.shown) - 80) < 5
    sent.shown.page.keyboard.press("s")
    sent.shown.page.get_by_text("frame0002.png").wait_for()


def test_a_frozen_picture_gets_the_reading_that_came_after_it_was_shown(sent: Sent) -> None:
    for index in (1, 2, 3, 4):
        sent.frame(index, age_ms=2 * FRAME_MS)
    sent.freeze()
    assert "frame 2" in sent.shown.page.locator(".banners").inner_text()
    assert sent.shown.said("number_0") == "0.40"
    assert sent.shown.said("reading_age") == "Reading 0 ms old"
    assert abs(corner_grey(sent.shown) - 80) < 5


def test_without_a_picture_read_itself_the_newest_is_frozen_and_its_age_said(sent: Sent) -> None:
    for index, age_ms in ((3, 16.7), (4, 33.3)):
        sent.frame(index, age_ms)
    sent.freeze()
    assert "frame 4" in sent.shown.page.locator(".banners").inner_text()
    assert sent.shown.said("reading_age") == "Reading 34 ms old"


def test_a_freeze_never_goes_back_to_another_source(sent: Sent) -> None:
    sent.frame(1, 0.0)
    sent.frame(2, None, source_name="camera 0")
    sent.freeze()
    assert "frame 2" in sent.shown.page.locator(".banners").inner_text()


def test_the_source_s_name_follows_the_picture(sent: Sent) -> None:
    sent.frame(1, 0.0)
    sent.freeze()
    sent.frame(2, 0.0, source_name="camera /dev/video0")
    assert sent.shown.said("source_name") == "Phantom (simulated)"
    sent.shown.page.keyboard.press("Space")
    sent.frame(3, 0.0, source_name="camera /dev/video0")
    assert sent.shown.said("source_name") == "Camera 0"
    sent.shown.page.keyboard.press("l")
    assert sent.shown.said("source_name") == "采集设备 0"
    sent.frame(4, 0.0, source_name="image folder")
    assert sent.shown.said("source_name") == "图像文件夹"
