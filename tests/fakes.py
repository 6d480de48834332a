"""Stand-ins with the same surface as the real parts, and nothing behind it."""

from __future__ import annotations

import itertools
import math
import os
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from senoscope.domain.errors import ImageError, ModelPackageError, SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame, Gray, ScanArea
from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.models.programmed.mammography.parenchyma import ParenchymalTexture
from senoscope.models.programmed.mammography.risk_map import RiskMap
from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.published import LoopStatus, PublishedFrame
from senoscope.realtime.recording.recording_take import RecordingState
from senoscope.realtime.run_books import RunBooks
from tests import builders


class FakeLiveLoop:
    """Publishes ready-made frames over and over, as the live loop does, without source or AI.

    `condition` is the status it tells, `counts` its books; a test replaces them to tell others.
    Each frame gets the next index. With `fps` 0 nothing comes by itself, only what `emit` is given;
    while `paused` nothing comes either.
    """

    def __init__(
        self, frames: Sequence[PublishedFrame], condition: LoopStatus, fps: float = 0
    ) -> None:
        self.condition = condition
        self.counts = builders.run_books()
        self.paused = False
        self.switched: list[tuple[object, ScanArea | None]] = []
        self._frames = frames
        self._fps = fps
        self._callbacks: list[Callable[[PublishedFrame], None]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        if self._fps:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def switch_source(self, source: object, scan_area: ScanArea | None) -> None:
        self.switched.append((source, scan_area))

    def end_exam(self, patient: str, who: str = "") -> ExamSummary:
        """What comes from now on is of another exam."""
        ended = self.condition.exam
        name = replace(ended, number=ended.number + 1, patient=patient)
        self.condition = replace(self.condition, exam=name)
        self._frames = [replace(each, exam=name) for each in self._frames]
        return builders.exam_summary()

    def status(self) -> LoopStatus:
        return self.condition

    def books(self) -> RunBooks:
        return self.counts

    def subscribe(self, callback: Callable[[PublishedFrame], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def emit(self, published: PublishedFrame) -> None:
        for callback in tuple(self._callbacks):
            callback(published)

    def _run(self) -> None:
        started = time.monotonic()
        for index in itertools.count():
            due = started + index / self._fps
            if self._stopping.wait(max(0.0, due - time.monotonic())):
                return
            if self.paused:
                continue
            published = self._frames[index % len(self._frames)]
            frame = replace(published.frame, index=index, captured_at_ns=time.monotonic_ns())
            self.emit(replace(published, frame=frame))


class FakeRecording:
    """Counts nothing; `state` is what it was last told, or what a test puts there."""

    def __init__(self) -> None:
        self.state = RecordingState()
        self.file = ""

    def start(self) -> None:
        self.state = RecordingState(recording=True, seconds=41.2, frames=1236)

    def stop(self) -> None:
        self.state, self.file = replace(self.state, recording=False), "a.senoscope"


SHADES = 50
"""A fake source's frames go through so many shades, each unlike the one before."""


class FakeSource:
    """Even frames, each of one shade: `base_shade` and up. Satisfies Source.

    It delivers `frames` of them (None: no end), one per `period_s`, or with `stepped` one for each
    call of `step`. Every `repeats` frames in a row are equal. At frame `lost_at` it is lost, the
    `spoilt` ones cannot be used.
    """

    def __init__(
        self,
        frames: int | None = None,
        *,
        period_s: float = 0.005,
        stepped: bool = False,
        repeats: int = 1,
        lost_at: int | None = None,
        spoilt: Collection[int] = (),
        unavailable: str = "",
        base_shade: int = 0,
        size: tuple[int, int] = (96, 64),
        name: str = "fake",
    ) -> None:
        self.name = name
        self.simulated = True
        self.opened = 0
        self.grabbed = 0
        self.closed = threading.Event()
        self._frames = frames
        self._period_s = period_s
        self._steps = threading.Semaphore(0) if stepped else None
        self._repeats = repeats
        self._lost_at = lost_at
        self._spoilt = spoilt
        self._unavailable = unavailable
        self._base_shade = base_shade
        self._size = size

    def shade(self, index: int) -> int:
        return self._base_shade + (index // self._repeats) % SHADES

    def step(self, frames: int = 1) -> None:
        assert self._steps is not None
        self._steps.release(frames)

    def open(self) -> None:
        if self._unavailable:
            raise SourceUnavailable(self._unavailable)
        self.opened += 1
        self.grabbed = 0
        self.closed.clear()

    def grab(self) -> Frame | None:
        if self._steps is not None:
            self._steps.acquire()
        else:
            self.closed.wait(self._period_s)
        index = self.grabbed
        if self.closed.is_set() or index == self._frames:
            return None
        if index == self._lost_at:
            raise SourceLost(f"{self.name} was unplugged. Plug it in again.")
        self.grabbed += 1
        if index in self._spoilt:
            raise ImageError(f"picture {index} is spoilt. Take it again.")
        columns, rows = self._size
        return builders.frame(index, value=self.shade(index), columns=columns, rows=rows)

    def close(self) -> None:
        self.closed.set()
        if self._steps is not None:
            self._steps.release()


@dataclass(frozen=True)
class FakeReader:
    """Finds the same lesion in every frame; says the frame's shade / 255 as presence.

    It takes `delay_s`, and at the frame of that index raises, crashes or hangs. A frame that is
    not even, as one overwritten while it is read would be, raises too. From the frame `falls_from`
    on it falls back.
    """

    delay_s: float = 0.0
    error_at: int | None = None
    crash_at: int | None = None
    hang_at: int | None = None
    falls_from: float = math.inf

    @property
    def description(self) -> ReaderDescription:
        if self.falls_from < math.inf:
            return ReaderDescription(
                "Fake engine", ("fake model",), server="triton:8001", fallback="Engine here"
            )
        return ReaderDescription("Fake engine", ("fake model",))

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        if frame_index == self.crash_at:
            os._exit(3)
        if frame_index == self.hang_at:
            time.sleep(3600)
        if frame_index == self.error_at:
            raise ValueError("fake fault")
        time.sleep(self.delay_s)
        if np.ptp(pixels):
            raise ImageError("The frame changed while it was read.")
        read = builders.reading(frame_index, presence=int(pixels[0, 0]) / 255)
        return replace(read, fell_back=frame_index >= self.falls_from)


@dataclass(frozen=True)
class FakeStagedReader(FakeReader):
    """One of two stages. The second stage of an even frame ends when a later frame was begun.

    It raises, crashes or hangs, where it does, in the second stage.
    """

    begun: list[int] = field(default_factory=list)

    def begin(self, pixels: Gray, frame_index: int) -> Callable[[], Reading]:
        self.begun.append(frame_index)

        def finish() -> Reading:
            while frame_index % 2 == 0 and self.begun[-1] == frame_index:
                time.sleep(0.001)
            return self.read(pixels, frame_index)

        return finish


@dataclass(frozen=True)
class BuildFakeReader:
    """Picklable builder of a FakeReader, or with `build_error` of none."""

    reader: FakeReader = FakeReader()
    build_error: str = ""

    def __call__(self) -> FakeReader:
        if self.build_error:
            raise ModelPackageError(self.build_error)
        return self.reader


class FakeRiskMapper:
    """Gives each place the mean grey of its cell."""

    name = "fake"

    def risk_map(self, texture: ParenchymalTexture) -> RiskMap:
        return RiskMap(texture.lattice[..., 0].copy(), texture.origin, texture.cell_px)
