"""What being watched from outside costs, in processor time of the threads that answer.

    python benchmarks/scrape.py --seconds 20 --rounds 3 --rows 1000000 --report scrape.json

Runs the live loop on the built-in phantom (simulated, 1024x768, 30 frames a second) through both
networks, serves its page as `senoscope live` does, with an exam store, and asks for `/metrics` by
HTTP not at all, every 15 s, every second, and without a pause, in turn, `--rounds` times. Linux
tells each thread's processor time to the nanosecond: counted are the thread that serves and those
that work for it, as percent of one core. What asking now and then takes is less than how these vary
by themselves, and is worked out from asking without a pause. What the store holds is counted on
threads that soon end, in at most a 200th of the time, and is not in these figures; with `--rows`, a
store of so many exams and files is made as well, and how long it takes to count them is told.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import numpy as np
from sqlalchemy import insert

from senoscope.models.package import CLASSIFIER, load_package
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.store_figures import store_figures
from senoscope.studies.exams.tables import CONTENT, EXAM
from senoscope.ui.assemble import build_reader, operating_point
from senoscope.ui.commands.bench_command import about
from senoscope.ui.live.live_session import LiveSession, WatchedSource
from senoscope.ui.settings import Settings
from senoscope.ui.written import write_text

STARTS_WITHIN_S = 600.0
EVERY_S = (None, 15.0, 1.0, 0.0)
NAMES = {None: "not at all", 15.0: "every 15 s", 1.0: "every 1 s", 0.0: "without a pause"}
SERVES = "serves"
COUNTED = (SERVES, "AnyIO worker thread")
WRITTEN_AT_ONCE = 10_000


@dataclass(frozen=True)
class Phase:
    """`percent` of one core, of the threads that answer; `asked` so often."""

    how: str
    percent: float
    asked: int
    seconds: float
    frames_read: int


@contextmanager
def served(folder: Path) -> Iterator[tuple[LiveLoop, str]]:
    """A loop that reads, and the address at which it is served."""
    # The AI process imports what its parent's main file does: Gradio would take it seconds.
    import uvicorn  # noqa: PLC0415

    from senoscope.ui.app import PageSettings, build_app, server_config  # noqa: PLC0415
    from senoscope.ui.monitoring.store_watch import StoreWatch  # noqa: PLC0415
    from senoscope.ui.studies.study_jobs import StudyJobs  # noqa: PLC0415

    source = WatchedSource("phantom", PhantomSource())
    loop = LiveLoop(source, build_reader, awaits_return=True)
    session = LiveSession(loop, source, Settings("phantom"), folder / "settings.json", kept=folder)
    settings = PageSettings(folder, operating_point(load_package(CLASSIFIER)))
    jobs = StudyJobs(lambda *_: ())
    with ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "store") as store, loop:
        app = build_app(loop, session.actions, settings, StoreWatch(store, jobs))
        server = uvicorn.Server(server_config(app))
        server.config.port = 0
        thread = threading.Thread(target=server.run, name=SERVES)
        thread.start()
        try:
            _wait_for(lambda: server.started and loop.books().read)
            port = server.servers[0].sockets[0].getsockname()[1]
            yield loop, f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()
            jobs.close()


def _wait_for(happened: Any) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"It does not read within {STARTS_WITHIN_S:g} s.")
        time.sleep(0.1)


def phase(loop: LiveLoop, address: str, every_s: float | None, seconds: float) -> Phase:
    """Ask so often for so long."""
    asked, read = 0, loop.books().read
    with httpx.Client(base_url=address, timeout=60) as client:
        cpu_s, began = _cpu_s(), time.monotonic()
        while (now := time.monotonic()) < began + seconds:
            due = began + seconds if every_s is None else began + asked * every_s
            if due > now:
                time.sleep(min(due, began + seconds) - now)
                continue
            client.get("/metrics").raise_for_status()
            asked += 1
        took_s, after = time.monotonic() - began, _cpu_s()
    # A thread that ended meanwhile would count for nothing; anyio keeps its own for longer.
    used = sum(after[each] - cpu_s.get(each, 0.0) for each in after)
    return Phase(NAMES[every_s], 100 * used / took_s, asked, took_s, loop.books().read - read)


def _cpu_s() -> dict[int, float]:
    """Of each thread that answers, by its number."""
    found = {}
    for each in threading.enumerate():
        if each.name in COUNTED and each.native_id is not None:
            told = Path(f"/proc/self/task/{each.native_id}/schedstat").read_text()
            found[each.native_id] = int(told.split()[0]) / 1e9
    return found


def summed(phases: list[Phase]) -> dict[str, Any]:
    """Medians of the rounds, with their lowest and highest."""
    idle = float(np.median([each.percent for each in phases if each.how == NAMES[None]]))
    found: dict[str, Any] = {"not_asked_percent": idle}
    for how in list(NAMES.values())[1:]:
        those = [each for each in phases if each.how == how]
        percent = [each.percent - idle for each in those]
        each_ms = [
            more * 10 * one.seconds / one.asked for more, one in zip(percent, those, strict=True)
        ]
        found[how] = {
            "percent_of_a_core": _spread(percent),
            "scrape_ms": _spread(each_ms),
            "asked": sum(each.asked for each in those),
        }
    often_ms = found[NAMES[0.0]]["scrape_ms"]["median"]
    found["worked_out_percent"] = {NAMES[each]: often_ms / each / 10 for each in (15.0, 1.0)}
    return found | {"phases": [asdict(each) for each in phases]}


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": float(np.median(values)), "lowest": min(values), "highest": max(values)}


def large_store(rows: int) -> dict[str, Any]:
    """How long counting takes in a store of so many exams, each with a file of its own."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder) as store:
            _fill(store, rows)
            took = []
            for _ in range(5):
                began, cpu_s = time.monotonic(), time.process_time()
                figures = store_figures(store.parts)
                took.append((time.monotonic() - began, time.process_time() - cpu_s))
        assert figures.files == rows and sum(figures.exams.values()) == rows
    wall, cpu = np.median(np.array(took), axis=0)
    return {"rows": rows, "counted_in_s": float(wall), "cpu_s": float(cpu), "n": len(took)}


def _fill(store: ExamStore, rows: int) -> None:
    at = store.parts.now()
    for first in range(0, rows, WRITTEN_AT_ONCE):
        numbers = range(first, min(first + WRITTEN_AT_ONCE, rows))
        exams = [
            {
                "study_uid": f"2.25.{each}", "patient_id": str(each), "patient_name": "",
                "sought": "", "modality": "US", "state": ("received", "read", "signed")[each % 3],
                "received_at": at, "changed_at": at,
            }
            for each in numbers
        ]  # fmt: skip
        files = [{"sha256": f"{each:064x}", "size": 1000 + each} for each in numbers]
        with store.parts.database.writing() as connection:
            connection.execute(insert(EXAM), exams)
            connection.execute(insert(CONTENT), files)


def main() -> None:
    """Measure, tell, and keep where asked."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each phase")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=0, help="of a large store, 0: none is made")
    parser.add_argument("--report", type=Path)
    given = parser.parse_args()
    found: dict[str, Any] = {"about": about(), "simulated": True}
    phases = []
    with TemporaryDirectory() as name, served(Path(name)) as (loop, address):
        for _ in range(given.rounds):
            for every_s in EVERY_S:
                phases.append(phase(loop, address, every_s, given.seconds))
                print(phases[-1], flush=True)
        found |= {"bytes": len(httpx.get(f"{address}/metrics").content), **summed(phases)}
    if given.rows:
        found["large_store"] = large_store(given.rows)
    text = json.dumps(found, indent=2)
    print(text)
    if given.report is not None:
        write_text(given.report, text + "\n")


if __name__ == "__main__":
    main()
