"""Records frames and readings without ever holding up whoever hands them over."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from senoscope.domain.errors import StorageError
from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading
from senoscope.realtime.recording.recording_file import AppendedFile
from senoscope.realtime.recording.recording_format import ENDING, RecordingHeader, header_record
from senoscope.realtime.recording.recording_take import (
    Appendable,
    RecordingLimits,
    RecordingState,
    Take,
)

STOP_LIMIT_S = 30.0


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class Recorder:
    """Makes one recording after the other in `folder`, each a file of its own.

    A file's name holds the time and chance, never anything of a patient. All methods may be called
    from any thread. `open_file` and `free_bytes` stand in for the disk in tests.
    """

    def __init__(
        self,
        folder: Path,
        limits: RecordingLimits | None = None,
        open_file: Callable[[Path], Appendable] = AppendedFile,
        free_bytes: Callable[[Path], int] = _free,
    ) -> None:
        self._folder, self._limits = folder, limits or RecordingLimits()
        self._open_file, self._free_bytes = open_file, free_bytes
        self._starting = Lock()
        self._take: Take | None = None

    @property
    def state(self) -> RecordingState:
        """Of the present recording, or of the last."""
        take = self._take
        return RecordingState() if take is None else take.state()

    def start(self, header: RecordingHeader) -> None:
        """Begin a recording. StorageError: one is under way, the disk is nearly full or refuses."""
        with self._starting:
            if self.state.recording:
                raise StorageError("A recording is under way; stop it before starting another.")
            name = f"{header.started_at.astimezone():%Y%m%d-%H%M%S}_{secrets.token_hex(4)}{ENDING}"
            path = self._folder / name
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._require_free()
                file = self._begun(path, header)
            except OSError as error:
                raise StorageError(
                    f"{path} cannot be written ({error.strerror}). Free space, allow writing "
                    "there, or choose another folder for recordings."
                ) from error
            self._take = Take(path, file, header, self._limits, self._free_bytes)

    def add_frame(self, frame: Frame) -> None:
        """Record a frame as it is, if a recording is under way. Returns at once.

        A frame that is not of the recording's source ends the recording.
        """
        take = self._take
        if take is not None:
            take.add_frame(frame)

    def add_reading(self, reading: Reading) -> None:
        """Record a reading, if a recording is under way. Returns at once."""
        take = self._take
        if take is not None:
            take.add_reading(reading)

    def stop(self) -> Path:
        """End the recording and wait until the disk has it; gives its file.

        Also where it had ended by itself. StorageError: none was started, or the disk hangs.
        """
        take = self._take
        if take is None:
            raise StorageError("Nothing was recorded; start a recording before stopping it.")
        take.end("")
        if not take.join(STOP_LIMIT_S):
            raise StorageError(
                f"The disk has not taken the end of {take.path} for {STOP_LIMIT_S:g} seconds; "
                "expected it at once. Check the disk; what it has stays readable."
            )
        return take.path

    def _require_free(self) -> None:
        free, least = self._free_bytes(self._folder), self._limits.free_to_start
        if free < least:
            raise StorageError(
                f"{free / 1e6:.0f} MB are free in {self._folder}; expected at least "
                f"{least / 1e6:.0f} MB. Free space, or choose another folder for recordings."
            )

    def _begun(self, path: Path, header: RecordingHeader) -> Appendable:
        file = self._open_file(path)
        try:
            file.write(header_record(header))
            file.sync()
        except OSError:
            file.close()
            path.unlink(missing_ok=True)
            raise
        return file
