"""What Senoscope weighs: processor seconds and memory to start, bytes of a page, bytes on the disk.

    python benchmarks/weight.py --times 3 --port 27000 --report weight.json

`--version` and `senoscope live --source phantom` are started as programs of their own; `live`
until `/` answers, after a first start that does not count, since only that one tries the engines.
Idle is `live` with nobody looking, then with one page open, IDLE_S each. Seconds are of the
processor, all processes counted, so that other work on the machine moves them little. Memory is
each process's resident set added up: what processes share is counted in each. The page is what
Chromium fetched with an empty cache, as it went over the wire. The disk is what the package
requires and what that requires, without itself and extras, whatever this environment holds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, distribution
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from packaging.requirements import Requirement
from playwright.sync_api import sync_playwright

COMMAND = [sys.executable, "-m", "senoscope.ui.command_line"]
LIVE = ["live", "--source", "phantom"]
PATIENCE_S = 300.0
IDLE_S = 20.0
MB = 1e6


def spent(processes: list[psutil.Process]) -> tuple[float, float]:
    """Processor seconds and resident MB."""
    seconds = (sum(each.cpu_times()[:2]) for each in processes)
    return sum(seconds), sum(each.memory_info().rss for each in processes) / MB


def version() -> tuple[float, float]:
    """Of `--version`, from its start to its end; MB are its most."""
    process = subprocess.Popen([*COMMAND, "--version"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"--version ended with {process.returncode}; expected 0.")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / MB


@contextmanager
def served(port: int, folder: Path) -> Iterator[psutil.Process]:
    """`live`, from the moment its page answers; `folder` is for what a person keeps."""
    places = {f"XDG_{each}_HOME": str(folder) for each in ("CONFIG", "DATA", "CACHE", "STATE")}
    process = psutil.Popen(
        [*COMMAND, *LIVE, "--port", str(port)], env=os.environ | places, stdout=subprocess.DEVNULL
    )
    try:
        _await(process, f"http://127.0.0.1:{port}/")
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_S)


def _await(process: psutil.Process, address: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.is_running():
        try:
            with urlopen(address, timeout=PATIENCE_S):
                return
        except URLError:
            time.sleep(0.05)
    raise SystemExit(f"{address} did not answer; see what `senoscope live` says, or its port.")


def idle(live: psutil.Process) -> float:
    """Processor seconds a second, of all processes, over IDLE_S."""
    before = spent(family(live))[0]
    time.sleep(IDLE_S)
    return (spent(family(live))[0] - before) / IDLE_S


def family(live: psutil.Process) -> list[psutil.Process]:
    """It and its AI process."""
    return [live, *live.children(recursive=True)]


def looked_at(port: int, live: psutil.Process) -> tuple[int, float]:
    """Bytes that a Chromium with an empty cache fetched for `/`, and what the open page costs."""
    fetched: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event: fetched.append(event["encodedDataLength"]))
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_load_state("networkidle")
        bytes_fetched = int(sum(fetched))
        cost = idle(live)
        browser.close()
    return bytes_fetched, cost


def required(name: str) -> dict[str, Distribution]:
    """The distribution and all that it requires here, by name; extras only where one is asked."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(name)]
    seen = set()
    while waiting:
        wanted = waiting.pop()
        if (key := (wanted.name.lower().replace("_", "-"), *sorted(wanted.extras))) in seen:
            continue
        seen.add(key)
        found[key[0]] = installed = distribution(wanted.name)
        for each in map(Requirement, installed.requires or ()):
            extras = ("", *wanted.extras)
            if each.marker is None or any(each.marker.evaluate({"extra": at}) for at in extras):
                waiting.append(each)
    return found


def disk_bytes(found: dict[str, Distribution]) -> int:
    """Of the files that their installer noted and that are there; compiled ones as noted."""
    files = {Path(str(each.locate_file(at))) for each in found.values() for at in each.files or ()}
    return sum(at.stat().st_size for at in files if at.is_file())


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="how often each start, usually 3")
    parser.add_argument("--port", type=int, default=27000, help="a free one to serve on")
    parser.add_argument("--report", type=Path, help="a JSON file to write")
    given = parser.parse_args()
    rows: dict[str, float] = {}
    starts: dict[str, list[tuple[float, float]]] = {"--version": [], "live until served": []}
    with TemporaryDirectory() as folder:
        for time_ in range(1 + given.times):
            with served(given.port, Path(folder)) as live:
                if time_ == 0:
                    continue
                starts["--version"].append(version())
                starts["live until served"].append(spent(family(live)))
                if time_ == given.times:
                    rows["idle, nobody looking, CPU-s/s"] = idle(live)
                    page, rows["idle, one page, CPU-s/s"] = looked_at(given.port, live)
                    rows["page, bytes"] = page
                    rows["idle, one page, MB"] = spent(family(live))[1]
    found = required("senoscope")
    del found["senoscope"]  # its own size is that of its networks, which the checkout shows
    rows[f"required, {len(found)} distributions, MB"] = disk_bytes(found) / MB
    for name, figures in starts.items():
        seconds, mb = (median(each) for each in zip(*figures, strict=True))
        rows |= {f"{name}, CPU-s": seconds, f"{name}, MB": mb}
    for name, figure in rows.items():
        print(f"{name}: {figure:.2f}")
    if given.report is not None:
        report = {"about": __doc__, "times": given.times, **rows, "starts": starts}
        given.report.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
