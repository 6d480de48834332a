"""Whether two numbers are one lesion is asked on the page, and so are an exam's books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.ledger import DropCause, LedgerSnapshot
from senoscope.realtime.timing import Rhythm
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
from tests.ui.seen import seen_twice

pytestmark = [pytest.mark.browser, needs_browser]

SIZES = [(1280, 720), (1024, 768), (768, 1024)]


class GrowingExam:
    """One whose books grow by a frame with every look at them; every cause is among them."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> ExamSummary:
        self.looks += 1
        dropped = {cause: place + 1 for place, cause in enumerate(DropCause)}
        books = LedgerSnapshot(1000 + sum(dropped.values()) + 9, 1000, 7, dropped, 2)
        more = replace(books, captured=books.captured + self.looks, read=books.read + self.looks)
        assert more.balanced
        return replace(builders.exam_summary(), books=more, rhythm=Rhythm(30.0, 24.3, 2, 0.71))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    frames = phantom_frames(8, 640, 480)
    loop = FakeLiveLoop(frames, status(simulated=True), fps=20)
    key_frames = KeyFrames()
    seen_twice(key_frames, PixelSpacing(0.5, 0.5), (1024, 768))
    folder: Path = tmp_path_factory.mktemp("snapshots")
    actions = LiveActions(
        known_sources=lambda: ("phantom",),
        preview=lambda source: Preview(source, (640, 480), 20.0, True, True, b""),
        start_source=loop.switch_source,
        first_run=lambda: False,
        exam=GrowingExam(),
        end_exam=loop.end_exam,
        align=lambda wanted: None,
        recording=FakeRecording(),
        key_frames=key_frames,
    )
    with serving_loop(loop, actions, folder) as served:
        yield served


@pytest.fixture
def shown(chromium: playwright.Browser, served: Served) -> Iterator[Shown]:
    with shown_in(chromium) as opened:
        opened.open(served.address)
        yield opened


def test_an_offer_is_answered_and_taken_back_in_the_dialog(shown: Shown) -> None:
    page = shown.page
    second = page.locator(".strip button").nth(1)
    second.wait_for(timeout=PATIENCE_MS)
    assert second.inner_text() == "2 = 1 ?"
    second.click()
    asked = "Lesion 2 may be lesion 1 seen across. Did you turn the probe?"
    assert shown.said("key_same_line") == asked
    assert not page.locator("[data-part=key_undo]").is_visible()
    page.locator("[data-part=key_across]").click()
    page.get_by_text("Lesion 2 is lesion 1 seen across: 18.0 × 16.6 × 9.0 mm").wait_for()
    assert not page.locator("[data-part=key_two]").is_visible()
    assert second.inner_text() == "2 = 1"
    page.locator("[data-part=key_undo]").click()
    page.get_by_text(asked).wait_for()
    page.locator("[data-part=key_two]").click()
    page.get_by_text("Lesion 2 is not lesion 1").wait_for()
    assert second.inner_text() == "2"
    page.locator("[data-part=key_undo]").click()
    page.get_by_text(asked).wait_for()


def test_a_lesion_that_is_like_no_other_asks_nothing(shown: Shown) -> None:
    first = shown.page.locator(".strip button").first
    first.wait_for(timeout=PATIENCE_MS)
    first.click()
    assert not shown.page.locator("[data-part=key_same]").is_visible()


def test_the_books_of_an_exam_grow_while_they_are_looked_at(shown: Shown) -> None:
    page = shown.page
    page.keyboard.press("e")
    page.wait_for_function("document.querySelector('[data-part=exam_captured]').textContent")
    parts = ("captured", "read", "not_read", "alike", "waiting")
    rows = page.evaluate(
        "parts => parts.map((part) =>"
        " parseInt(document.querySelector(`[data-part=exam_${part}]`).textContent, 10))",
        list(parts),
    )
    assert rows[0] == sum(rows[1:])
    assert "1 overtaken" in shown.said("exam_not_read")
    assert shown.said("exam_rate") == "24.3 fps, ideal 30.0"
    assert shown.said("exam_stalls") == "2, longest 0.7 s"
    page.wait_for_function(
        "before => parseInt(document.querySelector('[data-part=exam_captured]').textContent, 10)"
        " >= before + 2",
        arg=rows[0],
        timeout=PATIENCE_MS,
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_neither_dialog_has_to_be_scrolled(shown: Shown, language: str) -> None:
    page = shown.page
    if language == "zh":
        page.keyboard.press("l")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.keyboard.press("e")
        page.wait_for_function("document.querySelector('[data-part=exam_captured]').textContent")
        fits(shown, "exam_dialog", width)
        page.keyboard.press("Escape")
        page.locator(".strip button").nth(1).click(timeout=PATIENCE_MS)
        page.locator("[data-part=key_same]").wait_for()
        fits(shown, "key_dialog", width)
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached")


def fits(shown: Shown, part: str, width: int) -> None:
    room = shown.page.locator(f"[data-part={part}]")
    assert room.evaluate("one => one.checkVisibility()"), (part, width)
    assert room.evaluate("one => one.scrollHeight <= one.clientHeight"), (part, width)
    assert room.evaluate("one => one.scrollWidth <= one.clientWidth"), (part, width)
