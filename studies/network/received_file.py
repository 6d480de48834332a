"""An object on its way in: under a partial name until it is whole and on the disk."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from pydicom.dataset import FileMetaDataset
from pynetdicom.dsutils import encode_file_meta

from senoscope.studies.pixels.cine_frames import DAMAGE

PARTIAL = ".received.partial"
SUFFIX = ".received.dcm"


class ReceivedFile(io.BytesIO):
    """Where pynetdicom would gather a data set in memory; it goes to `folder` piece by piece.

    The name is of the time and by chance: nothing that comes from outside is in it. What goes wrong
    is kept in `failure`, and the rest is dropped: an error raised here would end the thread that
    reads the connection, without an answer.
    """

    def __init__(
        self, folder: Path, largest: int, meta: Callable[[], FileMetaDataset | None]
    ) -> None:
        super().__init__()
        name = f"{time.time_ns():020}-{secrets.token_hex(8)}"
        self._partial = folder / f".{name}{PARTIAL}"
        self._final = folder / f"{name}{SUFFIX}"
        self._left = largest
        self._meta = meta
        self._file: BinaryIO | None = None
        self._taken = threading.RLock()
        self.failure: str | None = None

    @property
    def partial(self) -> Path:
        """Where it lies until it is kept."""
        return self._partial

    def write(self, content: object, /) -> int:
        """A piece of the data set, in bytes."""
        piece = bytes(cast(bytes, content))
        if self.failure is None:
            self._left -= len(piece)
            try:
                if self._left < 0:
                    self._fail("it is too large")
                else:
                    self._opened().write(piece)
            except DAMAGE as error:  # of the disk, or of UIDs that cannot be written
                self._fail(type(error).__name__)
        return len(piece)

    def keep(self) -> Path:
        """Whole and on the disk under its final name. OSError, and nothing is left, where not."""
        with self._taken:
            if self.failure is not None:
                raise OSError(self.failure)
            try:
                file = self._opened()
                file.flush()
                os.fsync(file.fileno())
                file.close()
                self._partial.rename(self._final)
                _sync(self._final.parent)
            except OSError:
                self.drop()
                self._final.unlink(missing_ok=True)
                raise
            return self._final

    def flushed(self) -> None:
        """What came can be read at `partial`. OSError where it could not be written."""
        with self._taken:
            if self.failure is not None:
                raise OSError(self.failure)
            self._opened().flush()

    def drop(self) -> None:
        """Nothing is left of it, unless it is kept."""
        with self._taken:
            self._fail(self.failure or "it was dropped")

    def _fail(self, why: str) -> None:
        self.failure = why
        if self._file is not None:
            with contextlib.suppress(OSError):  # what was buffered does not fit either
                self._file.close()
        with contextlib.suppress(OSError):  # `sweep` comes by again
            self._partial.unlink(missing_ok=True)

    def _opened(self) -> BinaryIO:
        if self._file is None:
            meta = self._meta()
            if meta is None:
                raise ValueError
            head = bytes(128) + b"DICM" + encode_file_meta(meta)
            number = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(number, "wb")
            self._file.write(head)
        return self._file


def sweep(folder: Path) -> None:
    """Remove what a receiver that was killed had not finished: no one was told that it is kept."""
    for each in folder.glob(f".*{PARTIAL}"):
        each.unlink(missing_ok=True)


def kept_in(folder: Path, most: int) -> int:
    """How many kept files lie there, counted to `most`."""
    count = 0
    with os.scandir(folder) as entries:
        for each in entries:
            count += each.name.endswith(SUFFIX)
            if count >= most:
                break
    return count


def _sync(folder: Path) -> None:
    """The new name too survives a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
