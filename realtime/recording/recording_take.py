"""One recording from its header to its end, and the thread that writes it."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic
from typing import Protocol

from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading
from senoscope.realtime.recording.recording_format import (
    RecordingEnd,
    RecordingHeader,
    end_record,
    frame_record,
    reading_record,
)

_READING_BYTES = 1000
"""About what a reading takes in memory without its contours."""


class Appendable(Protocol):
    """A new file that only grows. All methods raise OSError."""

    def write(self, data: bytes) -> None:
        """Append all of `data`."""

    def sync(self) -> None:
        """Wait until the disk has what was written."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True, slots=True)
class RecordingLimits:
    """Bytes that may wait to be written, that must be free to start and to go on; when to sync.

    A power cut costs what waits and what was not synced. From a quarter of `waiting` on frames
    are kept unpacked, so that the two come to less than a second.
    """

    waiting: int = 64 * 2**20
    free_to_start: int = 10**9
    free_to_go_on: int = 200 * 10**6
    sync_s: float = 0.4


@dataclass(frozen=True, slots=True)
class RecordingState:
    """`frames` and `bytes` were written; `lost` frames and `lost_readings` could not be kept.

    `message` says why the recording ended by itself, or that something was lost; else "".
    """

    recording: bool = False
    seconds: float = 0.0
    frames: int = 0
    lost: int = 0
    lost_readings: int = 0
    bytes: int = 0
    message: str = ""


class Take:
    """Writes what it is given to `file`, which has its header, until `end` or the disk's refusal.

    `path` is the file's, `free_bytes` tells the free bytes of its folder.
    """

    def __init__(
        self,
        path: Path,
        file: Appendable,
        header: RecordingHeader,
        limits: RecordingLimits,
        free_bytes: Callable[[Path], int],
    ) -> None:
        self.path = path
        self._file, self._header, self._limits = file, header, limits
        self._free_bytes = free_bytes
        self._changed = Condition()
        self._waiting: deque[Frame | Reading] = deque()
        self._waiting_bytes = 0
        self._last_index = -1
        self._ending, self._message = False, ""
        self._frames = self._lost = self._lost_readings = self._bytes = 0
        self._refused = False
        self._began_s = monotonic()
        self._ended_s: float | None = None
        self._packed, self._pack_s, self._disk_s_per_byte = 0, 0.0, 0.0
        self._written = Event()
        self._thread = Thread(target=self._run, name="senoscope-recorder", daemon=True)
        self._thread.start()

    def state(self) -> RecordingState:
        """How it is doing."""
        with self._changed:
            lost = f"{self._lost} frames and {self._lost_readings} readings were lost: the disk or "
            lost += "the processor is too slow. Record to a faster disk."
            return RecordingState(
                recording=not self._ending,
                seconds=(self._ended_s or monotonic()) - self._began_s,
                frames=self._frames,
                lost=self._lost,
                lost_readings=self._lost_readings,
                bytes=self._bytes,
                message=self._message or (lost if self._lost or self._lost_readings else ""),
            )

    def add_frame(self, frame: Frame) -> None:
        """Let a frame wait to be written, or count it as lost; one of another source ends this."""
        with self._changed:
            if self._ending:
                return
            changed = self._changed_in(frame)
            if changed:
                self._end(f"The recording ended: {changed}. Start another.")
                return
            self._last_index = frame.index
            if not self._admit(frame):
                self._lost += 1

    def add_reading(self, reading: Reading) -> None:
        """Let a reading wait to be written, or count it as lost."""
        with self._changed:
            if not self._ending and not self._admit(reading):
                self._lost_readings += 1

    def end(self, message: str) -> None:
        """Take no more; what waits is still written. `message` says why, "" where it was wished."""
        with self._changed:
            self._end(message)

    def join(self, timeout_s: float) -> bool:
        """Wait until nothing more is written. False where that took longer than `timeout_s`."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _end(self, message: str) -> None:
        if not self._ending:
            self._ending, self._message = True, message
            self._changed.notify()

    def _changed_in(self, frame: Frame) -> str:
        header = self._header
        if frame.size != header.size:
            return "the picture's size changed"
        if frame.simulated != header.simulated:
            return "the source changed"
        return "" if frame.index > self._last_index else "the source began anew"

    def _admit(self, item: Frame | Reading) -> bool:
        if self._waiting_bytes + _size_of(item) > self._limits.waiting:
            return False
        self._waiting.append(item)
        self._waiting_bytes += _size_of(item)
        self._changed.notify()
        return True

    def _run(self) -> None:
        name = "senoscope-recorder-sync"
        syncing = Thread(target=self._sync_now_and_then, name=name, daemon=True)
        syncing.start()
        try:
            self._write_all()
        except OSError as error:
            self._refuse(error)
        finally:
            self._written.set()
            syncing.join()
            self._settle()
        try:
            if not self._refused:
                end = RecordingEnd(self._lost, self._lost_readings, self._message)
                self._append(end_record(end))
                self._file.sync()
        except OSError as error:
            self._refuse(error)
        with contextlib.suppress(OSError):  # what the disk refuses now, it has refused above
            self._file.close()

    def _settle(self) -> None:
        """Count what was not written as lost."""
        with self._changed:
            frames = sum(isinstance(each, Frame) for each in self._waiting)
            self._lost += frames
            self._lost_readings += len(self._waiting) - frames
            self._waiting.clear()
            self._ending, self._ended_s = True, monotonic()

    def _sync_now_and_then(self) -> None:
        # Beside the writing: a disk may take a second, and what is written outlives a kill.
        synced = 0
        while not self._written.wait(self._limits.sync_s):
            written = self._bytes
            try:
                if written > synced:
                    self._file.sync()
                self._require_free()
            except OSError as error:
                self._refuse(error)
                return
            synced = written

    def _require_free(self) -> None:
        free, least = self._free_bytes(self.path.parent), self._limits.free_to_go_on
        if free < least:
            self.end(
                f"The recording ended: {free / 1e6:.0f} MB are free on its disk; expected at least "
                f"{least / 1e6:.0f} MB. Free space, or choose another folder for recordings."
            )

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ending)
                if self._refused or not self._waiting:
                    return
                item = self._waiting[0]
                crowded = self._waiting_bytes > self._limits.waiting // 4
            if isinstance(item, Frame):
                self._write_frame(item, crowded)
            else:
                self._write_reading(item)
            with self._changed:
                # Only now: where it cannot be written, it is counted among those that wait.
                self._waiting.popleft()
                self._waiting_bytes -= _size_of(item)

    def _write_frame(self, frame: Frame, crowded: bool) -> None:
        packed = not (crowded and self._raw_is_faster(frame.pixels.nbytes))
        began_s = monotonic()
        data = frame_record(frame, packed)
        if packed:
            self._pack_s, self._packed = monotonic() - began_s, len(data)
        self._append(data)
        with self._changed:
            self._frames += 1

    def _write_reading(self, reading: Reading) -> None:
        try:
            data = reading_record(reading)
        except ValueError:
            with self._changed:
                self._lost_readings += 1
            return
        self._append(data)

    def _raw_is_faster(self, size: int) -> bool:
        # On a disk slower than the processor, unpacked frames would only be slower still.
        packed_s = self._pack_s + self._packed * self._disk_s_per_byte
        return size * self._disk_s_per_byte < packed_s

    def _append(self, data: bytes) -> None:
        began_s = monotonic()
        self._file.write(data)
        self._disk_s_per_byte = (monotonic() - began_s) / len(data)
        with self._changed:
            self._bytes += len(data)

    def _refuse(self, error: OSError) -> None:
        with self._changed:
            if self._refused:
                return
            # Whatever it was ending for, the refusal is what its owner can act on.
            self._refused = self._ending = True
            self._message = (
                f"The recording ended: {self.path} cannot be written ({error.strerror}). What was "
                "written can be played. Free space, or choose another folder for recordings."
            )
            self._changed.notify()


def _size_of(item: Frame | Reading) -> int:
    if isinstance(item, Frame):
        return item.pixels.nbytes
    return _READING_BYTES + sum(each.lesion.contour.nbytes for each in item.findings)
