"""An exam in the browser: followed, frozen, gone through, judged, recorded, ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.realtime.recording.recording_file import RecordingFile
from senoscope.realtime.sources.phantom import PhantomSource
from tests.browser.opened import PATIENCE_MS, Shown, needs_browser, playwright, read_live

pytestmark = [pytest.mark.browser, needs_browser, pytest.mark.real_gate]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exam")


@pytest.fixture(scope="module")
def shown(chromium: playwright.Browser, folder: Path) -> Iterator[Shown]:
    phantom = PhantomSource(seed=6, rate_hz=15, size=(512, 384), frames=90)
    with read_live(chromium, folder, phantom) as opened:
        yield opened


def test_a_lesion_gathers_evidence_until_it_has_a_number(shown: Shown) -> None:
    shown.page.wait_for_function(
        "(window.senoscope.view.shown?.findings ?? []).some((each) => each.number > 0)",
        timeout=PATIENCE_MS,
    )
    first = shown.page.evaluate(
        "window.senoscope.view.shown.findings.find((each) => each.number > 0)"
    )
    assert first["seen"] >= 8
    assert first["range"][0] <= first["probability"] <= first["range"][1]
    assert first["suspicion"] in {"low", "uncertain", "high"}


def test_the_seconds_before_a_freeze_are_gone_through_frame_by_frame(shown: Shown) -> None:
    shown.freeze_on_a_lesion()
    page = shown.page
    at = page.evaluate("window.senoscope.view.shown.sequence")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "at => window.senoscope.view.shown.sequence === at - 5", arg=at, timeout=PATIENCE_MS
    )
    header = page.evaluate("window.senoscope.view.shown")
    assert header["cine"][0] <= at - 5 <= header["cine"][1]
    assert header["frozen"] is True
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "at => window.senoscope.view.shown.sequence === at - 4", arg=at, timeout=PATIENCE_MS
    )
    page.keyboard.press("Space")
    page.wait_for_function("!window.senoscope.view.shown.frozen", timeout=PATIENCE_MS)


def test_a_key_frame_is_judged_and_an_exam_recorded_and_ended(shown: Shown, folder: Path) -> None:
    page = shown.page
    page.keyboard.press("r")
    page.get_by_text("RECORDING").wait_for(timeout=PATIENCE_MS)
    page.locator(".strip button").first.click(timeout=PATIENCE_MS)
    page.locator("[data-part=key_clock]").fill("10")
    page.locator("[data-part=key_note]").fill("soft edge")
    page.locator("[data-part=key_accept]").click()
    page.locator(".strip button[data-verdict=accepted]").wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(1500)
    page.keyboard.press("r")
    page.get_by_text("Recorded ").wait_for(timeout=PATIENCE_MS)
    page.keyboard.press("e")
    page.locator("[data-part=next_patient]").fill("B-17")
    page.keyboard.press("Enter")
    page.get_by_text("Exam 1 ended").wait_for(timeout=PATIENCE_MS)
    page.wait_for_function(
        "document.querySelector('[data-part=exam_name]').textContent === 'B-17'",
        timeout=PATIENCE_MS,
    )
    (file,) = (folder / "kept" / "exams").glob("*/exam.json")
    exam = json.loads(file.read_text(encoding="utf-8"))
    assert exam["captured"] == exam["read"] + exam["duplicates"] + sum(exam["dropped"].values())
    assert min(exam["frames_per_second_actual"], exam["frames_per_second_ideal"]) > 0
    said = [each["operator"] for each in exam["key_frames"] if each["operator"]["clock_face"]]
    assert [(each["verdict"], each["note"]) for each in said] == [("accepted", "soft edge")]
    assert all((file.parent / each["picture"]).exists() for each in exam["key_frames"])
    (recording,) = (folder / "kept" / "recordings").iterdir()
    opened = RecordingFile(recording)
    assert opened.header.simulated
    assert sum(1 for _ in iter(opened.next, None)) > 10
    opened.close()
