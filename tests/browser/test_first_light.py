"""The whole of it: phantom, loop, both networks, page and a real Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.realtime.sources.phantom import PhantomSource
from tests.browser.opened import (
    FEWEST_FPS,
    PATIENCE_MS,
    Shown,
    needs_browser,
    playwright,
    read_live,
)

pytestmark = [pytest.mark.browser, needs_browser]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first_light")


@pytest.fixture(scope="module")
def shown(chromium: playwright.Browser, folder: Path) -> Iterator[Shown]:
    phantom = PhantomSource(seed=0, rate_hz=40, size=(1280, 720), frames=120)
    with read_live(chromium, folder, phantom, proof=0.99847) as opened:
        yield opened


def test_25_distinct_frames_a_second_come_through_with_both_networks_reading(shown: Shown) -> None:
    assert shown.fps() >= FEWEST_FPS
    assert shown.page.evaluate("window.senoscope.view.shown.size") == [1280, 720]


def test_a_lesion_of_the_phantom_is_outlined_frozen_and_photographed(
    shown: Shown, pictures: Path
) -> None:
    shown.freeze_on_a_lesion()
    assert re.fullmatch(r"Lesion \d+", shown.said("title_0"))
    assert shown.said("word_0") in {"low", "uncertain", "high"}
    assert shown.said("size_0").endswith("mm")
    marked = shown.pixels()
    shown.page.keyboard.press("o")
    assert shown.pixels() != marked
    shown.page.keyboard.press("o")
    shown.page.wait_for_timeout(300)
    shown.page.screenshot(path=pictures / "live.png")


def test_the_snapshot_keeps_the_frozen_frame_and_what_was_read_of_it(
    shown: Shown, folder: Path
) -> None:
    shown.page.keyboard.press("s")
    shown.page.get_by_text("Saved senoscope_").wait_for()
    (facts,) = (folder / "snapshots").glob("*.json")
    stored = json.loads(facts.read_text(encoding="utf-8"))
    assert stored["simulated"] is True
    assert stored["reading"]["findings"]
    assert facts.with_suffix(".png").exists()


def test_how_well_the_engine_was_proven_is_said_with_the_keys(shown: Shown) -> None:
    shown.page.keyboard.press("?")
    said = shown.said("about_again").replace("\N{NO-BREAK SPACE}", " ")
    assert said.endswith("OpenVINO int8, reads as fp32 does (Dice 0.998)")
    shown.page.keyboard.press("Escape")


def test_the_language_is_switched_by_a_key(shown: Shown) -> None:
    shown.page.keyboard.press("l")
    assert shown.said("freeze_word") == "解冻"
    shown.page.keyboard.press("l")


def test_what_is_recorded_is_reviewed(shown: Shown, pictures: Path) -> None:
    page = shown.page
    page.keyboard.press("Space")
    page.keyboard.press("r")
    page.get_by_text("RECORDING 00:02").wait_for(timeout=PATIENCE_MS)
    page.keyboard.press("r")
    page.get_by_text("Recorded ").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("link", name="Review").click()
    page.locator("[data-part=recordings] button").click()
    shown.wait("clip?.state?.state === 'read'")
    page.get_by_text("the same").wait_for(timeout=PATIENCE_MS)
    page.locator(".row").first.get_by_role("button", name="Key frame").click()
    shown.wait("picture.header.findings.length > 0")
    shown.wait("picture.wanted === null && !window.senoscope.picture.asking")
    page.screenshot(path=pictures / "review.png")
