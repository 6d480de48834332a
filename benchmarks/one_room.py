"""One simulated room of `rooms.py`, in a process of its own: reads frames at the scanner's rate."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Semaphore
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.models.classifier import Classifier
from senoscope.models.engines.base import LoadedEngine, Tensors
from senoscope.models.engines.falling import fell
from senoscope.models.engines.ways import Way
from senoscope.models.package import CLASSIFIER, SEGMENTER, load_package
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter
from senoscope.realtime.worker import MOST_AT_ONCE

WARM_UP = 10


@dataclass(frozen=True)
class RoomPlan:
    """What a room does: `pictures` is a file of them, of which it starts with number `first`."""

    way: Way
    pictures: Path
    first: int
    rate_hz: float
    seconds: float
    phase_s: float


@dataclass
class RoomNotes:
    """What a room measured, in ms. Of each frame read: latency and the stages without networks."""

    offered: int = 0
    falls: int = 0
    latency: list[float] = field(default_factory=list)
    segment_run: list[float] = field(default_factory=list)
    classify_run: list[float] = field(default_factory=list)
    segment_rest: list[float] = field(default_factory=list)
    classify_rest: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    wall_s: float = 0.0


class Timed:
    """An engine that notes how long each run took."""

    def __init__(self, engine: LoadedEngine) -> None:
        self.name, self.input_shape = engine.name, engine.input_shape
        self.took_ms: list[float] = []
        self._engine = engine

    @property
    def fell(self) -> bool:
        """See MayFall."""
        return fell(self._engine)

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        """See Engine."""
        started = time.perf_counter()
        found = self._engine.run(picture)
        self.took_ms.append((time.perf_counter() - started) * 1e3)
        return found


class Room:
    """Reads in two stages on two threads, as `realtime/worker.py` does."""

    def __init__(self, plan: RoomPlan) -> None:
        cv2.setNumThreads(1)
        self._plan = plan
        self._pictures = np.load(plan.pictures, mmap_mode="r")
        unet, googlenet = load_package(SEGMENTER), load_package(CLASSIFIER)
        self._segment = Timed(plan.way.load(unet))
        self._classify = Timed(plan.way.load(googlenet))
        self._reader = UltrasoundReader(
            Segmenter(self._segment, unet),
            Classifier(self._classify, googlenet),
            ReaderDescription(plan.way.title, (unet.title, googlenet.title)),
        )
        for number in range(WARM_UP):
            self._reader.read(self._picture(number), number)
        self._notes = RoomNotes()
        self._free = Semaphore(MOST_AT_ONCE)
        self._begun: SimpleQueue[tuple[float, Callable[[], Reading]] | None] = SimpleQueue()

    def _picture(self, number: int) -> NDArray[np.uint8]:
        return np.asarray(self._pictures[(self._plan.first + number) % len(self._pictures)])

    def run(self, begins_at: float) -> RoomNotes:
        """From that moment of `time.monotonic()`, for as long as planned."""
        plan, notes = self._plan, self._notes
        begins_at += plan.phase_s
        time.sleep(max(0.0, begins_at - time.monotonic()))
        self._segment.took_ms.clear()
        self._classify.took_ms.clear()
        cpu_s, started = time.process_time(), time.monotonic()
        with ThreadPoolExecutor(1) as finisher:
            finishing = finisher.submit(self._finish)
            finishing.add_done_callback(lambda _: self._free.release())  # it failed: wait no more
            try:
                self._begin(begins_at, finishing)
            finally:
                self._begun.put(None)
            finishing.result()
        notes.offered = int(plan.seconds * plan.rate_hz)
        notes.cpu_s, notes.wall_s = time.process_time() - cpu_s, time.monotonic() - started
        notes.segment_run, notes.classify_run = self._segment.took_ms, self._classify.took_ms
        return notes

    def _begin(self, begins_at: float, finishing: Future[None]) -> None:
        """Every frame's first stage, until the last, or until a second one failed."""
        plan = self._plan
        last, frames = -1, int(plan.seconds * plan.rate_hz)
        while True:
            self._free.acquire()
            newest = int((time.monotonic() - begins_at) * plan.rate_hz)
            if newest <= last:
                newest = last + 1
                due = begins_at + newest / plan.rate_hz
                time.sleep(max(0.0, due - time.monotonic()))
            if newest >= frames or finishing.done():
                break
            captured_at = begins_at + newest / plan.rate_hz
            self._begun.put((captured_at, self._reader.begin(self._picture(newest), newest)))
            last = newest

    def _finish(self) -> None:
        notes = self._notes
        while (begun := self._begun.get()) is not None:
            captured_at, finish = begun
            runs = len(self._classify.took_ms)
            reading = finish()
            notes.latency.append((time.monotonic() - captured_at) * 1e3)
            self._free.release()
            notes.falls += reading.fell_back
            classified = sum(self._classify.took_ms[runs:])
            notes.classify_rest.append(reading.stage_ms["classify"] - classified)
            run = self._segment.took_ms[len(notes.segment_rest)]
            notes.segment_rest.append(reading.stage_ms["segment"] - run)


def open_room(connection: Connection[Any, Any], plan: RoomPlan) -> None:
    """Say when ready, wait to be told when to begin, and send the notes."""
    room = Room(plan)
    connection.send("ready")
    connection.send(room.run(float(connection.recv())))
