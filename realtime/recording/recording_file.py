"""One recording on the disk: appended to while it is made, read through afterwards."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading
from senoscope.realtime.recording.recording_format import (
    HEAD,
    MAGIC,
    UNUSABLE,
    VERSION,
    Kind,
    RecordingEnd,
    RecordingHeader,
    checksum,
    end_from,
    frame_from,
    header_from,
    longest,
    reading_from,
)

MOST_TRIES = 64
"""Places in a recording where reading on is tried. By chance a magic comes once in 4 GB."""
_SEARCHED = 2**20

_sync_data = getattr(os, "fdatasync", os.fsync)
"""Without the time of change, which costs a second write; not every system has it."""


class AppendedFile:
    """A new file that only grows. All methods raise OSError."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600, exist_ok=False)
        # Without a buffer of ours, what was written outlives this process.
        self._file = path.open("ab", buffering=0)
        _sync_folder(path.parent)

    def write(self, data: bytes) -> None:
        """Append all of `data`."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def sync(self) -> None:
        """Wait until the disk has what was written."""
        _sync_data(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _sync_folder(folder: Path) -> None:
    # Else a power cut may forget the file's name.
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    # Some network file systems cannot, and then keep names in their own way.
    with contextlib.suppress(OSError):
        os.fsync(opened)
    os.close(opened)


class RecordingFile:
    """Reads a recording from front to end, whatever became of it, in bounded memory.

    What is damaged is passed over; `notes` says so. SourceUnavailable where `path` cannot be
    opened, is no recording, or is one of a later version.
    """

    def __init__(self, path: Path) -> None:
        self._file = _opened(path)
        self._size = os.fstat(self._file.fileno()).st_size
        self._header: RecordingHeader | None = None
        self._end: RecordingEnd | None = None
        self._frames = self._damaged = self._tries = self._at = 0
        try:
            self.header = self._header = self._first(path)
        except SourceUnavailable:
            self._file.close()
            raise

    def next(self) -> Frame | Reading | None:
        """The next frame or reading, in the order they were recorded; None at the end.

        OSError where the disk no longer gives it.
        """
        while self._end is None and (found := self._next_record()) is not None:
            kind, payload = found
            try:
                if kind == Kind.FRAME:
                    frame = frame_from(payload, self.header)
                    self._frames += 1
                    return frame
                if kind == Kind.READING:
                    return reading_from(payload)
                if kind == Kind.END:
                    self._end = end_from(payload)
                    continue
            except UNUSABLE:
                pass
            self._damaged += 1
        return None

    def rewind(self) -> None:
        """Begin again with the first frame or reading."""
        self._file.seek(0)
        self._end = None
        self._frames = self._damaged = self._tries = self._at = 0
        self._next_record()

    @property
    def progress(self) -> float:
        """How much of it was read, 0..1. Any thread may ask, also once it is closed."""
        return self._at / self._size

    @property
    def notes(self) -> tuple[str, ...]:
        """What is missing of what was read, a sentence each; complete once `next` gave None."""
        said = []
        if self._damaged:
            said.append(f"{self._damaged} damaged places were passed over.")
        if self._end is None:
            said.append(
                f"The recording was cut off after {self._frames} frames, before it was stopped: up "
                "to a second before that is missing."
            )
        elif self._end.lost or self._end.lost_readings:
            said.append(
                f"{self._end.lost} frames and {self._end.lost_readings} readings were lost while "
                "it was recorded: the disk or the processor was too slow."
            )
        if self._end is not None and self._end.message:
            said.append(self._end.message)
        return tuple(said)

    def close(self) -> None:
        """Let go of the file. Safe to repeat."""
        self._file.close()

    def _first(self, path: Path) -> RecordingHeader:
        found = self._record_at(0)
        if found is None or found[0] != Kind.HEADER:
            raise SourceUnavailable(
                f"The file {path} is no recording, or its beginning is damaged; expected one that "
                "Senoscope recorded. Choose another file."
            )
        try:
            header = header_from(found[1])
        except UNUSABLE as error:
            raise SourceUnavailable(
                f"The recording {path} cannot be used: its header says what no recording of "
                f"version {VERSION} does. Choose another file, or update Senoscope if it is newer."
            ) from error
        if header.version != VERSION:
            raise SourceUnavailable(
                f"The recording {path} is of version {header.version}; expected {VERSION}. Open it "
                "with the version of Senoscope that made it."
            )
        return header

    def _next_record(self) -> tuple[int, bytes] | None:
        at = self._file.tell()
        found = self._record_at(at)
        while found is None and self._tries < MOST_TRIES:
            at = self._find_magic(at + 1)
            if at < 0:
                return None
            self._tries += 1
            found = self._record_at(at)
            if found is not None:
                self._damaged += 1
        return found

    def _record_at(self, at: int) -> tuple[int, bytes] | None:
        """Kind and payload of the record that begins there; None where no whole one does."""
        self._file.seek(at)
        head = self._file.read(HEAD.size)
        if len(head) < HEAD.size:
            return None
        magic, kind, length, expected = HEAD.unpack(head)
        if magic != MAGIC or length > longest(kind, self._header):
            return None
        payload = self._file.read(length)
        self._at = at + HEAD.size + length
        if len(payload) < length or checksum(kind, payload) != expected:
            return None
        return kind, payload

    def _find_magic(self, at: int) -> int:
        """Where the next magic is from `at` on, -1 where there is none."""
        while at < self._size:
            self._file.seek(at)
            place = self._file.read(_SEARCHED + len(MAGIC)).find(MAGIC)
            if place >= 0:
                return at + place
            at += _SEARCHED
        return -1


def _opened(path: Path) -> BinaryIO:
    try:
        # A pipe would wait for ever.
        if path.is_file():
            return path.open("rb")
        why = "it is no file"
    except OSError as error:
        why = str(error.strerror)
    raise SourceUnavailable(
        f"The recording {path} cannot be read: {why}. Check its name and that you may open it."
    )
