"""All pages in one server, with something to show on each, and an account of each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.study_intake import StudyIntake
from senoscope.ui.access.roles import Role
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.calibration.calibration_session import CalibrationSession
from senoscope.ui.calibration.screen_templates import ScreenTemplates
from senoscope.ui.live.live_actions import LiveActions
from senoscope.ui.review.review_session import ReviewSession
from senoscope.ui.rooms.room_desk import RoomDesk
from senoscope.ui.studies.study_desk import StudyDesk
from senoscope.ui.studies.study_jobs import StudyJobs
from senoscope.ui.studies.study_uploads import StudyUploads
from tests.browser.opened import Shown, playwright, serving, shown_in
from tests.fakes import BuildFakeReader, FakeLiveLoop
from tests.realtime.running import until
from tests.ui.built_frames import OPERATING_POINT, phantom_frames, status
from tests.ui.calibrating import DOTS, ScreenLoop
from tests.ui.logged_in import accounts, log_in
from tests.ui.opened import Asked
from tests.ui.reading_studies import FindsTwo, study_zip
from tests.ui.reviewing import recorded_clip
from tests.ui.rooms.told_rooms import READS
from tests.ui.seen import seen_twice

SHOWS = {
    "/": "drawn > 0",
    "/review/": "clip?.state",
    "/studies/": "page?.exams.length",
    "/calibration/": "picture?.header",
    "/risk/": "page?.result",
    "/proof/": "page?.shown",
    "/case/?exam=1": "page?.case",
    "/rooms/": "page?.rooms?.length",
}
"""Each page, and what is true once it has something to show."""


@dataclass(frozen=True)
class EveryPage:
    """The server's address, and the cookie of who is logged in."""

    address: str
    cookies: dict[Role, dict[str, str]]

    @contextmanager
    def shown(
        self, browser: playwright.Browser, path: str, role: Role, locale: str = "en-GB"
    ) -> Iterator[Shown]:
        """That page as that role sees it; the first study is open, the live picture frozen."""
        with shown_in(browser, locale) as shown:
            cookies = self.cookies[role].items()
            shown.page.context.add_cookies(
                [{"name": name, "value": value, "url": self.address} for name, value in cookies]
            )
            shown.page.goto(self.address + path)
            if path == "/risk/":
                shown.page.fill("#risk-age", "52")
                shown.page.click("[data-part=show]")
            if path in SHOWS:
                shown.wait(SHOWS[path])
            if path == "/studies/":
                shown.page.locator("[data-part=exams] button").click()
                shown.wait("drawn > 0")
            if path == "/":
                shown.page.locator(".strip button").first.wait_for()
                shown.page.keyboard.press("Space")
                shown.wait("view.shown.frozen")
            yield shown


@contextmanager
def serving_every_page(folder: Path) -> Iterator[EveryPage]:
    """A clip is kept, a study has been read, a screen is shown; all of it is below `folder`."""
    known = accounts()
    settings = PageSettings(folder, OPERATING_POINT, accounts=lambda: known)
    loop = FakeLiveLoop(phantom_frames(8, 640, 480), status(simulated=True), fps=10)
    recorded_clip(folder / "recordings")
    review = ReviewSession(BuildFakeReader(), folder)
    store = ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "exams")
    jobs = StudyJobs(StudyIntake(store, (FindsTwo(),)))
    desk = StudyDesk(
        store, jobs, StudyUploads(folder / "uploads"), False, ("pacs",), folder / "key"
    )
    store.rooms.tell("Room 7", READS)
    actions = replace(_live_actions(), review=review, studies=desk, calibration=_screen(folder))
    actions = replace(actions, rooms=RoomDesk(store.rooms))
    try:
        with serving(build_app(loop, actions, settings)) as address:
            loop.start()
            yield EveryPage(address, _logged_in(address))
    finally:
        loop.stop()
        review.close()
        desk.close()
        store.close()


def _live_actions() -> LiveActions:
    asked = Asked(explain=lambda _frame, _number: iter(()))
    asked.started.append(("phantom", None))
    seen_twice(asked.key_frames)
    return asked.actions


def _screen(folder: Path) -> CalibrationSession:
    screen, templates = ScreenLoop(), ScreenTemplates(folder / "templates")
    screen.show(DOTS.pixels)
    return CalibrationSession(screen, lambda: screen.source, templates, folder / "latency.json")


def _logged_in(address: str) -> dict[Role, dict[str, str]]:
    cookies = {}
    for role in Role:
        with httpx.Client(base_url=address, timeout=60) as client:
            log_in(client, role)
            if role is Role.ADMIN:
                _read_a_study(client)
            cookies[role] = dict(client.cookies)
    return cookies


def _read_a_study(client: httpx.Client) -> None:
    token = client.post("/study/uploads", json={}).json()["token"]
    client.post(f"/study/uploads/{token}/file", content=study_zip())
    client.post(f"/study/uploads/{token}/read", json={})
    until(lambda: client.get("/study/job").json()["state"] == "idle")
