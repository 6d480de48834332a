"""Lengths on the live page, each with its interval and scale, and calipers on a frozen frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.published import PublishedFrame
from senoscope.ui.frames.key_frames import KeyFrames
from senoscope.ui.frames.measured_facts import MeasuredFrame, measured_facts
from senoscope.ui.live.live_actions import LiveActions
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
from tests.ui.built_frames import finding, published, status

pytestmark = [pytest.mark.browser, needs_browser]

COLUMNS, ROWS = 640, 480
RULER = CalibratedSpacing(PixelSpacing(0.1, 0.1), SpacingOrigin.RULER, 0.6)
SIZES = ((1280, 720), (1024, 768), (768, 1024))
ON_SCREEN = """([x, y]) => {
    const box = document.querySelector('[data-part=picture]').getBoundingClientRect();
    return [box.left + (x + 0.5) * box.width / 640, box.top + (y + 0.5) * box.height / 480];
}"""
LINES = "[data-part=calipers_said] p:not(:empty)"


def ellipse(x: float, y: float, across: float, down: float) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    points = np.stack([x + across * np.cos(turn), y + down * np.sin(turn)], axis=1)
    return points.astype(np.float32)


def frame(spacing: CalibratedSpacing | None) -> PublishedFrame:
    """Three lesions, the last nearly round."""
    made = published(
        0,
        finding(0.91, ellipse(160, 200, 110, 60)),
        finding(0.37, ellipse(420, 160, 70, 30)),
        finding(0.08, ellipse(400, 350, 40, 39)),
        pixels=np.full((ROWS, COLUMNS), 90, np.uint8),
        source_name="video file",
    )
    return replace(made, frame=replace(made.frame, spacing=spacing))


@pytest.fixture
def spacing() -> CalibratedSpacing | None:
    return RULER


@pytest.fixture
def served(
    spacing: CalibratedSpacing | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    loop = FakeLiveLoop([frame(spacing)], status(), fps=20)
    actions = LiveActions(
        known_sources=lambda: ("phantom",),
        preview=lambda source: pytest.fail(f"{source} is not to be tried."),
        start_source=loop.switch_source,
        first_run=lambda: False,
        exam=builders.exam_summary,
        end_exam=loop.end_exam,
        align=lambda wanted: None,
        recording=FakeRecording(),
        key_frames=KeyFrames(),
    )
    with serving_loop(loop, actions, tmp_path_factory.mktemp("snapshots")) as served:
        yield served


@pytest.fixture
def shown(chromium: playwright.Browser, served: Served) -> Iterator[Shown]:
    with shown_in(chromium) as opened:
        opened.open(served.address)
        yield opened


def click(shown: Shown, *points: tuple[float, float]) -> None:
    for point in points:
        x, y = shown.page.evaluate(ON_SCREEN, list(point))
        shown.page.mouse.click(x, y)


def lines(shown: Shown) -> list[str]:
    """What is said of the calipers, once all is answered."""
    shown.wait("calipers.pairs.every((pair) => pair.points.length < 2 || pair.said)")
    said: list[str] = shown.page.locator(LINES).all_inner_texts()
    return said


def measuring(shown: Shown) -> None:
    shown.page.keyboard.press("m")
    shown.wait("view.shown.frozen")
    shown.wait("calipers.on")


def test_a_length_comes_with_its_interval_and_what_the_scale_rests_on(shown: Shown) -> None:
    for slot, lesion in enumerate(frame(RULER).tracks):
        told = measured_facts(lesion.lesion, MeasuredFrame(RULER, (COLUMNS, ROWS)))
        assert told is not None
        long_axis, short_axis = told["long_axis"], told["short_axis"]
        said = f"{long_axis['value']:.1f} × {short_axis['value']:.1f} mm"
        assert shown.said(f"size_{slot}") == said
        within = [f"{one['lower']:.1f} to {one['upper']:.1f}" for one in (long_axis, short_axis)]
        assert shown.said(f"interval_{slot}") == f"{within[0]} × {within[1]} (95 %)"
    assert shown.said("scale_from") == "Scale: ruler on the picture, ± 2.1 %"


@pytest.mark.parametrize("spacing", [None])
def test_without_a_scale_no_millimetre_stands_anywhere(shown: Shown) -> None:
    assert shown.said("size_0") == "UNCALIBRATED"
    assert shown.said("scale_from") == ""
    assert not shown.page.locator("[data-part=measures_0]").is_visible()
    measuring(shown)
    click(shown, (100, 100), (200, 100))
    assert lines(shown) == ["1:  100 pixels  UNCALIBRATED"]
    assert " mm" not in shown.page.locator(".senoscope").inner_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_other_measures_open_below_their_card_and_fit(shown: Shown, language: str) -> None:
    if language == "zh":
        shown.page.keyboard.press("l")
    for width, height in SIZES:
        shown.page.set_viewport_size({"width": width, "height": height})
        for slot in (0, 1, 2):
            shown.page.locator(f"[data-part=measures_{slot}]").click()
            assert shown.page.locator(".lesion:visible").count() == 1
            assert shown.said("value_area").endswith("mm²")
            room = shown.page.locator(".findings")
            assert room.evaluate("one => one.scrollHeight <= one.clientHeight"), (width, slot)
            assert room.evaluate("one => one.scrollWidth <= one.clientWidth"), (width, slot)
            shown.page.locator(f"[data-part=measures_{slot}]").click()
    assert shown.page.locator(".lesion:visible").count() == 3


def test_what_is_not_known_is_said_in_words(shown: Shown) -> None:
    shown.page.locator("[data-part=measures_0]").click()
    assert shown.said("value_orientation") == "0°"
    assert shown.said("within_depth") == "skin line not known"
    assert shown.said("value_depth") == ""
    shown.page.locator("[data-part=measures_0]").click()
    shown.page.locator("[data-part=measures_2]").click()
    assert shown.said("within_orientation") == "any (nearly round)"
    assert shown.said("value_orientation") == ""


def test_calipers_freeze_the_picture_and_say_how_far_points_are_apart(shown: Shown) -> None:
    measuring(shown)
    assert "Click two points" in shown.said("message")
    bare = shown.pixels()
    click(shown, (100, 100), (250, 100))
    first, scale = lines(shown)
    assert first.startswith("1:  15.0 mm  14.7 to 15.3 (95 %)")
    assert scale == "Scale: ruler on the picture, ± 2.1 %"
    assert shown.pixels() != bare
    shown.page.keyboard.press("Shift+ArrowRight")
    shown.wait("calipers.pairs[0].points[1][0] > 259")
    assert lines(shown)[0].startswith("1:  16.0 mm")
    click(shown, (300, 300), (300, 380))
    assert [line[:2] for line in lines(shown)] == ["1:", "2:", "Sc"]
    click(shown, (50, 50), (50, 150))
    said = lines(shown)
    assert said[0].startswith("1:  8.0 mm"), "The third pair takes the first one's place."
    assert said[1].startswith("2:  10.0 mm")
    shown.page.keyboard.press("Escape")
    assert lines(shown) == []
    assert shown.pixels() == bare


def test_a_caliper_is_dragged(shown: Shown) -> None:
    measuring(shown)
    click(shown, (100, 100), (250, 100))
    ends = [shown.page.evaluate(ON_SCREEN, list(at)) for at in ((250, 100), (200, 100))]
    shown.page.mouse.move(*ends[0])
    shown.page.mouse.down()
    shown.page.mouse.move(*ends[1], steps=5)
    shown.page.mouse.up()
    assert lines(shown)[0].startswith("1:  10.0 mm")


def test_calipers_are_gone_with_their_picture(shown: Shown) -> None:
    measuring(shown)
    click(shown, (100, 100), (250, 100))
    lines(shown)
    shown.page.locator("[data-part=cine_back]").click()
    shown.wait("calipers.pairs.length === 0 && window.senoscope.calipers.on")
    click(shown, (100, 100), (250, 100))
    lines(shown)
    shown.page.keyboard.press("Space")
    shown.wait("calipers.on === false")
    assert shown.page.locator("[data-part=calipers_said]").is_hidden()


def test_calipers_are_set_by_keys_alone(shown: Shown) -> None:
    measuring(shown)
    shown.page.keyboard.press("Enter")
    shown.page.keyboard.press("Enter")
    assert lines(shown)[0].startswith("1:  6.4 mm")
    place = shown.page.evaluate("window.senoscope.view.shown.sequence")
    shown.page.keyboard.press("ArrowLeft")
    shown.wait("calipers.pairs[0].points[1][0] === 383")
    assert shown.page.evaluate("window.senoscope.view.shown.sequence") == place


def test_a_snapshot_keeps_what_the_calipers_said(shown: Shown, served: Served) -> None:
    measuring(shown)
    click(shown, (100, 100), (250, 100))
    lines(shown)
    shown.page.keyboard.press("s")
    shown.page.get_by_text("Saved senoscope_").wait_for()
    (file,) = served.folder.glob("*.json")
    (kept,) = json.loads(file.read_text(encoding="utf-8"))["calipers"]
    assert kept["distance"]["value"] == pytest.approx(15.0, abs=0.2)
