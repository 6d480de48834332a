"""Outlines and the scan area drawn by hand on the clip review page."""

from __future__ import annotations

import pytest

from tests.browser.opened import Shown, needs_browser
from tests.browser.review.shown import (
    at,
    colour,
    drag,
    go,
    header,
    on_screen,
    rightmost,
    settled,
)
from tests.browser.review.told_clip import FakeClip, middle

pytestmark = [pytest.mark.browser, needs_browser]


def test_a_point_is_dragged_kept_and_taken_back(shown: Shown, clip: FakeClip) -> None:
    go(shown, 10)
    before = header(shown)["findings"][0]["outline"]
    shown.page.keyboard.press("e")
    shown.wait("edit.handles.length === 24")
    x, y = rightmost(10, 1)
    drag(shown, (x, y), (x + 40, y))
    settled(shown)
    (edit,) = clip.edits
    assert max(edit["outline"][::2]) == pytest.approx(x + 40, abs=2)
    assert min(edit["outline"][::2]) == pytest.approx(min(before[::2]), abs=1)
    assert shown.said("banner_edited") == "✎ OUTLINE DRAWN BY HAND"
    assert shown.page.evaluate("window.senoscope.edit.handles[0][0]") == pytest.approx(
        x + 40, abs=1
    )
    assert "frames drawn by hand: 1" in shown.page.locator(".row").first.inner_text()
    shown.page.keyboard.press("z")
    settled(shown)
    assert header(shown)["findings"][0]["outline"] == before
    assert not shown.page.locator("[data-part=banner_edited]").is_visible()
    shown.page.keyboard.press("Escape")
    assert shown.page.locator("[data-part=play]").is_visible()


def test_what_was_drawn_by_hand_has_a_white_edge(shown: Shown, clip: FakeClip) -> None:
    go(shown, 10)
    x, y = middle(10, 1)
    edge = [(x, y + 45 + away) for away in (-2.5, -2, -1.5, 1.5, 2, 2.5)]
    dark = [colour(shown, point) for point in edge]
    assert max(min(each) for each in dark) < 200
    clip.drawn[10, 1] = [header(shown)["findings"][0]["outline"]]
    go(shown, 11)
    go(shown, 10)
    white = [colour(shown, point) for point in edge]
    assert max(min(each) for each in white) > 240


def test_a_double_click_adds_a_point_and_removes_one(shown: Shown, clip: FakeClip) -> None:
    go(shown, 10)
    shown.page.keyboard.press("p")
    shown.wait("edit.handles.length === 24")
    x, y = middle(10, 1)
    shown.page.mouse.dblclick(*on_screen(shown, rightmost(10, 1)))
    shown.wait("edit.handles.length === 23")
    settled(shown)
    shown.page.mouse.dblclick(*on_screen(shown, (x + 120, y)))
    shown.wait("edit.handles.length === 24")
    settled(shown)
    assert max(clip.edits[-1]["outline"][::2]) == pytest.approx(x + 120, abs=3)
    assert len(clip.edits) == 2


def test_the_brush_adds_and_with_shift_takes_away(shown: Shown, clip: FakeClip) -> None:
    go(shown, 10)
    shown.page.keyboard.press("b")
    x, y = middle(10, 1)
    drag(shown, (x, y), (x + 90, y))
    settled(shown)
    shown.page.keyboard.down("Shift")
    drag(shown, (x, y), (x, y + 60))
    shown.page.keyboard.up("Shift")
    settled(shown)
    shown.page.locator("[data-part=erase]").click()
    shown.page.locator("[data-part=radius]").fill("30")
    drag(shown, (x, y), (x, y + 60))
    settled(shown)
    assert [each["adds"] for each in clip.edits] == [True, False, False]
    assert [each["radius"] for each in clip.edits] == [14, 14, 30]
    stroke = clip.edits[0]["stroke"]
    assert stroke[:2] == pytest.approx([x, y], abs=1)
    assert stroke[-2:] == pytest.approx([x + 90, y], abs=1)
    shown.page.locator("[data-part=reset]").click()
    settled(shown)
    assert clip.edits[-1] == {"reset": True}
    assert not header(shown)["findings"][0]["edited"]


def test_an_outline_is_edited_with_the_keyboard_alone(shown: Shown, clip: FakeClip) -> None:
    for key in ("k", "e"):
        shown.page.keyboard.press(key)
        at(shown, 20)
    shown.wait("edit.handles.length === 24")
    shown.page.keyboard.press(".")
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "ArrowRight"):
        shown.page.keyboard.press(key)
    settled(shown)
    x, _ = rightmost(20, 1)
    assert max(clip.edits[0]["outline"][::2]) == pytest.approx(x + 21, abs=1)
    assert len(clip.edits) == 1, "A run of keys is one change."
    for key, handles in (("+", 25), ("Delete", 24)):
        shown.page.keyboard.press(key)
        shown.wait(f"edit.handles.length === {handles}")
    settled(shown)
    shown.page.keyboard.press("Escape")
    shown.page.keyboard.press("ArrowRight")
    at(shown, 21)
    shown.page.keyboard.press("Escape")
    assert shown.page.evaluate("window.senoscope.edit.mode") is None


def test_a_refused_outline_is_said_and_gone(shown: Shown, clip: FakeClip) -> None:
    go(shown, 10)
    before = header(shown)["findings"][0]["outline"]
    clip.refuses = {"kind": "SettingsError", "message": "It encloses nothing. Draw it again."}
    shown.page.keyboard.press("p")
    x, y = rightmost(10, 1)
    drag(shown, (x, y), (x + 40, y))
    shown.page.get_by_text("It encloses nothing. Draw it again.").wait_for()
    settled(shown)
    settled(shown)
    assert header(shown)["findings"][0]["outline"] == before
    assert shown.page.evaluate("window.senoscope.edit.handles[0][0]") == pytest.approx(x, abs=1)
    shown.complaints.clear()


def test_a_frame_without_a_lesion_says_where_to_go(shown: Shown) -> None:
    shown.page.keyboard.press("e")
    shown.page.get_by_text("No lesion is marked on this frame.").wait_for()
    assert shown.page.evaluate("window.senoscope.edit.mode") is None


def test_a_clip_is_read_anew_within_an_area(shown: Shown, clip: FakeClip) -> None:
    shown.page.locator("[data-part=open_area]").click()
    assert not shown.page.locator("[data-part=read_whole]").is_visible()
    shown.page.locator("[data-part=area_0]").fill("40")
    shown.page.locator("[data-part=read_within]").click()
    shown.wait("clip.state.framing !== 'whole'")
    at(shown, 0)
    shown.page.locator("[data-part=open_area]").click()
    shown.page.locator("[data-part=read_whole]").click()
    shown.wait("clip.state.framing === 'whole'")
    assert clip.framings == [[40, 0, 600, 480], "whole"]
