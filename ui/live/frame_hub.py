"""The loop's latest frames, kept for a while and handed to any number of browsers."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from senoscope.realtime.exam import ExamName
from senoscope.realtime.published import LoopStatus, PublishedFrame
from senoscope.ui.frames.cine import CineRing, HeldFrame
from senoscope.ui.frames.overlay import USUAL_AGES, MaskAges


class Viewer:
    """One browser: a bell for when there is something newer, its frozen frame and its cine."""

    def __init__(self, bell: asyncio.Event) -> None:
        self.bell = bell
        self.frozen: HeldFrame | None = None
        self.cine: tuple[HeldFrame, ...] = ()

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and last sequence of its cine."""
        return (self.cine[0].sequence, self.cine[-1].sequence) if self.cine else None


class FrameHub:
    """Hands the loop's frames to any number of viewers.

    `publish` is called by the loop's thread, the rest by the server's event loop or threads. `ages`
    say how old a reading may be to be drawn.
    """

    def __init__(self, status: Callable[[], LoopStatus], ages: MaskAges = USUAL_AGES) -> None:
        self.status, self._ages = status, ages
        # From the clock, so that after a restart no number means another frame than before.
        self.sequence = time.time_ns() // 1000
        self.message = b""
        self._ring = CineRing()
        self._exam: ExamName | None = None
        self._viewers: set[Viewer] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def publish(self, published: PublishedFrame) -> None:
        """Keep the frame for a snapshot and, if anybody watches, send it: serialised once."""
        status = self.status()
        with self._lock:
            self.sequence += 1
            newest = HeldFrame(self.sequence, published, status, ages=self._ages)
            if published.exam != self._exam:
                self._exam = published.exam
                self._forget()
            self._ring.add(newest)
            watched = bool(self._viewers)
        if not watched or self._loop is None:
            return
        message = newest.message()
        # The server may be closing its loop at this very moment; then nobody watches any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._tell, message)

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
        """Hold a frame, and what came before it, for as long as the viewer looks; None when gone.

        It is the newest that was read itself, a moment before the one asked for at most, or else
        the one asked for: what is frozen is looked at for long, and its outline should be its own.
        """
        asked = self.held(sequence)
        with self._lock:
            if asked is None:
                viewer.cine, viewer.frozen = (), None
                return None
            read = (held for held in reversed(self._ring) if held.is_read_itself())
            viewer.frozen = next((each for each in read if each.is_just_before(asked)), asked)
            # Pixels as captured are kept for one viewer: eight times as many would not fit.
            whole = not any(other.cine for other in self._viewers if other is not viewer)
            viewer.cine = tuple(held if whole else held.thinned() for held in self._ring)
            return viewer.frozen

    def scrub(self, viewer: Viewer, sequence: int) -> HeldFrame | None:
        """Look at another frame of what was held at the freeze; None when it is not among it."""
        with self._lock:
            found = next((held for held in viewer.cine if held.sequence == sequence), None)
            if found is None:
                return None
            viewer.frozen = found.restored()
            return viewer.frozen

    def resume(self, viewer: Viewer) -> None:
        """Let go of the viewer's frozen frame."""
        with self._lock:
            viewer.cine, viewer.frozen = (), None

    def held(self, sequence: int) -> HeldFrame | None:
        """The frame of that sequence number, None when it is no longer held."""
        with self._lock:
            frozen = [viewer.frozen for viewer in self._viewers if viewer.frozen is not None]
            matching = (held for held in (*frozen, *self._ring) if held.sequence == sequence)
            found: HeldFrame | None = next(matching, None)
        # Where no frame has come since an exam ended, its frames are still in the ring.
        if found is None or found.published.exam != self.status().exam:
            return None
        return found.restored()

    def _forget(self) -> None:
        """Nothing of one exam can be looked at, saved or explained in the next."""
        self._ring.clear()
        for viewer in self._viewers:
            viewer.cine, viewer.frozen = (), None

    def _tell(self, message: bytes) -> None:
        self.message = message
        for viewer in self._viewers:
            viewer.bell.set()
