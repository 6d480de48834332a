"""Encodes every picture and shows it with its reading, without ever waiting long for the AI."""

from __future__ import annotations

import time
from collections import deque
from threading import Condition, Thread

import cv2
import numpy as np

from senoscope.domain.reading import Reading
from senoscope.domain.track import Track
from senoscope.realtime.picture import Picture
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.subscribers import Subscribers
from senoscope.realtime.timing import LATENCY, Ring, StageTimes

JPEG_QUALITY = 80
"""0 to 100; from here on up speckle looks the same and only the size grows."""
READING_WAIT_S = 0.1
"""A picture waits no longer than this for its own reading, however slowly frames come."""
ALIGNED_WAIT_S = 0.4
"""As long as a reading is drawn at all."""
LONGEST_QUEUE = 8
"""Pictures that may wait for a slow viewer. Beyond, the oldest goes unshown: lag must not grow."""
STOP_LIMIT_S = 5.0


class Publisher:
    """One thread that turns pictures into published frames, in the order they were captured.

    A picture is encoded at once and shown when its own reading is there, when the next picture
    has come, or after `READING_WAIT_S`, whichever is first. Without its own reading, the newest of
    an earlier picture of the same generation goes along. `aligned`, the next picture does not hurry
    it: it waits until it was read, or never will be, or `ALIGNED_WAIT_S`.
    """

    def __init__(self, times: StageTimes) -> None:
        self.aligned = False
        self.unshown = 0
        """Pictures that no viewer saw, because viewers were too slow."""
        self.viewers: Subscribers[PublishedFrame] = Subscribers()
        """Told of every frame, on the publisher's thread."""
        self._times = times
        self._changed = Condition()
        # Of the present view only; `times` has those of the whole run.
        self._latencies = Ring()
        self._generation = 0
        self._queue: deque[Picture] = deque()
        # Pictures with a reading, oldest first; trimmed to those that may still be shown.
        self._read: deque[Picture] = deque(maxlen=2 * LONGEST_QUEUE)
        self._stopping = False
        self._thread = Thread(target=self._run, name="senoscope-publisher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Show what waits, then end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(STOP_LIMIT_S)

    def add(self, picture: Picture) -> None:
        """Show this picture next."""
        with self._changed:
            if len(self._queue) == LONGEST_QUEUE:
                self._queue.popleft()
                self.unshown += 1
            self._queue.append(picture)
            self._changed.notify()

    def settle(
        self, picture: Picture, reading: Reading | None, tracks: tuple[Track, ...] = ()
    ) -> None:
        """Take note that the AI is done with a picture; `reading` is None when it was dropped."""
        with self._changed:
            if reading is not None:
                picture.reading, picture.tracks = reading, tracks
                if reading.unsuitable is None:
                    picture.read_at_ns = time.monotonic_ns()
                self._keep_read(picture)
                self._note_latency(picture)
            # Last: the capture thread looks without the lock, and settled without reading is lost.
            picture.settled = True
            self._changed.notify()

    def latency_p95_ms(self, generation: int) -> float:
        """Of the frames of that generation; 0 before one was read."""
        with self._changed:
            latencies = self._latencies if generation == self._generation else Ring()
        percentiles = latencies.percentiles()
        return percentiles.p95 if percentiles else 0.0

    def _run(self) -> None:
        while (picture := self._next()) is not None:
            jpeg = self._encode(picture)
            source, age_ms = self._await_reading(picture)
            view = picture.view
            self.viewers.tell(
                PublishedFrame(
                    frame=picture.frame,
                    jpeg=jpeg,
                    reading=None if source is None else source.reading,
                    tracks=() if source is None else source.tracks,
                    reading_age_ms=age_ms,
                    source_name=view.source_name,
                    scan_area=view.scan_area,
                    exam=view.exam.name,
                    still=picture.twin is not None,
                    unsuitable=picture.unsuitable,
                    drawn_on=picture.drawn_on,
                )
            )

    def _next(self) -> Picture | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stopping)
            return self._queue.popleft() if self._queue else None

    def _encode(self, picture: Picture) -> bytes:
        quality = (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)
        with self._times.timed("encode"):
            _, jpeg = cv2.imencode(".jpg", picture.frame.pixels, quality)
        return np.asarray(jpeg).tobytes()

    def _await_reading(self, picture: Picture) -> tuple[Picture | None, float | None]:
        with self._changed:
            picture.encoded_at_ns = time.monotonic_ns()
            self._note_latency(picture)
            longest_s = ALIGNED_WAIT_S if self.aligned else READING_WAIT_S
            self._changed.wait_for(lambda: self._need_not_wait(picture), longest_s)
            return self._newest_reading(picture)

    def _keep_read(self, picture: Picture) -> None:
        # What needs no reading is settled before what the AI is still at.
        place = len(self._read)
        while place and self._read[place - 1].number > picture.number:
            place -= 1
        if len(self._read) == self._read.maxlen:
            self._read.popleft()
            place = max(place - 1, 0)
        self._read.insert(place, picture)

    def _need_not_wait(self, picture: Picture) -> bool:
        hurried = bool(self._queue) and not self.aligned
        return picture.original.settled or hurried or self._stopping

    def _note_latency(self, picture: Picture) -> None:
        # Called when the picture is encoded and when it is read; the later of the two completes it.
        latency_ms, generation = picture.latency_ms, picture.view.generation
        if latency_ms is None:
            return
        self._times.add(LATENCY, latency_ms)
        if generation > self._generation:
            self._generation, self._latencies = generation, Ring()
        if generation == self._generation:
            self._latencies.add(latency_ms)

    def _newest_reading(self, picture: Picture) -> tuple[Picture | None, float | None]:
        """Find the newest that was read and is not of a later frame, and its reading's age, ms."""
        while len(self._read) > 1 and self._read[1].number <= picture.number:
            self._read.popleft()
        source = self._read[0] if self._read else None
        if source is None or source.number > picture.number or source.view != picture.view:
            return None, None
        if source is picture.original:
            return source, 0.0
        return source, (picture.frame.captured_at_ns - source.frame.captured_at_ns) / 1e6
