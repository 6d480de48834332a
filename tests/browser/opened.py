"""A page opened in an installed Chromium or Chrome, and what is asked of it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from senoscope.models.package import CLASSIFIER, load_package
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.ui.app import PageSettings, build_app, server_config
from senoscope.ui.assemble import build_reader, operating_point
from senoscope.ui.live.live_actions import LiveActions
from senoscope.ui.live.live_session import LiveSession, WatchedSource
from senoscope.ui.review.review_session import ReviewSession
from senoscope.ui.settings import Settings
from tests.fakes import FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT

playwright = pytest.importorskip("playwright.sync_api", reason="pip install 'senoscope[test]'")

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
TOO_WIDE = """all => all.filter((one) => one.checkVisibility())
    .filter((one) => one.tagName !== "INPUT" && !one.closest("svg"))
    .filter((one) => !one.closest('.scrolls'))
    .filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.dataset.part ?? one.className)"""
"""What is cut off sideways, but for what scrolls."""
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each window's address bar keeps two pages of its own: a third of a test's processor time.
    # Only the last list counts, so what Playwright turns off and may touch a test stands here too.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,PaintHolding,"
    "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,ThirdPartyStoragePartitioning,MediaRouter,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
)
FEWEST_FPS = 25
PATIENCE_MS = 60_000

needs_browser = pytest.mark.skipif(
    BROWSER is None,
    reason="No Chromium or Chrome was found; install one, for example: apt install chromium",
)


class Shown:
    """The opened page and what its console complained of."""

    def __init__(self, page: playwright.Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._see(request.url))
        page.on("websocket", lambda socket: self._see(socket.url))

    def _hear(self, message: playwright.ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _see(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.foreign.append(url)

    def open(self, address: str) -> None:
        """Go there and wait for the picture to move."""
        self.page.goto(address)
        self.wait("drawn > 10")

    def wait(self, truth: str) -> None:
        """Wait until this is true of the page's own state."""
        self.page.wait_for_function(f"window.senoscope?.{truth}", timeout=PATIENCE_MS)

    def fps(self) -> float:
        """Distinct frames drawn in a second, over four."""
        self.page.wait_for_timeout(1000)
        before = self.drawn()
        self.page.wait_for_timeout(4000)
        return (self.drawn() - before) / 4

    def drawn(self) -> int:
        return int(self.page.evaluate("window.senoscope.drawn"))

    def said(self, part: str) -> str:
        return self.page.locator(f"[data-part={part}]").inner_text()

    def freeze_on_a_lesion(self) -> None:
        """Freeze until what is frozen shows a lesion; it may be a frame or two before the press."""
        self.page.evaluate(
            """() => new Promise((done) => {
                const { view } = window.senoscope;
                const found = () => {
                    const first = view.shown?.findings[0];
                    return first?.number && first.finding;
                };
                const press = document.querySelector('[data-part=freeze]');
                const check = () => {
                    if (!view.shown.frozen) { setTimeout(check, 5); return; }
                    if (found()) { done(); return; }
                    press.click();
                    look();
                };
                const look = () => {
                    if (!found()) { setTimeout(look, 1); return; }
                    press.click();
                    check();
                };
                look();
            })"""
        )

    def pixels(self) -> str:
        return str(self.page.evaluate("document.querySelector('canvas').toDataURL()"))


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve `app` on a free port of this machine; gives its address."""
    server = uvicorn.Server(server_config(app))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@dataclass(frozen=True)
class Served:
    """The running server: its address, its loop and where it puts snapshots."""

    address: str
    loop: FakeLiveLoop
    folder: Path


@contextmanager
def serving_loop(loop: FakeLiveLoop, actions: LiveActions, folder: Path) -> Iterator[Served]:
    """Serve a page that watches `loop`, running as long as the context lasts."""
    with serving(build_app(loop, actions, PageSettings(folder, OPERATING_POINT))) as address:
        loop.start()
        try:
            yield Served(address, loop, folder)
        finally:
            loop.stop()


@contextmanager
def shown_in(browser: playwright.Browser, locale: str = "en-GB") -> Iterator[Shown]:
    """An empty page, which must neither complain nor ask anything of another machine."""
    page = browser.new_page(viewport={"width": 1280, "height": 720}, locale=locale)
    opened = Shown(page)
    try:
        yield opened
    finally:
        page.close()
    assert opened.complaints == []
    assert opened.foreign == [], "The page must work in a hospital without internet."


@contextmanager
def read_live(
    chromium: playwright.Browser, folder: Path, phantom: PhantomSource, proof: float | None = None
) -> Iterator[Shown]:
    """`senoscope live` on a phantom, read by both networks; what it keeps is in `folder`."""
    source = WatchedSource("phantom", phantom)
    loop = LiveLoop(source, build_reader)
    session = LiveSession(
        loop, source, Settings("phantom"), folder / "settings.json", kept=folder / "kept"
    )
    point = operating_point(load_package(CLASSIFIER))
    settings = PageSettings(folder / "snapshots", point, proof=proof)
    actions = replace(session.actions, review=ReviewSession(build_reader, folder / "kept"))
    with serving(build_app(loop, actions, settings)) as address, loop:
        page = chromium.new_page(viewport={"width": 1280, "height": 720}, locale="en-GB")
        opened = Shown(page)
        opened.open(address)
        page.wait_for_function("window.senoscope.view.shown?.ai === 'reading'", timeout=PATIENCE_MS)
        yield opened
        page.close()
    assert opened.complaints == []
