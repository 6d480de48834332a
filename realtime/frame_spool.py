"""The frames of a clip on the disk, so that any of them can be looked at again as it was read."""

from __future__ import annotations

import shutil
import tempfile
import zlib
from pathlib import Path
from threading import Lock

from senoscope.domain.errors import StorageError
from senoscope.domain.frame import Gray
from senoscope.realtime.recording.pixel_packing import pack, unpack

KEPT_FREE = 500 * 2**20
"""Bytes of the disk that are left to others."""
_LOOKED_AT_EVERY = 32


class FrameSpool:
    """Grows by one frame at a time, without loss; its file has no name and ends with it.

    Any thread may ask. StorageError says why nothing can be kept in `folder`, or no more.
    """

    def __init__(self, folder: Path, kept_free: int = KEPT_FREE) -> None:
        self._folder, self._kept_free = folder, kept_free
        self._lock = Lock()
        self._places: list[tuple[int, int, tuple[int, int]]] = []
        self._end = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Not the system's own folder for such files, which may be memory. A file without a name
            # leaves nothing behind, however this program ends.
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise _refused(folder, error.strerror) from error

    def __len__(self) -> int:
        return len(self._places)

    def add(self, pixels: Gray) -> None:
        """Keep another frame."""
        if len(self._places) % _LOOKED_AT_EVERY == 0:
            free = shutil.disk_usage(self._folder).free
            if free < self._kept_free:
                raise _refused(self._folder, f"only {free // 2**20} MB are free")
        packed = pack(pixels)
        with self._lock:
            try:
                self._file.seek(self._end)
                self._file.write(packed)
                self._file.flush()
            except OSError as error:
                raise _refused(self._folder, error.strerror) from error
            self._places.append((self._end, len(packed), pixels.shape))
            self._end += len(packed)

    def pixels(self, place: int) -> Gray:
        """(rows, columns) of the frame at `place`, from 0. IndexError where there is none."""
        if place < 0:
            raise IndexError(place)
        with self._lock:
            start, length, (rows, columns) = self._places[place]
            try:
                self._file.seek(start)
                packed = self._file.read(length)
            except (OSError, ValueError) as error:
                raise StorageError(f"Frame {place} can no longer be read: {error}.") from error
        try:
            return unpack(packed, rows, columns)
        except (ValueError, zlib.error) as error:
            raise StorageError(
                f"Frame {place} was damaged on the disk; expected it as it was written. Check the "
                "disk, then open the clip again."
            ) from error

    def close(self) -> None:
        """Let go of the file, and with it of all frames. Safe to repeat."""
        with self._lock:
            self._file.close()


def _refused(folder: Path, why: str | None) -> StorageError:
    return StorageError(
        f"The clip's frames cannot be kept in {folder} ({why}). Free space, or allow writing there."
    )
