"""A recorded clip, read whole by the loop that reads live: every frame, each in its turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread

from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.errors import SettingsError, StorageError
from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.reading import Reading, Unsuitable
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.domain.track import Track
from senoscope.realtime.frame_spool import FrameSpool
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.picture import Picture
from senoscope.realtime.published import LoopStatus, ReadFrame
from senoscope.realtime.sources.base import KnowsItsEnd, Source
from senoscope.realtime.sources.framing import Cut, Framing
from senoscope.realtime.worker import BuildReader

MOST_FRAMES = 108_000
"""An hour at 30 a second."""
LONGEST_S = 24 * 3600.0


class ReviewState(StrEnum):
    """How far a review has come."""

    READING = "reading"
    READ = "read"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ClipFrame:
    """One frame, and what was read of it. `place` counts from 0; `time_ms` is from the first.

    `unsuitable` says why it was not to be read. `spacing` is None where millimetres were unknown.
    `reading` is None where the AI failed on it;
    of one alike the frame before it is that frame's.
    """

    place: int
    index: int
    time_ms: float
    unsuitable: Unsuitable | None
    spacing: CalibratedSpacing | None = None
    reading: Reading | None = None
    tracks: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """`of` is how many frames there are, as far as can be told; `left_s` seconds still to go."""

    read: int
    of: int | None
    left_s: float | None


class ClipReview:
    """Reads `source` to its end, once; what was read so far can be looked at meanwhile.

    Any thread may ask. StorageError where frames cannot be kept in `folder`.
    """

    def __init__(
        self,
        source: Source,
        build_reader: BuildReader,
        folder: Path,
        framing: Framing = Cut.WHOLE,
        templates: Sequence[ScreenTemplate] = (),
    ) -> None:
        self.state = ReviewState.READING
        self.message = ""
        """Why it is not whole, "" where it is."""
        self._source = source
        self._loop = LiveLoop(source, build_reader, framing, reads_all=True, templates=templates)
        self._spool = FrameSpool(folder)
        self._lock = Lock()
        self._frames: list[ClipFrame] = []
        self._places: dict[int, int] = {}
        self._twins: dict[int, int] = {}
        self._finished = 0
        self._size: tuple[int, int] | None = None
        self._scan_area: ScanArea | None = None
        self._first_ns = 0
        self._full = ""
        self._stopping = Event()
        self._began_s = 0.0
        self._loop.subscribe_captured(self._take_picture)
        self._loop.subscribe_read(self._take_reading)
        self._thread = Thread(target=self._run, name="senoscope-review", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """End the reading; what was read stays."""
        self._stopping.set()
        self._thread.join()

    def close(self) -> None:
        """End, and let go of the frames."""
        self.cancel()
        self._spool.close()

    def subscribe_read(self, callback: Callable[[ReadFrame], None]) -> None:
        """As `LiveLoop.subscribe_read`; before `start`."""
        self._loop.subscribe_read(callback)

    @property
    def status(self) -> LoopStatus:
        """Of the loop."""
        return self._loop.status()

    @property
    def size(self) -> tuple[int, int] | None:
        """(columns, rows) of the frames; None before the first."""
        return self._size

    @property
    def scan_area(self) -> ScanArea | None:
        """What of the clip's pictures the frames are; None where they are all of it."""
        return self._scan_area

    @property
    def progress(self) -> ReviewProgress:
        """How far it has come."""
        done = self._finished
        share = self._source.share if isinstance(self._source, KnowsItsEnd) else None
        if self.state is not ReviewState.READING:
            return ReviewProgress(done, done, 0.0)
        if not share or not done:
            return ReviewProgress(done, None, None)
        expected = max(done, round(len(self._frames) / share))
        elapsed_s = time.monotonic() - self._began_s
        return ReviewProgress(done, expected, elapsed_s * (expected - done) / done)

    def frames(self, since: int = 0) -> tuple[ClipFrame, ...]:
        """Those that are finished, from place `since` on."""
        with self._lock:
            return tuple(self._frames[max(since, 0) : self._finished])

    def place_of(self, index: int) -> int:
        """The place of the frame that its source calls `index`. KeyError: there is none."""
        return self._places[index]

    def frame(self, place: int) -> Frame:
        """With the pixels that were read. SettingsError where there is none."""
        with self._lock:
            known = self._frames[place] if 0 <= place < len(self._frames) else None
        if known is None:
            raise SettingsError(
                f"Frame {place} was asked for; the clip has {len(self._frames)}, counted from 0."
            )
        at_ns = self._first_ns + round(known.time_ms * 1e6)
        simulated = self._source.simulated
        return Frame(self._spool.pixels(place), known.index, at_ns, known.spacing, simulated)

    def _run(self) -> None:
        loop = self._loop
        # The first frame waits for the AI by itself, and a clip that cannot be opened need not.
        loop.start()
        deadline_s = time.monotonic() + LONGEST_S
        while not (self._stopping.is_set() or self._full or time.monotonic() > deadline_s):
            if loop.wait(None, 0.2):
                break
        status = loop.status()
        ended = status.ended
        loop.stop()
        with self._lock:
            self._finished = len(self._frames)
            was_read = any(frame.reading is not None for frame in self._frames)
        self.message = self._full or status.error or status.ai_message
        if was_read and (self._full or ended):
            self.state = ReviewState.READ
        elif self._stopping.is_set():
            self.state = ReviewState.CANCELLED
        else:
            self.message = self.message or "The clip holds no frames. Choose another."
            self.state = ReviewState.FAILED

    def _take_picture(self, picture: Picture) -> None:
        """On the capture thread, before it is read."""
        if self._full:
            return
        frame = picture.frame
        if self._size not in (None, frame.size):
            self._full = (
                f"The scanner's screen changed at frame {len(self._frames)}, and the clip was read "
                "as far as there. Read it within one area that you draw, or cut the clip."
            )
            return
        try:
            self._spool.add(frame.pixels)
        except StorageError as error:
            self._full = f"{error} The clip was read as far as frame {len(self._frames)}."
            return
        with self._lock:
            if not self._frames:
                self._first_ns, self._size = frame.captured_at_ns, frame.size
                self._scan_area = picture.view.scan_area
            place = len(self._frames)
            self._places[frame.index] = place
            if picture.twin is not None:
                self._twins[place] = self._places[picture.twin.frame.index]
            time_ms = (frame.captured_at_ns - self._first_ns) / 1e6
            self._frames.append(
                ClipFrame(place, frame.index, time_ms, picture.unsuitable, frame.spacing)
            )
            if place + 1 == MOST_FRAMES:
                self._full = f"Clips are read up to {MOST_FRAMES} frames; the rest is left out."

    def _take_reading(self, read: ReadFrame) -> None:
        """On the thread that hears the answers, or of one not to be read on the capture thread."""
        with self._lock:
            self._began_s = self._began_s or time.monotonic()
            place = self._places.get(read.frame.index)
            if place is None:
                return
            known = self._frames[place]
            self._frames[place] = replace(known, reading=read.reading, tracks=read.tracks)
            self._finish(place if read.reading.unsuitable is None else 0)

    def _finish(self, read_up_to: int) -> None:
        """Count on over what will not change: read, alike one that is, or passed over."""
        while self._finished < len(self._frames):
            frame = self._frames[self._finished]
            twin = self._twins.get(frame.place)
            if frame.reading is None and twin is not None and twin < self._finished:
                alike = self._frames[twin]
                alike = replace(frame, reading=alike.reading, tracks=alike.tracks)
                self._frames[frame.place] = alike
            elif frame.reading is None and frame.place >= read_up_to:
                return
            self._finished += 1
