"""A recording, played as it was made."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock

from senoscope.domain.errors import SourceLost
from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading
from senoscope.realtime.recording.recording_file import RecordingFile
from senoscope.realtime.sources.pacing import Pace, Timetable

log = logging.getLogger(__name__)

LONGEST_GAP_NS = 2 * 10**9
"""A longer pause between two frames is played as this one."""


class RecordingSource:
    """The frames of one recording, once or, with `repeat`, without end.

    `rate_hz` None: as far apart as they were captured. `flat_out`: as fast as they unpack. Pixels,
    indices and the times between frames are those recorded; the first is captured now. Only with
    `rate_hz` each is captured when it is shown. `hear_reading` is told the readings beside them, on
    the thread that grabs.
    """

    name = "recording"

    def __init__(
        self,
        path: Path,
        rate_hz: float | None = None,
        flat_out: bool = False,
        repeat: bool = False,
        hear_reading: Callable[[Reading], None] | None = None,
    ) -> None:
        self._hear_reading = hear_reading
        self._path, self._rate_hz, self._flat_out, self._repeat = path, rate_hz, flat_out, repeat
        self._pace = Pace(None if flat_out else rate_hz)
        self._file: RecordingFile | None = None
        self._reading = Lock()
        self._closed = Event()
        self._round = self._after_last = 0
        self._before: Frame | None = None
        self._timetable = Timetable(flat_out)
        self._since_ns = self._gap_ns = 0

    @property
    def simulated(self) -> bool:
        """What the recording says; False before it is open."""
        return self._file is not None and self._file.header.simulated

    @property
    def share(self) -> float | None:
        """How much of it has come, 0..1; None before it is open."""
        return None if self._file is None else self._file.progress

    @property
    def notes(self) -> tuple[str, ...]:
        """What is missing of the recording, a sentence each; complete at its end."""
        return () if self._file is None else self._file.notes

    def open(self) -> None:
        """Read the header. SourceUnavailable where it is missing, or no recording."""
        self._file = RecordingFile(self._path)

    def grab(self) -> Frame | None:
        """Wait for the next frame; None at the end, also where the recording breaks off.

        SourceLost where the disk no longer gives it.
        """
        frame = self._next_frame()
        if frame is None:
            return None
        due_ns = self._due(frame)
        if self._rate_hz is not None and not self._flat_out:
            self._pace.wait()
            due_ns = time.monotonic_ns()
        elif not self._flat_out:
            self._closed.wait(max(0, due_ns - time.monotonic_ns()) / 1e9)
        if self._closed.is_set():
            return None
        self._after_last = max(self._after_last, self._round + frame.index + 1)
        return replace(frame, index=self._round + frame.index, captured_at_ns=due_ns)

    def close(self) -> None:
        """Stop and let go of the file."""
        self._closed.set()
        self._pace.stop()
        with self._reading:
            if self._file is not None:
                self._file.close()

    def _next_frame(self) -> Frame | None:
        with self._reading:
            if self._closed.is_set():
                return None
            if self._file is None:
                raise SourceLost("The recording was not opened; open it before grabbing from it.")
            try:
                frame = self._frame_of(self._file)
                if frame is None and self._repeat:
                    # Indices go on rising: a frame of the second round is another frame.
                    self._round, self._before = self._after_last, None
                    self._file.rewind()
                    frame = self._frame_of(self._file)
            except OSError as error:
                raise SourceLost(
                    f"The recording can be read no further: {error.strerror}. Check its disk, "
                    "then open it again."
                ) from error
        if frame is None:
            for note in self.notes:
                log.warning("Recording: %s", note)
        return frame

    def _due(self, frame: Frame) -> int:
        """When the frame is due, in `time.monotonic_ns()`."""
        if self._before is not None:
            apart_ns = frame.captured_at_ns - self._before.captured_at_ns
            self._gap_ns = min(max(0, apart_ns), LONGEST_GAP_NS)
        self._before = frame
        self._since_ns += self._gap_ns
        return self._timetable.due_ns(self._since_ns)

    def _frame_of(self, file: RecordingFile) -> Frame | None:
        while (found := file.next()) is not None:
            if isinstance(found, Frame):
                return found
            if self._hear_reading is not None:
                self._hear_reading(found)
        return None
