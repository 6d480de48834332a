"""An archive of small simulated studies on one worker and on two: time, processor time, speed-up.

    python -m benchmarks.archive --studies 200 --report archive.json

Two stills of 320x240 a study, through both networks (OpenVINO int8, one thread each), into a SQLite
exam store in a temporary folder; `senoscope study read --cluster local` as a person gives it. Of
each count of workers one run, after it the same command again, which has nothing to do. Processor
time is of the command and all processes below it, looked at every half second: what one used after
the last look is not in it. The studies' own time is from the store's first reading to its last,
without Ray's start. Killing is in tests/studies/archive/test_ray_archive.py.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.ui.commands.bench_command import about
from tests.studies.archive.simulated_archive import SIZE, write_archive

ENGINE = "openvino-int8"
LOOK_S = 0.5


def timed(archive: Path, folder: Path, workers: int) -> dict[str, Any]:
    """One command."""
    place = ["--store", f"sqlite:///{folder / 'exams.sqlite'}", "--folder", str(folder)]
    words = ["study", "read", str(archive), "--cluster", "local", "--workers", str(workers)]
    command = [sys.executable, "-c", "from senoscope.ui.command_line import main; main()"]
    used: dict[int, float] = {}
    load, began = os.getloadavg()[0], time.monotonic()
    with subprocess.Popen(
        [*command, *words, *place, "--engine", ENGINE], stdout=subprocess.PIPE, text=True
    ) as running:
        while running.poll() is None:
            used |= _used(running.pid)
            time.sleep(LOOK_S)
        said = running.communicate()[0]
    if running.returncode:
        raise SystemExit(f"The command ended with {running.returncode}.")
    return {
        "workers": workers,
        "wall_s": round(time.monotonic() - began, 1),
        "cpu_s": round(sum(used.values()), 1),
        "load_before": round(load, 1),
        "said": said.splitlines()[:1],
    }


def _used(pid: int) -> dict[int, float]:
    """Seconds of processor time, by process, of those that are there."""
    used = {}
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return {}
    for each in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            used[each.pid] = times.user + times.system
    return used


def read_time(folder: Path) -> tuple[int, int, float]:
    """Readings, exams with another number of them than one, and seconds from first to last."""
    with ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder) as store:
        counts = [store.readings_of(each.number) for each in store.all_exams()]
        made = sorted(each.made_at for one in counts for each in one)
        assert store.check().complaints == ()
    wrong = sum(len(each) != 1 for each in counts)
    return len(made), wrong, (made[-1] - made[0]).total_seconds()


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--report", type=Path, required=True)
    given = parser.parse_args()
    runs = []
    with TemporaryDirectory(prefix="senoscope-archive-bench-") as room:
        archive = write_archive(Path(room) / "archive", given.studies)
        for workers in (1, 2):
            folder = Path(room) / f"store{workers}"
            folder.mkdir()
            run = timed(archive, folder, workers)
            readings, wrong, between_s = read_time(folder)
            run |= {"readings": readings, "exams_not_once": wrong, "reading_s": round(between_s, 1)}
            run["again"] = timed(archive, folder, workers)
            runs.append(run)
            print(run)
    speed_up = runs[0]["reading_s"] / runs[1]["reading_s"]
    report = {
        **about(),
        "studies": given.studies,
        "size": SIZE,
        "engine": ENGINE,
        "runs": runs,
        "speed_up": round(speed_up, 2),
    }
    given.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"speed-up from 1 to 2 workers: {speed_up:.2f}")


if __name__ == "__main__":
    main()
