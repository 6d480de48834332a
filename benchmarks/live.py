"""What a live frame costs, in CPU milliseconds and in latency, alone and with a page watching.

    python benchmarks/live.py --source FOLDER --rate 30 --frames 900 [--viewer] [--no-reader]

Runs the live loop as `senoscope live --headless` does and prints its report as JSON, once with
every instruction the processor has and once with oneDNN held to AVX2. `cpu_ms_per_frame` counts
all Senoscope processes from grab to encoded JPEG; making the source's frames is apart. With
`--viewer` a headless Chromium shows the page meanwhile: its own time is not counted, serving it is.
`--no-reader` leaves the networks out: what remains is the loop itself.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import uvicorn
from playwright.sync_api import sync_playwright

from senoscope.domain.frame import Gray
from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.models.package import CLASSIFIER, load_package
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.choose import source_from_text
from senoscope.ui.app import PageSettings, build_app, server_config
from senoscope.ui.assemble import build_reader, operating_point
from senoscope.ui.live.live_session import LiveSession, WatchedSource
from senoscope.ui.settings import Settings

WARM_UP_S = 5.0


class NoReader:
    """Finds nothing, in no time."""

    description = ReaderDescription("none", ())

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Look at nothing."""
        del pixels
        return Reading(frame_index, (), presence=0.0)


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """One run of the loop in this process."""
    columns, rows = given.size
    source = WatchedSource(
        given.source,
        source_from_text(given.source, rate_hz=given.rate, size=(columns, rows), repeat=True),
    )
    loop = LiveLoop(source, NoReader if given.no_reader else build_reader, judges=False)
    with ExitStack() as stack:
        drawn = stack.enter_context(Watched(loop, source)) if given.viewer else None
        loop.start(wait_for_reader=True)
        stack.callback(loop.stop)
        time.sleep(WARM_UP_S)
        first = drawn.count() if drawn else 0
        started = time.monotonic()
        loop.wait(given.frames, timeout_s=600)
        shown = (drawn.count() - first) / (time.monotonic() - started) if drawn else None
    return {"drawn_per_s": shown, **asdict(loop.report())}


class Watched:
    """The page, served in this process, and a Chromium that shows it."""

    def __init__(self, loop: LiveLoop, source: WatchedSource) -> None:
        folder = Path(mkdtemp())
        session = LiveSession(
            loop, source, Settings("phantom"), folder / "settings.json", kept=folder
        )
        point = operating_point(load_package(CLASSIFIER))
        app = build_app(loop, session.actions, PageSettings(folder, point))
        self._server = uvicorn.Server(server_config(app))
        self._server.config.port = 0
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._stack = ExitStack()

    def __enter__(self) -> Watched:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.05)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        browser = self._stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        self._stack.callback(browser.close)
        self._page = browser.new_page(viewport={"width": 1280, "height": 720})
        self._page.goto(f"http://127.0.0.1:{port}")
        self._page.wait_for_function("window.senoscope !== undefined")
        return self

    def count(self) -> int:
        """Frames drawn so far."""
        return int(self._page.evaluate("window.senoscope.drawn"))

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self._server.should_exit = True
        self._thread.join(10)


def main() -> None:
    """Measure in two fresh processes: oneDNN reads its limit once, when it is loaded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", default="phantom")
    parser.add_argument("--rate", type=float, default=30.0, help="frames a second")
    parser.add_argument("--size", type=int, nargs=2, default=(1024, 768))
    parser.add_argument("--frames", type=int, default=900)
    parser.add_argument("--viewer", action="store_true")
    parser.add_argument("--no-reader", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(json.dumps(measure(given)))
        return
    reports = {}
    for name, limit in (("all instructions", None), ("AVX2", "AVX2")):
        environment = os.environ | ({"ONEDNN_MAX_CPU_ISA": limit} if limit else {})
        run = [sys.executable, __file__, "--here", *sys.argv[1:]]
        done = subprocess.run(run, env=environment, check=True, capture_output=True, text=True)
        reports[name] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(reports, indent=2))


if __name__ == "__main__":
    main()
