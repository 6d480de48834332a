"""What the rooms' beats cost the store: `python benchmarks/room_beats.py FOLDER [POSTGRESQL URL]`.

A program keeps exams one after the other, first alone, then beside one that beats for twelve rooms
every five seconds, then for twelve that beat every quarter of a second, as 240 rooms would.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np

from senoscope.studies.exams.exam_records import NewFile, NewReading, StudyFacts
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import RoomFacts, RoomState

ROOMS = 12
EVERY_S = (None, 5.0, 0.25)
SECONDS, ANSWER_S = 30.0, 120.0
FILES, BYTES = 5, 300_000
US = "1.2.840.10008.5.1.4.1.1.6.1"
READING = NewReading("clip", {"findings": []}, ("m",), "engine", {"v": "1"}, {"read": 3})


def beats(url: str, folder: Path, every_s: float, stop: Event, told: multiprocessing.Queue) -> None:
    """Twelve rooms, each with a store of its own, as programs have; how long each word took."""
    took: list[tuple[float, float]] = []
    facts = RoomFacts(1, RoomState.READING, "pc", "0.1.0", ("a 1", "b 1"), "OpenVINO int8")

    def room(number: int) -> None:
        try:
            with ExamStore.open(url, folder) as store:
                told.put(number)
                stop.wait(every_s * number / ROOMS)
                while not stop.is_set():
                    began, cpu = time.perf_counter(), time.thread_time()
                    store.rooms.tell(f"Room {number}", facts)
                    took.append((time.perf_counter() - began, time.thread_time() - cpu))
                    stop.wait(every_s)
        finally:
            stop.set()  # one that failed ends all

    with ThreadPoolExecutor(ROOMS) as rooms:
        list(rooms.map(room, range(ROOMS)))
    told.put(took)


def keeps(store: ExamStore, folder: Path, run: int) -> list[float]:
    """Seconds that it took to keep each exam with its reading."""
    took = []
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        uid = f"2.25.{run}.{len(took)}"
        files = [given(folder, uid, place) for place in range(FILES)]
        began = time.perf_counter()
        exam = store.keep_study(StudyFacts(uid, f"P{run}", "Doe^Jane"), files, "bench").exam
        store.add_reading(exam, READING, "bench")
        took.append(time.perf_counter() - began)
    return took


def given(folder: Path, uid: str, place: int) -> NewFile:
    """One image, of noise."""
    path = folder / f"given{place}"
    path.write_bytes(np.random.default_rng([*map(int, uid.split(".")), place]).bytes(BYTES))
    return NewFile(f"{uid}.1", "US", 1, f"{uid}.1.{place}", US, path)


def spread(seconds: list[float]) -> dict[str, float]:
    """In milliseconds."""
    ms = 1e3 * np.array(seconds)
    shares: dict[str, Callable[[], float]] = {
        "p50": lambda: np.percentile(ms, 50),
        "p95": lambda: np.percentile(ms, 95),
        "max": ms.max,
    }
    return {"n": len(ms), **{name: round(float(each()), 2) for name, each in shares.items()}}


def main(folder: Path, url: str) -> None:
    """Print a line of JSON for each."""
    with ExamStore.open(url, folder / "store") as store:
        for run, every_s in enumerate(EVERY_S):
            stop, told = multiprocessing.Event(), multiprocessing.Queue()
            beating = None
            if every_s is not None:
                given_to = (url, folder / "store", every_s, stop, told)
                beating = multiprocessing.Process(target=beats, args=given_to, daemon=True)
                beating.start()
                for _ in range(ROOMS):
                    told.get(timeout=ANSWER_S)  # its store is open
            kept = {"every_s": every_s, "keep_ms": spread(keeps(store, folder, run))}
            if beating is not None:
                stop.set()
                took = told.get(timeout=ANSWER_S)
                beating.join()
                kept["beat_ms"] = spread([each for each, _ in took])
                kept["beat_cpu_ms"] = spread([each for _, each in took])
            print(json.dumps(kept))
        assert store.check(read_files=False).complaints == ()


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    place = Path(sys.argv[1]).absolute()
    place.mkdir(parents=True)
    main(place, sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{place / 'exams.sqlite'}")
