"""Mammograms on the studies page: four at one scale, marks by a threshold, a region in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.studies.modes.mammography import Mammography
from tests.browser.opened import PATIENCE_MS, needs_browser, playwright, serving, shown_in
from tests.browser.studies.conftest import StudiesPage
from tests.studies.modes.drawn_exam import BALL, COLUMNS, exam
from tests.ui.reading_studies import studies_app

pytestmark = [needs_browser, pytest.mark.browser]


@pytest.fixture
def hung(chromium: playwright.Browser, tmp_path: Path) -> Iterator[StudiesPage]:
    """Four drawn mammograms, read by the mode that reads mammograms, and shown."""
    app, desk, store = studies_app(tmp_path, Mammography())
    with serving(app) as address, shown_in(chromium) as shown:
        studies = StudiesPage(shown, address, tmp_path)
        files = sorted(exam(tmp_path / "exam").iterdir())
        studies.page.set_input_files("[data-part=files]", files)
        shown.wait("page.exam !== null")
        studies.says("hung_said", "One scale, in millimetres")
        yield studies
    desk.close()
    store.close()


def test_four_views_hang_and_one_is_made_large_by_its_key(
    hung: StudiesPage,
) -> None:
    page = hung.page
    names = page.locator("[data-part=hung]").inner_text()
    for each in ("R CC", "L CC", "R MLO", "L MLO"):
        assert each in names
    page.keyboard.press("2")
    page.locator("[data-part=hung][data-shows=one]").wait_for()
    page.keyboard.press("Escape")
    page.locator("[data-part=hung][data-shows=four]").wait_for()


def test_a_higher_threshold_leaves_fewer_marks(hung: StudiesPage) -> None:
    page = hung.page
    before = page.locator(".finding").count()
    assert before > 0
    for slider in page.locator("[data-part=thresholds] input").all():
        slider.fill("1")
    hung.says("no_findings", "No place is marked at these thresholds")
    assert page.locator(".finding").count() == 0
    hung.says("sign_left", "Hidden by the threshold")
    for slider in page.locator("[data-part=thresholds] input").all():
        slider.fill("0")
    assert page.locator(".finding").count() >= before


def test_a_region_that_is_drawn_is_told_in_words(hung: StudiesPage) -> None:
    page = hung.page
    page.keyboard.press("2")
    page.locator("[data-part=hung][data-shows=one]").wait_for()
    hung.press("Describe a mass")
    hung.says("drawing_said", "Region")
    picture = page.locator("[data-part=picture]")
    picture.wait_for(timeout=PATIENCE_MS)
    box = picture.bounding_box()
    assert box is not None
    scale = box["width"] / COLUMNS
    for x, y in ((-62, 0), (-44, -44), (0, -62), (44, -44), (62, 0), (44, 44), (0, 62), (-44, 44)):
        at = box["x"] + (BALL[0] + x) * scale, box["y"] + (BALL[1] + 40 + y) * scale
        page.mouse.click(*at)
    hung.press("Use")
    hung.says("region_words", "round")
