"""The ways between the live page and the calibration page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.calibration.calibration_session import CalibrationSession
from senoscope.ui.calibration.screen_templates import ScreenTemplates
from senoscope.ui.review.review_session import ReviewSession
from tests.browser.calibration.test_calibration import SIZES
from tests.browser.opened import Shown, needs_browser, playwright, serving, shown_in
from tests.fakes import BuildFakeReader, FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT, phantom_frames, status
from tests.ui.calibrating import ScreenLoop
from tests.ui.opened import Asked

pytestmark = [pytest.mark.browser, needs_browser]

OUTSIDE = """all => all.filter((one) => one.checkVisibility()).filter((one) => {
    const box = one.getBoundingClientRect(), room = one.parentElement.getBoundingClientRect();
    return box.left < room.left || box.right > room.right || box.bottom > room.bottom;
}).map((one) => one.dataset.part)"""


@pytest.fixture
def live(chromium: playwright.Browser, tmp_path: Path) -> Iterator[Shown]:
    """The live page with ways to both others."""
    asked = Asked()
    asked.started.append(("phantom", None))
    screen = ScreenLoop()
    session = CalibrationSession(
        screen, lambda: screen.source, ScreenTemplates(tmp_path), tmp_path / "latency.json"
    )
    actions = replace(
        asked.actions, review=ReviewSession(BuildFakeReader(), tmp_path), calibration=session
    )
    loop = FakeLiveLoop(phantom_frames(4, 320, 240), status(), fps=20)
    with serving(build_app(loop, actions, PageSettings(tmp_path, OPERATING_POINT))) as address:
        loop.start()
        with shown_in(chromium) as shown:
            shown.open(address)
            yield shown
        loop.stop()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_top_bar_has_room_for_both_links(live: Shown, language: str) -> None:
    if language == "zh":
        live.page.keyboard.press("l")
    live.page.get_by_text("p95").wait_for()
    for width, height in SIZES:
        live.page.set_viewport_size({"width": width, "height": height})
        for rooms in (".top > *", ".top nav > *", ".facts > *"):
            assert live.page.locator(rooms).evaluate_all(OUTSIDE) == [], (width, rooms)
        box = live.page.locator("[data-way=calibration]").bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_there_and_back_and_to_the_source_dialog(live: Shown) -> None:
    live.page.get_by_role("link", name="Calibrate").click()
    live.wait("page?.state")
    assert live.page.get_by_role("link", name="Review").is_visible()
    live.page.get_by_role("link", name="Source dialog").first.click()
    live.page.get_by_role("dialog").get_by_text("Choose the source").wait_for()
