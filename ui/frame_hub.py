"""The loop's latest frames, kept for a while and handed to any number of browsers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from senoscope.realtime.published import LoopStatus, PublishedFrame
from senoscope.ui.overlay import HIDDEN_AFTER_MS, Header, frame_header

HELD_FRAMES = 200
HELD_BYTES = 256 * 2**20
"""A little over three seconds at 60 frames per second can still be frozen or saved."""
MOMENT_NS = int(HIDDEN_AFTER_MS * 1e6)
"""How far a freeze may go back for a frame that was read itself: as far as a reading is shown."""


def packed(header: Header, jpeg: bytes = b"") -> bytes:
    """One message: header length (4 bytes, little endian), header (JSON, UTF-8), JPEG."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + jpeg


@dataclass(frozen=True, slots=True)
class HeldFrame:
    """A frame that can still be saved, and how the loop was doing when it came."""

    sequence: int
    published: PublishedFrame
    status: LoopStatus

    @property
    def nbytes(self) -> int:
        """Memory it keeps, in bytes."""
        return self.published.frame.pixels.nbytes + len(self.published.jpeg)

    def message(self, frozen: bool = False) -> bytes:
        """What browsers are sent; `frozen` marks the answer to a freeze."""
        header = frame_header(self.published, self.sequence, self.status, frozen)
        return packed(header, self.published.jpeg)

    def is_read_itself(self) -> bool:
        """Whether its reading is of this very frame."""
        return self.published.reading_age_ms == 0

    def is_just_before(self, other: HeldFrame) -> bool:
        """Whether it shows what `other` shows, or did a moment earlier."""
        own, others = self.published, other.published
        age_ns = others.frame.captured_at_ns - own.frame.captured_at_ns
        same = own.source_name == others.source_name and own.scan_area == others.scan_area
        same = same and own.exam == others.exam
        same = same and own.frame.size == others.frame.size
        return same and self.sequence <= other.sequence and 0 <= age_ns <= MOMENT_NS


class Viewer:
    """One browser: a bell that rings when there is something newer, and its frozen frame."""

    def __init__(self, bell: asyncio.Event) -> None:
        self.bell = bell
        self.frozen: HeldFrame | None = None


class FrameHub:
    """Hands the loop's frames to any number of viewers.

    `publish` is called by the loop's thread, the rest by the server's event loop or threads.
    """

    def __init__(self, status: Callable[[], LoopStatus]) -> None:
        self.status = status
        # From the clock, so that after a restart no number means another frame than before.
        self.sequence = time.time_ns() // 1000
        self.message = b""
        self._held: deque[HeldFrame] = deque()
        self._held_bytes = 0
        self._viewers: set[Viewer] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def publish(self, published: PublishedFrame) -> None:
        """Keep the frame for a snapshot and, if anybody watches, send it: serialised once."""
        status = self.status()
        with self._lock:
            self.sequence += 1
            newest = HeldFrame(self.sequence, published, status)
            self._pair(newest)
            self._hold(newest)
            watched = bool(self._viewers)
        if not watched or self._loop is None:
            return
        message = newest.message()
        # The server may be closing its loop at this very moment; then nobody watches any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ring, message)

    @property
    def viewers(self) -> int:
        """How many browsers watch."""
        return len(self._viewers)

    @contextlib.contextmanager
    def viewer(self) -> Iterator[Viewer]:
        """Register one browser for as long as the context lasts; on the event loop only."""
        viewer = Viewer(asyncio.Event())
        self._loop = asyncio.get_running_loop()
        with self._lock:
            self._viewers.add(viewer)
        try:
            yield viewer
        finally:
            with self._lock:
                self._viewers.discard(viewer)

    def freeze(self, viewer: Viewer, sequence: int) -> HeldFrame | None:
        """Hold a frame for as long as the viewer looks at it; None when it is gone already.

        It is the newest that was read itself, a moment before the one asked for at most, or else
        the one asked for: what is frozen is looked at for long, and its outline should be its own.
        """
        asked = self.held(sequence)
        with self._lock:
            viewer.frozen = asked
            if asked is not None:
                read = (h for h in reversed(self._held) if h.is_read_itself())
                viewer.frozen = next((h for h in read if h.is_just_before(asked)), asked)
            return viewer.frozen

    def resume(self, viewer: Viewer) -> None:
        """Let go of the viewer's frozen frame."""
        with self._lock:
            viewer.frozen = None

    def held(self, sequence: int) -> HeldFrame | None:
        """The frame of that sequence number, None when it is no longer held."""
        with self._lock:
            frozen = [viewer.frozen for viewer in self._viewers if viewer.frozen is not None]
            matching = (held for held in (*self._held, *frozen) if held.sequence == sequence)
            return next(matching, None)

    def _pair(self, newest: HeldFrame) -> None:
        """Give an earlier frame its own reading, which came after it was shown."""
        reading = newest.published.reading
        if reading is None or newest.is_read_itself():
            return
        for place in reversed(range(len(self._held))):
            held = self._held[place]
            if not held.is_just_before(newest):
                return
            if held.published.frame.index == reading.frame_index:
                tracks = newest.published.tracks
                paired = replace(held.published, reading=reading, tracks=tracks, reading_age_ms=0.0)
                self._held[place] = replace(held, published=paired)
                return

    def _hold(self, frame: HeldFrame) -> None:
        if self._held and self._held[-1].published.exam != frame.published.exam:
            self._forget()
        self._held.append(frame)
        self._held_bytes += frame.nbytes
        while len(self._held) > HELD_FRAMES or self._held_bytes > HELD_BYTES:
            self._held_bytes -= self._held.popleft().nbytes

    def _forget(self) -> None:
        """Nothing of one exam can be looked at, saved or explained in the next."""
        self._held.clear()
        self._held_bytes = 0
        for viewer in self._viewers:
            viewer.frozen = None

    def _ring(self, message: bytes) -> None:
        self.message = message
        for viewer in self._viewers:
            viewer.bell.set()
