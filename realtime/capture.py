"""The thread that opens one source and takes frames from it until it ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from senoscope.domain.errors import ImageError, SenoscopeError, SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.realtime.sources.base import ComesBack, OpensSlowly, Source

OPEN_LIMIT_S = 60.0
STOP_LIMIT_S = 5.0
RUN = 25
"""Pictures: about a second. A grabber's glitch is shorter, a wrong scan area lasts."""
REOPEN_S = 0.5
"""Between two attempts to open a device that was unplugged."""

log = logging.getLogger(__name__)


class Capture:
    """One source on its own thread: opened, grabbed from and closed there.

    `on_frame(frame, cpu_ns)` is called with each frame and the processor time that grabbing it
    took on this thread. A SenoscopeError, from the source or from `on_frame`, ends the capture and
    stays in `error`; but for a picture that cannot be used (ImageError), which is counted, told in
    `error` and passed over, until `RUN` of them came in a row. `RUN` good ones clear it. With
    `awaits_return` a source that is lost and can come back is opened again until it does.
    """

    def __init__(
        self,
        source: Source,
        on_frame: Callable[[Frame, int], None],
        awaits_return: bool = False,
    ) -> None:
        self.source = source
        self.error = ""
        self.lost = False
        """True from the loss of a source that may come back, until its next good picture."""
        self.unusable = 0
        """Pictures that came and could not be used."""
        self._on_frame = on_frame
        self._awaits_return = awaits_return and isinstance(source, ComesBack) and source.comes_back
        self._opened = Event()
        self._may_begin = Event()
        self._stopping = Event()
        self._done = Event()
        self._thread = Thread(target=self._run, name="senoscope-capture", daemon=True)

    @property
    def ended(self) -> bool:
        """True once no more frames will come."""
        return self._done.is_set()

    @property
    def progress(self) -> float | None:
        """0..1 while the source is being opened, if it can say; None otherwise."""
        if self._opened.is_set() or self._done.is_set():
            return None
        return self.source.progress if isinstance(self.source, OpensSlowly) else None

    def open(self) -> None:
        """Start the thread and with it the opening of the source; does not wait."""
        self._thread.start()

    def wait_open(self, limit_s: float = OPEN_LIMIT_S) -> None:
        """Wait until the source is open. SourceUnavailable says why it is not."""
        deadline = time.monotonic() + limit_s
        while not self._opened.wait(0.05):
            if self._done.is_set() or self._stopping.is_set():
                raise SourceUnavailable(self.error or f"Opening {self.source.name} was stopped.")
            if time.monotonic() > deadline:
                raise SourceUnavailable(
                    f"{self.source.name} did not open within {limit_s:g} s. "
                    "Check that it is connected and switched on."
                )

    def begin(self) -> None:
        """Let frames be taken, now or as soon as the source is open."""
        self._may_begin.set()

    def stop(self) -> None:
        """End the capture; afterwards `on_frame` is not called again."""
        self._stopping.set()
        self._may_begin.set()
        # An ended capture has closed its source, which may be open again in another capture.
        if not self._done.is_set():
            self.source.close()
        if self._thread.ident is not None:
            self._thread.join(STOP_LIMIT_S)
        if self._thread.is_alive():
            # Not its name: a clip has that of its file, which may be of a person.
            log.warning("A source does not let go; it is left behind")

    def _run(self) -> None:
        error = f"{self.source.name} stopped because of a fault in the program; see the log."
        try:
            self.source.open()
            self._opened.set()
            self._may_begin.wait()
            while self._is_lost():
                self._open_again()
            error = self.error
        except SenoscopeError as raised:
            # Closing a source under a waiting grab may make it raise: that is no loss.
            error = "" if self._stopping.is_set() else str(raised)
        finally:
            self.source.close()
            self.error = error
            self._done.set()

    def _is_lost(self) -> bool:
        """Take frames. True once the source is lost and may come back, False when it has ended."""
        try:
            self._take_frames()
        except SourceLost as lost:
            if not self._awaits_return or self._stopping.is_set():
                raise
            log.warning("%s", lost)
            self.error, self.lost = str(lost), True
        else:
            return False
        return True

    def _open_again(self) -> None:
        """Try until the source is open, or the capture is to stop."""
        while not self._stopping.wait(REOPEN_S):
            self.source.close()
            try:
                self.source.open()
            except SourceUnavailable:
                continue  # what it said when it was lost still holds
            return

    def _take_frames(self) -> None:
        good = bad = 0
        while not self._stopping.is_set():
            try:
                if not self._take_one():
                    return
            except ImageError as error:
                good, bad = 0, bad + 1
                self.unusable += 1
                self.error = str(error)
                if bad == RUN:
                    raise
            else:
                good, bad = good + 1, 0
                if good == RUN or self.lost:
                    self.error, self.lost = "", False

    def _take_one(self) -> bool:
        before_ns = time.thread_time_ns()
        frame = self.source.grab()
        cpu_ns = time.thread_time_ns() - before_ns
        if frame is None:
            return False
        if not self._stopping.is_set():
            self._on_frame(frame, cpu_ns)
        return True
