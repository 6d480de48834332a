"""Lengths of a clip's lesions, and hand calipers on its frames."""

from __future__ import annotations

import pytest

from tests.browser.opened import Shown, needs_browser
from tests.browser.review.shown import go, on_screen
from tests.browser.review.told_clip import FakeClip

pytestmark = [pytest.mark.browser, needs_browser]

LINES = "[data-part=calipers_said] p:not(:empty)"


def click(shown: Shown, *points: tuple[float, float]) -> None:
    for point in points:
        shown.page.mouse.click(*on_screen(shown, point))


def lines(shown: Shown) -> list[str]:
    """What is said of the calipers, once all is answered."""
    shown.wait("calipers.pairs.every((pair) => pair.points.length < 2 || pair.said)")
    said: list[str] = shown.page.locator(LINES).all_inner_texts()
    return said


def test_the_chosen_lesion_s_lengths_have_their_interval_scale_and_hand(
    shown: Shown, clip: FakeClip
) -> None:
    row = shown.page.locator(".row").first
    text = row.inner_text()
    assert "14.2 × 9.1 mm" in text
    assert "12.9 to 15.6 × 7.8 to 10.5 (95 %)" in text
    assert "Scale: ruler on the picture, ± 2.1 %" in text
    assert "reader's outline" not in text
    clip.drawn[20, 1] = [[1.0, 2.0]]
    clip.version += 1
    row.get_by_text("reader's outline").wait_for()


def test_the_other_measures_open_in_their_row(shown: Shown) -> None:
    row = shown.page.locator(".row").first
    assert "101.3 mm²" not in row.inner_text()
    row.get_by_role("button", name="Angle, area, depth").click()
    row.get_by_text("101.3 mm²").wait_for()
    text = row.inner_text()
    assert "11.0 to 13.7 (95 %)" in text
    assert "skin line not known" in text


def test_calipers_stand_on_their_frame_only(shown: Shown, clip: FakeClip) -> None:
    go(shown, 10)
    shown.page.keyboard.press("m")
    click(shown, (100, 100), (250, 100))
    assert lines(shown)[0].startswith("1:  15.0 mm  14.7 to 15.3 (95 %)")
    shown.page.keyboard.press("ArrowLeft")
    shown.wait("calipers.pairs[0].points[1][0] < 249.6")
    assert shown.page.evaluate("window.senoscope.picture.header.place") == 10
    go(shown, 11)
    assert lines(shown) == []
    click(shown, (100, 100), (200, 100))
    assert len(lines(shown)) == 2
    shown.page.keyboard.press("e")
    shown.wait("edit.mode === 'points'")
    assert not shown.page.evaluate("window.senoscope.calipers.on")
    assert lines(shown) == []
    assert clip.edits == []


def test_without_a_scale_calipers_say_pixels(shown: Shown, clip: FakeClip) -> None:
    clip.uncalibrated = True
    go(shown, 10)
    shown.page.get_by_role("button", name="Calipers").click()
    click(shown, (100, 100), (200, 100))
    assert lines(shown) == ["1:  100 pixels  UNCALIBRATED"]
