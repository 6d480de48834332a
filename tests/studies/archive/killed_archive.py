"""An archive read by workers that are killed again and again, and the driver too.

Who reads is `archive_driver`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from senoscope.studies.exams.exam_store import ExamStore
from tests.studies.exams.exam_builders import Place

HANG_S = 1200
HOUSE = Path(__file__).parents[3]


@dataclass(frozen=True)
class Said:
    """By a run that ended."""

    status: int
    out: str
    err: str


def started(
    place: Place, archive: Path, modes: str = "none", cluster: str = "local", **environment: str
) -> subprocess.Popen[str]:
    """In a group of processes of its own, as a terminal starts it."""
    words = [modes, place.url, str(place.folder), cluster, "2", str(archive)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.studies.archive.archive_driver", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=HOUSE,
        env={**os.environ, "PYTHONPATH": str(HOUSE), **environment},
        start_new_session=True,
    )


def ended(driver: subprocess.Popen[str], hang_s: float = HANG_S) -> Said:
    """Of one that was started, which is killed where it hangs."""
    try:
        out, err = driver.communicate(timeout=hang_s)
    except subprocess.TimeoutExpired:
        driver.kill()
        raise
    return Said(driver.returncode, out, err)


def workers_of(driver: subprocess.Popen[str]) -> list[psutil.Process]:
    """Ray's, that read or wait to; not the AI processes that they start."""
    found = []
    try:
        below = psutil.Process(driver.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    for each in below:
        try:
            if each.name().startswith("ray::") and "Agent" not in each.name():
                found.append(each)
        except psutil.Error:
            continue
    return found


def read_count(store: ExamStore) -> int:
    return sum(len(store.readings_of(each.number)) for each in store.all_exams())


@dataclass
class Killed:
    """How often whom."""

    workers: int = 0
    drivers: int = 0


def read_with_kills(place: Place, archive: Path, studies: int, kills: int, seed: int) -> Killed:
    """Until a run ends by itself. The moments are drawn: so many studies done, and a bit later.

    Before the middle one the driver is killed.
    """
    dice = random.Random(seed)
    moments = sorted(dice.randrange(1, max(2, studies * 3 // 4)) for _ in range(kills))
    killed = Killed()
    with ExamStore.open(place.url, place.folder) as store:
        driver = started(place, archive)
        try:
            for number, moment in enumerate(moments):
                _until_read(store, driver, moment)
                time.sleep(dice.uniform(0, 0.3))
                if number == kills // 2:
                    driver.kill()
                    ended(driver)
                    killed.drivers += 1
                    driver = started(place, archive)
                    _until_read(store, driver, read_count(store) + 1)
                killed.workers += _kill_one(driver, dice)
            said = ended(driver)
        finally:
            driver.kill()
            driver.wait()
    assert said.status == 0, said
    return killed


def _kill_one(driver: subprocess.Popen[str], dice: random.Random) -> int:
    give_up = time.monotonic() + HANG_S
    while time.monotonic() < give_up and driver.poll() is None:
        busy = [each for each in workers_of(driver) if "read_in_worker" in _name(each)]
        if busy:
            os.kill(dice.choice(sorted(each.pid for each in busy)), signal.SIGKILL)
            return 1
        time.sleep(0.01)
    return 0


def _name(process: psutil.Process) -> str:
    try:
        return process.name() + " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _until_read(store: ExamStore, driver: subprocess.Popen[str], count: int) -> None:
    give_up = time.monotonic() + HANG_S
    while read_count(store) < count and driver.poll() is None:
        assert time.monotonic() < give_up, f"{read_count(store)} of {count} after {HANG_S} s"
        time.sleep(0.1)
