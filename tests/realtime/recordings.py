"""Small recordings, and disks that fail, for tests."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Event

import numpy as np

from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.reading import Reading
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.recording.recorder import Recorder
from senoscope.realtime.recording.recording_file import AppendedFile, RecordingFile
from senoscope.realtime.recording.recording_format import RecordingHeader
from tests import builders

SPACING = CalibratedSpacing(PixelSpacing(0.07, 0.08), SpacingOrigin.PHANTOM)
STEP_NS = 40_000_000


def header(columns: int = 96, rows: int = 64, simulated: bool = True) -> RecordingHeader:
    area = ScanArea(10, 20, columns, rows, (1024, 768))
    return RecordingHeader("phantom", (columns, rows), simulated, area)


def speckle(index: int, columns: int = 96, rows: int = 64, at_ns: int | None = None) -> Frame:
    """A frame unlike any other, so that every part of the packing has something to do."""
    pixels = np.random.default_rng(index).integers(0, 40, (rows, columns), np.uint8)
    return Frame(pixels, index, STEP_NS * index if at_ns is None else at_ns, SPACING, True)


def recorded(folder: Path, frames: int = 12, step_ns: int = STEP_NS) -> Path:
    """A recording of speckle, each frame followed by a reading of it."""
    recorder = Recorder(folder)
    recorder.start(header())
    for index in range(frames):
        recorder.add_frame(speckle(index, at_ns=1000 + step_ns * index))
        recorder.add_reading(builders.reading(index, presence=index / 20))
    return recorder.stop()


def everything_in(path: Path) -> tuple[list[Frame], list[Reading], tuple[str, ...]]:
    """Frames, readings, and what it says is missing."""
    file = RecordingFile(path)
    frames, readings = [], []
    while (found := file.next()) is not None:
        if isinstance(found, Frame):
            frames.append(found)
        else:
            readings.append(found)
    file.close()
    return frames, readings, file.notes


def assert_same_frames(found: Iterable[Frame], expected: Iterable[Frame]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one.pixels, other.pixels)
        assert (one.index, one.captured_at_ns) == (other.index, other.captured_at_ns)
        assert (one.spacing, one.simulated) == (other.spacing, other.simulated)
        assert (one.colour is None) == (other.colour is None)
        assert other.colour is None or np.array_equal(one.colour, other.colour)


def assert_same_readings(found: Iterable[Reading], expected: Iterable[Reading]) -> None:
    """Bit for bit, but for the time it took."""
    for one, other in zip(found, expected, strict=True):
        assert facts(one) == facts(other)


def facts(reading: Reading) -> object:
    return (
        reading.frame_index,
        float(reading.presence).hex(),
        reading.dismissed,
        reading.unsuitable,
        [
            (
                float(each.probability).hex(),
                each.suspicion,
                float(each.lesion.presence).hex(),
                float(each.lesion.area_px).hex(),
                each.lesion.contour.dtype.str,
                each.lesion.contour.tobytes(),
            )
            for each in reading.findings
        ],
    )


class FullDisk(AppendedFile):
    """Takes `room` bytes, the last of them of a record that does not fit; then it is full."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(path)
        self._room = room

    def write(self, data: bytes) -> None:
        if len(data) > self._room:
            super().write(data[: self._room])
            self._room = 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._room -= len(data)
        super().write(data)


class WaitingDisk(AppendedFile):
    """Takes nothing after the header before `answers` is set."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.answers = Event()
        self._begun = False

    def write(self, data: bytes) -> None:
        if self._begun:
            assert self.answers.wait(30)
        self._begun = True
        super().write(data)


class ForgetfulDisk(AppendedFile):
    """What a power cut leaves: only what was synced, in `kept`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.kept = b""
        self._written = b""

    def write(self, data: bytes) -> None:
        super().write(data)
        self._written += data

    def sync(self) -> None:
        self.kept = self._written
