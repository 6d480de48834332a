"""The studies page over a store of its own; what reads is a fake, or the shipped networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.assemble import build_reader, build_study_desk
from tests.browser.opened import PATIENCE_MS, Shown, playwright, serving, shown_in
from tests.fakes import FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.opened import Asked
from tests.ui.reading_studies import FindsTwo, studies_app, study_zip


class StudiesPage:
    """The opened page."""

    def __init__(self, shown: Shown, address: str, folder: Path) -> None:
        self.shown, self.page, self.folder = shown, shown.page, folder
        self.page.goto(f"{address}/studies/")
        self.shown.wait("page")

    def send(self, frames: int, name: str = "study.zip") -> None:
        """Choose a zip of a phantom's cine, and wait until it is read and shown."""
        path = self.folder / name
        path.write_bytes(study_zip(frames))
        self.page.set_input_files("[data-part=files]", path)
        self.shown.wait("page.exam !== null")
        self.shown.wait("drawn > 0")

    def press(self, name: str, within: str = "body") -> None:
        self.page.locator(within).get_by_role("button", name=name, exact=True).click()

    def finding(self, number: int) -> str:
        return f".finding >> nth={number - 1}"

    def says(self, part: str, text: str) -> None:
        self.page.locator(f"[data-part={part}]").get_by_text(text).wait_for(timeout=PATIENCE_MS)

    def sign(self, category: str = "4B") -> None:
        self.page.select_option("[data-part=assessment]", category)
        self.page.fill("[data-part=impression]", "Two masses.")
        self.page.fill("[data-part=signer]", "Reader^Rita")
        self.page.fill("[data-part=organization]", "Sample hospital")
        self.press("Sign")
        self.shown.wait("page.exam.state === 'signed'")

    def download(self, name: str) -> bytes:
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=name).click()
        return download.value.path().read_bytes()


@pytest.fixture
def studies(chromium: playwright.Browser, tmp_path: Path) -> Iterator[StudiesPage]:
    """What reads is a fake."""
    app, desk, store = studies_app(tmp_path, FindsTwo())
    with serving(app) as address, shown_in(chromium) as shown:
        yield StudiesPage(shown, address, tmp_path)
    desk.close()
    store.close()


@pytest.fixture
def read_alone(chromium: playwright.Browser, tmp_path: Path) -> Iterator[StudiesPage]:
    """The same at a site that reads without the AI first."""
    app, desk, store = studies_app(tmp_path, FindsTwo(), reads_alone=True)
    with serving(app) as address, shown_in(chromium) as shown:
        yield StudiesPage(shown, address, tmp_path)
    desk.close()
    store.close()


@pytest.fixture
def read_by_networks(chromium: playwright.Browser, tmp_path: Path) -> Iterator[StudiesPage]:
    store = ExamStore.open(f"sqlite:///{tmp_path / 'exams.sqlite'}", tmp_path / "exams")
    desk = build_study_desk(build_reader, tmp_path / "uploads", store)
    actions = replace(Asked().actions, studies=desk)
    app = build_app(FakeLiveLoop([], status()), actions, PageSettings(tmp_path, OPERATING_POINT))
    with serving(app) as address, shown_in(chromium) as shown:
        yield StudiesPage(shown, address, tmp_path)
    desk.close()
    store.close()
