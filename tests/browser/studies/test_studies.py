from __future__ import annotations

import io
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from pydicom import dcmread

from senoscope.studies.exams.exam_store import ExamStore
from tests.browser.opened import needs_browser
from tests.browser.studies.conftest import StudiesPage

pytestmark = [needs_browser, pytest.mark.browser]

TWO_MINUTES_S = 120.0
TOO_WIDE = """all => all.filter((one) => one.checkVisibility() && one.tagName !== "INPUT")
    .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.dataset.part ?? one.className)"""


def test_a_newcomer_has_a_signed_report_of_a_zip_in_under_two_minutes(
    read_by_networks: StudiesPage, pictures: Path
) -> None:
    begun = time.monotonic()
    studies = read_by_networks
    studies.send(frames=40)
    found = studies.page.locator(".finding").count()
    assert found, "the phantom's lesions"
    studies.page.screenshot(path=pictures / "studies-page.png")
    for number in range(1, found + 1):
        studies.press("Accept", studies.finding(number))
    studies.sign()
    report = studies.download("Report, PDF")
    document = dcmread(io.BytesIO(studies.download("Structured report, DICOM")))
    took_s = time.monotonic() - begun
    assert report.startswith(b"%PDF-")
    if printer := shutil.which("pdftoppm"):
        drawn = [printer, "-png", "-singlefile", "-r", "101", "-", str(pictures / "report")]
        subprocess.run(drawn, input=report, check=True)
    assert document.VerificationFlag == "VERIFIED"
    assert document.VerifyingObserverSequence[0].VerifyingObserverName == "Reader^Rita"
    # The one figure that the issue asks of a person's time; CI gets threefold.
    assert took_s < 3 * TWO_MINUTES_S


def test_a_finding_is_drawn_anew_and_another_overruled_with_a_reason(studies: StudiesPage) -> None:
    studies.send(frames=3)
    page = studies.page
    assert page.locator("[data-part=sign]").is_disabled()
    studies.press("Draw", studies.finding(1))
    box = page.locator("[data-part=picture]").bounding_box()
    assert box is not None
    for x, y in ((0.3, 0.3), (0.5, 0.3), (0.5, 0.5)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    studies.press("Use")
    studies.press("Overrule", studies.finding(2))
    assert "lesion 2" in studies.shown.said("sign_left")
    page.keyboard.type("A rib.")
    studies.sign()
    assert "Drawn anew" in page.locator(studies.finding(1)).inner_text()
    assert "Overruled: A rib." in page.locator(studies.finding(2)).inner_text()
    [drawn, _] = page.evaluate("window.senoscope.page.exam.signed.decisions")
    assert len(drawn["outline"]) == 6
    assert drawn["outline"][0] == pytest.approx(0.3 * 640, abs=2)
    studies.says("exams", "signed")


def test_the_ai_is_shown_only_after_the_reader_has_read_alone(read_alone: StudiesPage) -> None:
    read_alone.send(frames=3)
    page = read_alone.page
    assert page.locator(".finding").count() == 0
    assert not page.locator("[data-part=results_card]").is_visible()
    page.select_option("[data-part=alone_assessment]", "3")
    page.fill("[data-part=alone_text]", "One mass.")
    page.fill("[data-part=alone_percent]", "2.5")
    read_alone.press("Keep it and show the AI")
    page.locator(".finding").first.wait_for()
    read_alone.says("alone_said", "One mass.")
    folder = read_alone.folder
    with ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "exams") as store:
        (kept,) = store.impressions_of(1)
    assert kept.impression["probability"] == 0.025


def test_what_is_no_study_is_refused_in_words(studies: StudiesPage) -> None:
    path = studies.folder / "notes.txt"
    path.write_text("no DICOM")
    studies.page.set_input_files("[data-part=files]", path)
    studies.says("message", "Nothing that was given is a study")
    assert studies.page.locator("[data-part=drop]").is_visible()


def test_frames_are_leafed_through_and_the_report_of_what_came_is_unfolded(
    studies: StudiesPage,
) -> None:
    studies.send(frames=3)
    assert studies.shown.said("frame_said") == "1 of 3"
    studies.page.locator("[data-part=picture]").focus()
    studies.page.keyboard.press("ArrowRight")
    studies.shown.wait("drawn > 1")
    assert studies.shown.said("frame_said") == "2 of 3"
    studies.press("All 2 facts")
    assert studies.page.locator("[data-part=quality] li").count() == 2


def test_the_work_list_is_searched_and_speaks_chinese(studies: StudiesPage) -> None:
    studies.send(frames=3)
    studies.page.fill("[data-part=search]", "nobody")
    studies.page.locator("[data-part=none_found]").wait_for()
    studies.page.fill("[data-part=search]", "anna")
    studies.says("exams", "Sample Anna")
    studies.press("Language")
    studies.says("exams", "未签署")


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768), (768, 1024)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_sideways(
    studies: StudiesPage, size: tuple[int, int], language: str
) -> None:
    page = studies.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    if language == "zh":
        studies.press("Language")
    studies.send(frames=3)
    assert page.locator(".studies *").evaluate_all(TOO_WIDE) == []
