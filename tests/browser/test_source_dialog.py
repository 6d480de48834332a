"""Another source in three steps, in a real Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from senoscope.calibration.screen.field_of_view import FieldOfView, NoField
from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.frame import ScanArea
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.frames.key_frames import KeyFrames
from senoscope.ui.live.live_actions import LiveActions, Preview
from tests import builders
from tests.browser.opened import (
    PATIENCE_MS,
    Served,
    Shown,
    needs_browser,
    playwright,
    serving_loop,
    shown_in,
)
from tests.fakes import FakeLiveLoop, FakeRecording
from tests.ui.built_frames import phantom_frames, status

pytestmark = [pytest.mark.browser, needs_browser]

SIZE = (320, 240)
FOCUS = "document.activeElement.dataset.part ?? document.activeElement.tagName"


@dataclass
class Sources:
    """Sources to try: "slow" opens when it is told to, "unplugged" never does."""

    jpeg: bytes
    opened: threading.Event = field(default_factory=threading.Event)
    framing: Cut | ScanArea = Cut.WHOLE
    found: FieldOfView | NoField | None = None
    started: list[tuple[str, Cut | ScanArea | None]] = field(default_factory=list)

    def preview(self, source: str) -> Preview:
        self._open(source)
        return Preview(source, SIZE, None, True, True, self.jpeg, self.framing, self.found)

    def start(self, source: str, framing: Cut | ScanArea | None) -> None:
        self._open(source)
        self.started.append((source, framing))

    def _open(self, source: str) -> None:
        if source == "unplugged":
            raise SourceUnavailable("Nothing is plugged in. Plug it in.")
        if source == "slow":
            self.opened.wait(PATIENCE_MS / 1000)


@dataclass
class Dialog:
    """The open source dialog."""

    shown: Shown
    served: Served
    sources: Sources

    def press(self, name: str) -> None:
        self.shown.page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()

    def choose(self, source: str) -> None:
        self.shown.page.get_by_label("File path or stream address").fill(source)
        self.press("Try")

    def wait_for(self, text: str) -> None:
        self.shown.page.get_by_role("dialog").get_by_text(text).wait_for()

    def focus(self) -> str:
        return str(self.shown.page.evaluate(FOCUS))

    def closed(self) -> None:
        self.shown.page.locator("dialog[open]").wait_for(state="detached")


@pytest.fixture(scope="module")
def frames() -> list[PublishedFrame]:
    return phantom_frames(4, *SIZE)


@pytest.fixture
def dialog(
    chromium: playwright.Browser, tmp_path: Path, frames: list[PublishedFrame]
) -> Iterator[Dialog]:
    sources = Sources(frames[0].jpeg)
    loop = FakeLiveLoop(frames, status(), fps=20)
    actions = LiveActions(
        known_sources=lambda: ("phantom", "camera 0"),
        preview=sources.preview,
        start_source=sources.start,
        first_run=lambda: False,
        exam=builders.exam_summary,
        end_exam=lambda patient, who: builders.exam_summary(),
        align=lambda wanted: None,
        recording=FakeRecording(),
        key_frames=KeyFrames(),
    )
    with serving_loop(loop, actions, tmp_path) as served, shown_in(chromium) as shown:
        shown.open(served.address)
        shown.page.locator("[data-part=open_source]").click()
        shown.page.get_by_role("button", name="Camera 0").wait_for()
        yield Dialog(shown, served, sources)
        sources.opened.set()


def test_another_source_is_chosen_in_three_steps(dialog: Dialog) -> None:
    dialog.press("Camera 0")
    dialog.press("Next")
    dialog.shown.page.locator("[data-part=source_dialog]").get_by_label("Left").fill("100")
    dialog.press("Next")
    assert dialog.shown.said("found_area") == "220 × 240 at 100, 0"
    dialog.press("Start")
    dialog.closed()
    assert dialog.sources.started == [("camera 0", ScanArea(100, 0, 220, 240))]


def test_the_scan_area_of_last_time_stays_until_it_is_taken_away(dialog: Dialog) -> None:
    dialog.sources.framing = ScanArea(20, 30, 200, 180)
    dialog.press("Camera 0")
    dialog.press("Next")
    assert dialog.shown.page.get_by_label("Width").input_value() == "200"
    dialog.press("Next")
    dialog.press("Start")
    dialog.closed()
    dialog.shown.page.locator("[data-part=open_source]").click()
    dialog.press("Camera 0")
    dialog.press("Next")
    dialog.press("Whole picture")
    dialog.press("Next")
    dialog.press("Start")
    dialog.closed()
    areas = [area for _, area in dialog.sources.started]
    assert areas == [ScanArea(20, 30, 200, 180), Cut.WHOLE]


def test_the_field_found_on_a_screen_is_offered_and_followed(dialog: Dialog) -> None:
    dialog.sources.framing = Cut.FOUND
    dialog.sources.found = FieldOfView(ScanArea(40, 30, 200, 180, SIZE))
    dialog.press("Camera 0")
    dialog.press("Next")
    assert dialog.shown.page.get_by_label("Width").input_value() == "200"
    assert "made black" in dialog.shown.said("framing_said")
    dialog.press("Next")
    assert dialog.shown.said("found_area") == "Found, and followed on the screen"
    dialog.press("Back")
    dialog.press("Whole picture")
    assert "any name that stands on it" in dialog.shown.said("framing_said")
    dialog.press("Find it")
    dialog.press("Next")
    dialog.press("Start")
    dialog.closed()
    assert dialog.sources.started == [("camera 0", Cut.FOUND)]


def test_where_no_field_is_found_the_reason_is_said_and_a_hand_draws_it(dialog: Dialog) -> None:
    dialog.sources.framing, dialog.sources.found = Cut.FOUND, NoField.NO_TISSUE
    dialog.press("Camera 0")
    dialog.press("Next")
    assert dialog.shown.said("framing_said") == NoField.NO_TISSUE.value
    dialog.shown.page.locator("[data-part=source_dialog]").get_by_label("Left").fill("100")
    dialog.press("Next")
    dialog.press("Start")
    dialog.closed()
    assert dialog.sources.started == [("camera 0", ScanArea(100, 0, 220, 240))]


def test_a_scan_area_beyond_the_picture_is_cut_to_it(dialog: Dialog) -> None:
    dialog.sources.framing = ScanArea(200, 100, 640, 480)
    dialog.press("Camera 0")
    dialog.press("Next")
    dialog.press("Next")
    assert dialog.shown.said("found_area") == "120 × 140 at 200, 100"


def test_opening_says_how_far_it_has_come_and_close_ends_the_wait(dialog: Dialog) -> None:
    dialog.choose("slow")
    dialog.wait_for("Opening ...")
    dialog.served.loop.condition = replace(status(), progress=0.42)
    dialog.wait_for("Opening the source, 42 %")
    dialog.press("Close")
    dialog.closed()
    dialog.shown.page.locator("[data-part=open_source]").click()
    dialog.sources.opened.set()
    dialog.shown.page.wait_for_timeout(300)
    assert dialog.shown.page.get_by_role("button", name="Next", exact=True).is_disabled()


def test_a_start_can_be_waited_for_and_left(dialog: Dialog) -> None:
    dialog.sources.opened.set()
    dialog.choose("slow")
    dialog.press("Next")
    dialog.press("Next")
    dialog.sources.opened.clear()
    dialog.served.loop.condition = replace(status(), progress=0.07)
    dialog.press("Start")
    dialog.wait_for("Opening the source, 7 %")
    assert dialog.focus() == "dialog_close"
    dialog.shown.page.keyboard.press("Escape")
    dialog.closed()
    dialog.shown.page.locator("[data-part=open_source]").click()
    dialog.press("Phantom (simulated)")
    dialog.press("Next")
    dialog.sources.opened.set()
    dialog.shown.page.wait_for_timeout(300)
    assert dialog.shown.page.locator("dialog[open]").count() == 1


def test_the_focus_stays_on_what_comes_next(dialog: Dialog) -> None:
    page = dialog.shown.page
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next", exact=True).click(trial=True)
    assert dialog.focus() == "BUTTON", "The chosen source keeps the focus."
    page.locator("[data-part=dialog_next]").focus()
    for step in ("1", "2"):
        page.keyboard.press("Enter")
        page.locator(f"[data-step='{step}']:visible").wait_for()
        assert dialog.focus() == "dialog_next"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert dialog.focus() == "dialog_back"
    page.keyboard.press("Enter")
    assert dialog.focus() == "dialog_next", "There is no way back from the first step."
    page.keyboard.press("Escape")
    dialog.closed()


def test_what_went_wrong_is_led_by_the_reader_s_own_language(dialog: Dialog) -> None:
    dialog.choose("unplugged")
    dialog.wait_for("Nothing is plugged in. Plug it in.")
    assert dialog.shown.said("trouble") == "Nothing is plugged in. Plug it in."
    dialog.press("Close")
    dialog.shown.page.keyboard.press("l")
    dialog.shown.page.locator("[data-part=open_source]").click()
    dialog.shown.page.get_by_label("文件路径或视频流地址").fill("unplugged")
    dialog.press("测试")
    dialog.wait_for("图像源无法打开。 Nothing is plugged in. Plug it in.")
    assert all("409" in complaint for complaint in dialog.shown.complaints)
    dialog.shown.complaints.clear()
