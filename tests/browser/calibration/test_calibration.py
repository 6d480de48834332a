"""The calibration page in a real Chromium: points, depth, templates and a test by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.calibration.phantoms.screens import made_screen
from senoscope.calibration.screen.screen_template import ScreenTemplate
from tests.browser.calibration.conftest import Calibration
from tests.browser.opened import needs_browser
from tests.ui.calibrating import DOTS, NUMBERED, two_marks

pytestmark = [pytest.mark.browser, needs_browser]

SIZES = ((1280, 720), (1024, 768), (768, 1024))
SMALL = """all => all.filter((one) => one.checkVisibility()).filter((one) => {
    const box = one.getBoundingClientRect();
    return box.height < 44 || box.width < 44;
}).map((one) => one.dataset.part ?? one.textContent)"""
WIDE = """all => all.filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.dataset.part ?? one.className)"""
BEYOND = """all => all.filter((one) => one.checkVisibility()).filter((one) => {
    const box = one.getBoundingClientRect();
    const room = one.closest('section, header').getBoundingClientRect();
    return box.left < room.left || box.right > room.right;
}).map((one) => one.dataset.part ?? one.textContent)"""


def test_the_picture_comes_when_the_source_does_and_its_states_are_said(
    calibration: Calibration,
) -> None:
    shown = calibration.shown
    assert "source, field of view" in shown.said("left_to_do")
    calibration.loop.show(NUMBERED.pixels)
    shown.wait("drawn > 0")
    calibration.waits_for("left_to_do", "Left to do: test measurement, latency")
    assert shown.said("state_ruler") == "✓ done"
    assert shown.said("state_test") == "○ to do"
    assert "ruler on the picture, ± 2 %" in shown.said("scale_said")
    calibration.waits_for("scale_ticks", "6 ticks")
    calibration.loop.source.comes_back = False
    calibration.waits_for("left_to_do", "Not possible here: latency")
    assert shown.said("state_latency") == "– not possible here"


def test_two_points_clicked_dragged_and_nudged_give_the_scale_and_a_test(
    calibration: Calibration,
) -> None:
    shown, (pixels, a, b) = calibration.shown, two_marks()
    calibration.loop.show(pixels)
    shown.wait("drawn > 0")
    calibration.press("Use as scale")
    assert "Set two points" in shown.said("said_ruler")
    calibration.click((a[0] + 40, a[1] + 30))
    calibration.click((b[0], b[1] - 4))
    mouse = shown.page.mouse
    mouse.move(*calibration.on_screen((a[0] + 40, a[1] + 30)))
    mouse.down()
    mouse.move(*calibration.on_screen(a), steps=4)
    mouse.up()
    shown.page.keyboard.press("Space")
    before = calibration.points()
    for _ in range(4):
        shown.page.keyboard.press("ArrowDown")
    after = calibration.points()
    assert after[1] == [before[1][0], before[1][1] + 4]
    assert after[0] == pytest.approx(a, abs=1.1)
    assert after[1] == pytest.approx(b, abs=1.1)
    shown.page.get_by_label("mm between A and B").fill("30")
    shown.page.keyboard.press("Enter")
    calibration.waits_for("scale_said", "two points set by hand")
    assert shown.said("state_ruler") == "✓ done"
    shown.wait("picture.header.number > 1")
    shown.page.get_by_label("mm expected").fill("30")
    calibration.press("Measure A to B")
    calibration.waits_for("test_said", "The interval holds 30 mm.")
    assert "(95 %)" in shown.said("test_said")
    shown.page.get_by_label("mm expected").fill("20")
    calibration.press("Measure A to B")
    calibration.waits_for("test_said", "does not hold 20 mm")
    calibration.press("Forget the scale")
    calibration.waits_for("state_ruler", "to do")


def test_points_are_set_with_the_keyboard_alone(calibration: Calibration) -> None:
    shown = calibration.shown
    calibration.loop.show(two_marks()[0])
    shown.wait("drawn > 0")
    picture = shown.page.get_by_role("application", name="The whole picture of the source")
    picture.focus()
    keys = shown.page.keyboard
    keys.press("Enter")
    keys.press("Shift+ArrowUp")
    keys.press("Enter")
    keys.press("ArrowLeft")
    assert calibration.points() == [[320, 230], [319, 230]]
    assert "1.0 pixels apart · B is moved" in shown.said("points_said")
    keys.press("Space")
    keys.press("Shift+ArrowLeft")
    assert calibration.points() == [[310, 230], [319, 230]]
    keys.press("Delete")
    assert calibration.points() == []
    keys.press("Tab")
    assert shown.page.evaluate("document.activeElement.dataset.part") == "new_picture"


def test_points_that_stand_on_nothing_are_refused_with_a_sentence(
    calibration: Calibration,
) -> None:
    shown = calibration.shown
    calibration.loop.show(two_marks()[0])
    shown.wait("drawn > 0")
    calibration.click((100, 100))
    calibration.click((100, 400))
    shown.page.get_by_label("mm between A and B").fill("30")
    calibration.press("Use as scale")
    calibration.waits_for("said_ruler", "There is no mark at")
    assert shown.said("state_ruler") == "○ to do"
    assert all("409" in complaint for complaint in shown.complaints)
    shown.complaints.clear()


def test_a_depth_in_centimetres_settles_what_a_tick_stands_for(calibration: Calibration) -> None:
    shown = calibration.shown
    calibration.loop.show(DOTS.pixels)
    shown.wait("drawn > 0")
    calibration.waits_for("scale_said", "give the depth shown on the screen")
    shown.page.get_by_label("Depth shown on the screen").fill(f"{DOTS.depth_mm / 10:g}")
    calibration.press("Use this depth")
    calibration.waits_for("scale_said", "ruler on the picture")
    shown.wait("picture.header.ticks.length >= 3")


def test_a_template_is_saved_downloaded_sent_again_and_deleted(
    calibration: Calibration, tmp_path: Path
) -> None:
    shown, page = calibration.shown, calibration.shown.page
    calibration.loop.show(NUMBERED.pixels)
    calibration.waits_for("state_field", "done")
    page.get_by_label("Scanner and preset, never a patient").fill("LOGIQ breast")
    with page.expect_download() as download:
        calibration.press("Save as template")
    file = tmp_path / "taken.yaml"
    download.value.save_as(file)
    assert download.value.suggested_filename.startswith("logiq-breast")
    assert ScreenTemplate.parse(file.read_text(encoding="utf-8")).name == "LOGIQ breast"
    calibration.waits_for("templates", "LOGIQ breast")
    calibration.waits_for("field_said", "As in the template LOGIQ breast")
    calibration.press("Delete LOGIQ breast")
    calibration.waits_for("templates_none", "None yet.")
    assert list(calibration.folder.iterdir()) == []
    page.locator("[data-part=template_file]").set_input_files(file)
    calibration.waits_for("templates", "LOGIQ breast")
    hostile = tmp_path / "hostile.yaml"
    hostile.write_text("#" * 1_000_000)
    page.locator("[data-part=template_file]").set_input_files(hostile)
    calibration.waits_for("said_field", "larger than 16384 bytes")
    assert len(list(calibration.folder.iterdir())) == 1
    shown.complaints.clear()


def test_all_of_it_can_be_photographed(calibration: Calibration, pictures: Path) -> None:
    shown = calibration.shown
    calibration.loop.show(NUMBERED.pixels)
    calibration.waits_for("state_field", "done")
    shown.wait("picture.header?.area != null")
    ticks = shown.page.evaluate("window.senoscope.picture.header.ticks")
    for x, y in (ticks[1], ticks[4]):
        calibration.click((x + 6, y))
    shown.page.screenshot(path=pictures / "calibration.png")


def test_nothing_of_another_source_stays_on_the_page(calibration: Calibration) -> None:
    shown = calibration.shown
    calibration.loop.show(NUMBERED.pixels)
    shown.wait("drawn > 0")
    calibration.click((300, 300))
    assert len(calibration.points()) == 1
    calibration.loop.source = replace(calibration.loop.source, name="video file")
    calibration.loop.show(made_screen(19).pixels)
    shown.wait("points.at.length === 0")
    shown.wait("picture.header?.size[0] === 1260")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_fits_and_every_target_can_be_hit(calibration: Calibration, language: str) -> None:
    shown, page = calibration.shown, calibration.shown.page
    calibration.loop.show(DOTS.pixels)
    shown.wait("drawn > 0")
    calibration.click((300, 300))
    page.get_by_label("Scanner and preset, never a patient").fill("A scanner with a long name " * 2)
    calibration.press("Save as template")
    page.locator("[data-part=templates] li").wait_for()
    if language == "zh":
        page.locator("[data-part=language]").click()
        page.locator("[data-part=theme]").click()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        targets = page.locator(".calibration :is(button, a, input, select)")
        assert targets.evaluate_all(SMALL) == [], width
        assert targets.evaluate_all(BEYOND) == [], width
        assert page.locator(".calibration, .top, .screen, .list, li").evaluate_all(WIDE) == []
        room = page.locator(".screen")
        assert room.evaluate("one => one.scrollHeight <= one.clientHeight"), width
