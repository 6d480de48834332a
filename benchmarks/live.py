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
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from bedside import NoReader, served
from playwright.sync_api import sync_playwright

from senoscope.models.package import CLASSIFIER, load_package
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.choose import source_from_text
from senoscope.ui.app import PageSettings, build_app, server_config
from senoscope.ui.assemble import build_reader, operating_point
from senoscope.ui.live.live_session import LiveSession, WatchedSource
from senoscope.ui.settings import Settings

WARM_UP_S = 5.0


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """One run of the loop in this process."""
    columns, rows = given.size
    source = WatchedSource(
        given.source,
        source_from_text(given.source, rate_hz=given.rate, size=(columns, rows), repeat=True),
    )
    loop = LiveLoop(source, NoReader if given.no_reader else build_reader, judges=False)
    with ExitStack() as stack:
        drawn = stack.enter_context(watched(loop, source)) if given.viewer else None
        loop.start(wait_for_reader=True)
        stack.callback(loop.stop)
        time.sleep(WARM_UP_S)
        first = drawn() if drawn else 0
        started = time.monotonic()
        loop.wait(given.frames, timeout_s=600)
        shown = (drawn() - first) / (time.monotonic() - started) if drawn else None
    return {"drawn_per_s": shown, **asdict(loop.report())}


@contextmanager
def watched(loop: LiveLoop, source: WatchedSource) -> Iterator[Callable[[], int]]:
    """The page, served in this process to a Chromium; gives what counts the frames drawn so far."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        session = LiveSession(
            loop, source, Settings("phantom"), folder / "settings.json", kept=folder
        )
        settings = PageSettings(folder, operating_point(load_package(CLASSIFIER)))
        server = uvicorn.Server(server_config(build_app(loop, session.actions, settings)))
        with served(server) as place, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(f"http://{place}")
            page.wait_for_function("window.senoscope !== undefined")
            yield lambda: int(page.evaluate("window.senoscope.drawn"))
            browser.close()


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
