"""A simulated patient's case in a browser: the diagram, the lesions, what disagrees, ways back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.study_intake import StudyIntake
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.studies.study_desk import StudyDesk
from senoscope.ui.studies.study_jobs import StudyJobs
from senoscope.ui.studies.study_uploads import StudyUploads
from tests.browser.opened import PATIENCE_MS, Shown, needs_browser, playwright, serving, shown_in
from tests.fakes import FakeLiveLoop
from tests.studies.cases.simulated_patient import keep_patient
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.opened import Asked

pytestmark = [needs_browser, pytest.mark.browser]
PICTURES = "[...document.querySelectorAll('.picture img')]"


class Case:
    """The server, and her exams by what they are."""

    def __init__(self, address: str, exams: dict[str, int], folder: Path) -> None:
        self.address, self.exams, self.folder = address, exams, folder

    def open(self, shown: Shown, exam: str = "ultrasound") -> None:
        shown.page.goto(f"{self.address}/case?exam={self.exams[exam]}")
        shown.wait("page?.case !== null")
        shown.page.locator(".group").first.wait_for(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("case")
    store = ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "exams")
    exams = keep_patient(store, folder)
    desk = StudyDesk(store, StudyJobs(StudyIntake(store, ())), StudyUploads(folder / "uploads"))
    actions = replace(Asked().actions, studies=desk)
    app = build_app(FakeLiveLoop([], status()), actions, PageSettings(folder, OPERATING_POINT))
    with serving(app) as address:
        yield Case(address, exams, folder)
    desk.close()
    store.close()


def test_one_lesion_stands_together_on_all_modalities(
    chromium: playwright.Browser, case: Case, pictures: Path
) -> None:
    with shown_in(chromium) as shown:
        shown.page.set_viewport_size({"width": 1600, "height": 1000})
        case.open(shown)
        first = shown.page.locator(".group").first
        assert first.locator(".found").count() == 4
        assert "left, upper outer, 2 o'clock ± 1 h" in first.inner_text()
        assert "larger: +75 %, +6 mm" in first.inner_text()
        assert "Sizes differ" in first.inner_text()
        assert "Left breast" in first.inner_text()
        assert shown.said("banner_simulated") == "◇ SIMULATED"
        assert "gone" in shown.said("priors")
        shown.page.wait_for_function(
            f"{PICTURES}.slice(0, 4).every((one) => one.naturalWidth > 100)", timeout=PATIENCE_MS
        )
        shown.page.screenshot(path=pictures / "case.png")


def test_a_marker_leads_to_its_lesion_and_the_lesion_to_its_exam(
    chromium: playwright.Browser, case: Case
) -> None:
    with shown_in(chromium) as shown:
        case.open(shown, "before")
        assert shown.page.locator(".exam[data-asked=true]").inner_text().startswith("Exam 1")
        pick = shown.page.locator(".group .pick").nth(1)
        pick.focus()
        shown.page.keyboard.press("Enter")
        assert pick.get_attribute("aria-pressed") == "true"
        assert shown.page.locator(".marker.chosen").count() == 2
        link = shown.page.locator(".group .found .link").first
        assert re.fullmatch(r"/studies/\?exam=\d+", str(link.get_attribute("href")))
        link.click()
        shown.wait("page?.exam?.number === 5")
        way = shown.page.locator("[data-part=to_case]")
        way.wait_for()
        assert way.get_attribute("href") == "/case/?exam=5"
        assert way.inner_text() == "All of this patient"


def test_it_speaks_chinese_in_the_light(
    chromium: playwright.Browser, case: Case, pictures: Path
) -> None:
    with shown_in(chromium, "zh-CN") as shown:
        shown.page.set_viewport_size({"width": 1280, "height": 800})
        case.open(shown)
        shown.page.locator("[data-part=theme]").click()
        assert shown.page.locator(".senoscope").get_attribute("data-theme") == "light"
        assert "左乳" in shown.page.locator(".group").first.inner_text()
        shown.page.screenshot(path=pictures / "case_light.png")


@pytest.mark.parametrize("query", ["", "?exam=0", "?exam=999", "?exam=x"])
def test_an_address_without_an_exam_says_what_to_do(
    chromium: playwright.Browser, case: Case, query: str
) -> None:
    # An exam that is not there is an error of the server's, which the console says too.
    page = chromium.new_page(locale="en-GB")
    page.goto(f"{case.address}/case/{query}")
    message = page.locator("[data-part=message]")
    message.get_by_text(re.compile("Open a study|not in the store")).wait_for(timeout=PATIENCE_MS)
    assert page.locator(".group").count() == 0
    page.close()
