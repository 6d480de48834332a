"""The live page in a real Chromium, watching a loop that publishes 1280x720 at 60 per second."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from senoscope.ui.app import PageSettings, build_app, server_config
from senoscope.ui.pages.live import LiveActions, Preview
from tests.fakes import FakeLiveLoop
from tests.ui.frames import OPERATING_POINT, phantom_frames, status

playwright = pytest.importorskip("playwright.sync_api", reason="pip install 'senoscope[test]'")

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FEWEST_FPS = 25
PATIENCE_MS = 60_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        BROWSER is None,
        reason="No Chromium or Chrome was found; install one, for example: apt install chromium",
    ),
]


class Served:
    """The running server: its address, its loop and where it puts snapshots."""

    def __init__(self, address: str, loop: FakeLiveLoop, folder: Path) -> None:
        self.address, self.loop, self.folder = address, loop, folder


class Shown:
    """The opened page and what its console complained of."""

    def __init__(self, page: playwright.Page, served: Served) -> None:
        self.page, self.loop, self.folder = page, served.loop, served.folder
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._see)

    def _hear(self, message: playwright.ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _see(self, request: playwright.Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.foreign.append(request.url)

    def drawn(self) -> int:
        return int(self.page.evaluate("window.senoscope.drawn"))

    def said(self, part: str) -> str:
        return self.page.locator(f"[data-part={part}]").inner_text()

    def freeze_on_a_lesion(self) -> None:
        self.page.evaluate(
            """() => new Promise((done) => {
                const look = () => {
                    const { view } = window.senoscope;
                    if (!view.shown?.findings.length) { setTimeout(look, 1); return; }
                    document.querySelector('[data-part=freeze]').click();
                    done();
                };
                look();
            })"""
        )

    def pixels(self) -> str:
        return str(self.page.evaluate("document.querySelector('canvas').toDataURL()"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    frames = phantom_frames(48)
    condition = status(simulated=True, size=(1280, 720))
    loop = FakeLiveLoop(frames, condition, fps=60)
    actions = LiveActions(
        known_sources=lambda: ("phantom", "camera 0"),
        preview=lambda source: Preview(source, (1280, 720), 60.0, True, True, frames[0].jpeg),
        start_source=loop.switch_source,
        first_run=lambda: False,
    )
    folder = tmp_path_factory.mktemp("snapshots")
    server = uvicorn.Server(
        server_config(build_app(loop, actions, PageSettings(folder, OPERATING_POINT)))
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        serving.start()
        loop.start()
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", loop, folder)
        server.should_exit = True
        serving.join(10)
        loop.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def shown(chromium: playwright.Browser, served: Served) -> Iterator[Shown]:
    page = chromium.new_page(viewport={"width": 1280, "height": 720}, locale="en-GB")
    opened = Shown(page, served)
    page.goto(served.address)
    page.wait_for_function("window.senoscope?.drawn > 10", timeout=PATIENCE_MS)
    yield opened
    page.close()
    assert opened.complaints == []
    assert opened.foreign == [], "The page must work in a hospital without internet."


def test_at_least_25_frames_a_second_are_seen(shown: Shown) -> None:
    shown.page.wait_for_timeout(1000)
    before = shown.drawn()
    shown.page.wait_for_timeout(4000)
    assert (shown.drawn() - before) / 4 >= FEWEST_FPS
    assert shown.page.evaluate("window.senoscope.view.shown.size") == [1280, 720]


def test_nothing_has_to_be_scrolled(shown: Shown) -> None:
    for width, height in ((1280, 720), (1024, 768), (768, 1024)):
        shown.page.set_viewport_size({"width": width, "height": height})
        for part in ("picture", "lesion_0", "freeze", "snapshot"):
            box = shown.page.locator(f"[data-part={part}]").bounding_box()
            assert box is not None
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
            assert box["y"] >= 0 and box["y"] + box["height"] <= height


def test_freeze_stops_the_picture_and_resume_starts_it(shown: Shown) -> None:
    shown.page.keyboard.press("Space")
    shown.page.get_by_text("FROZEN", exact=False).wait_for()
    frozen = shown.drawn()
    shown.page.wait_for_timeout(500)
    assert shown.drawn() == frozen
    shown.page.keyboard.press("Space")
    shown.page.wait_for_function("before => window.senoscope.drawn > before", arg=frozen)


def test_an_old_picture_is_never_shown_as_live(shown: Shown) -> None:
    shown.loop.paused = True
    try:
        stale = shown.page.locator(".banners").get_by_text("STALE")
        stale.wait_for(timeout=3000)
        assert shown.page.locator(".old canvas").count() == 1
        shown.loop.paused = False
        stale.wait_for(state="hidden", timeout=3000)
    finally:
        shown.loop.paused = False


def test_the_overlay_is_drawn_and_hidden(shown: Shown) -> None:
    shown.freeze_on_a_lesion()
    marked = shown.pixels()
    shown.page.keyboard.press("o")
    bare = shown.pixels()
    assert bare != marked
    shown.page.keyboard.press("o")
    assert shown.pixels() == marked


def test_the_card_says_what_the_picture_shows(shown: Shown) -> None:
    shown.freeze_on_a_lesion()
    assert shown.said("title_0") == "Lesion 1"
    assert shown.said("word_0") == "uncertain"
    assert shown.said("number_0") == "0.37"
    assert shown.said("size_0").endswith("mm")
    shown.page.get_by_role("img", name="Lesion 1, uncertain, 0.37").wait_for(timeout=3000)


def test_a_snapshot_of_a_long_frozen_frame_is_that_frame(shown: Shown) -> None:
    shown.freeze_on_a_lesion()
    index = shown.page.evaluate("window.senoscope.view.shown.frame")
    shown.page.wait_for_timeout(4500)  # longer than the server holds frames that nobody froze
    shown.page.keyboard.press("s")
    shown.page.get_by_text("Saved senoscope_").wait_for()
    assert list(shown.folder.glob(f"*_frame{index:04d}.png"))


def test_the_language_changes_at_once_and_is_remembered(shown: Shown) -> None:
    shown.page.get_by_role("button", name="Language", exact=True).click()
    assert shown.said("freeze_word") == "冻结"
    shown.page.reload()
    shown.page.wait_for_function("window.senoscope?.drawn > 0", timeout=PATIENCE_MS)
    assert shown.said("freeze_word") == "冻结"


def test_another_source_is_chosen_in_three_steps(shown: Shown) -> None:
    page = shown.page
    page.locator("[data-part=open_source]").click()
    page.get_by_role("button", name="Camera 0").click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_label("Left").fill("100")
    page.get_by_role("button", name="Next", exact=True).click()
    assert shown.said("found_area") == "1180 × 720 at 100, 0"
    page.get_by_role("button", name="Start", exact=True).click()
    page.locator("dialog[open]").wait_for(state="detached")


def test_the_page_has_its_picture_taken(shown: Shown, tmp_path: Path) -> None:
    shown.freeze_on_a_lesion()
    shown.page.wait_for_timeout(300)
    wanted = os.environ.get("SENOSCOPE_README_PICTURE")
    picture = Path(wanted) if wanted else tmp_path / "live.png"
    shown.page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
