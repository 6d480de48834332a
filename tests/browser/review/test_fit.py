"""The clip review page fits its screen, and a hand hits its targets."""

from __future__ import annotations

import pytest

from tests.browser.opened import Shown, needs_browser
from tests.browser.review.shown import go
from tests.browser.review.told_clip import FakeClip

pytestmark = [pytest.mark.browser, needs_browser]


SIZES = ((1280, 720), (1024, 768), (768, 1024))
SMALL = """all => all.filter((one) => one.checkVisibility()).filter((one) => {
    const box = one.getBoundingClientRect();
    return box.height < 44 || box.width < 44;
}).map((one) => one.dataset.part ?? one.className)"""
BEYOND = """all => all.filter((one) => one.checkVisibility()).filter((one) => {
    const box = one.getBoundingClientRect();
    return box.right > innerWidth || box.bottom > innerHeight || box.left < 0;
}).map((one) => one.dataset.part ?? one.className)"""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("mode", ["look", "edit", "open"])
def test_the_page_fits_and_every_target_can_be_hit(
    shown: Shown, clip: FakeClip, language: str, mode: str
) -> None:
    if language == "zh":
        shown.page.keyboard.press("l")
    if mode == "edit":
        go(shown, 10)
        clip.remark(
            1,
            {
                "side": "L",
                "clock": 10,
                "from_nipple_cm": 3.5,
                "note": "soft edge",
                "verdict": "accepted",
            },
        )
        shown.page.keyboard.press("p")
    if mode == "open":
        clip.end("empty")
        shown.page.locator("[data-part=open]").wait_for()
    for width, height in SIZES:
        shown.page.set_viewport_size({"width": width, "height": height})
        targets = shown.page.locator(".review :is(button, a, input, select)")
        assert targets.evaluate_all(SMALL) == [], (width, height)
        assert targets.evaluate_all(BEYOND) == [], (width, height)
        for part in (".findings", ".lesions", ".controls", ".top", ".said"):
            room = shown.page.locator(part)
            assert room.evaluate("one => one.scrollHeight <= one.clientHeight"), (part, width)
            assert room.evaluate("one => one.scrollWidth <= one.clientWidth"), (part, width)


def test_where_the_list_is_longer_than_its_room_it_scrolls_and_no_lesion_is_cut(
    shown: Shown,
) -> None:
    shown.page.set_viewport_size({"width": 1280, "height": 560})
    shown.page.keyboard.press("3")
    cut = "all => all.filter((one) => one.scrollHeight > one.clientHeight).length"
    assert shown.page.locator(".row").evaluate_all(cut) == 0
    note = shown.page.locator(".row").nth(2).get_by_role("button", name="Note")
    box, room = note.bounding_box(), shown.page.locator(".lesions").bounding_box()
    assert box is not None
    assert room is not None
    assert room["y"] <= box["y"]
    assert box["y"] + box["height"] <= room["y"] + room["height"]
