"""Where files of a study are put until they are read, one folder an upload."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from senoscope.domain.errors import SettingsError, StorageError

MOST_FILES = 20_000
LARGEST_STUDY = 16 * 2**30
"""Bytes of one upload; a screening with tomosynthesis has one or two gigabytes."""
MOST_UPLOADS = 4
"""That are not read yet, at one time."""
IDLE_S = 3600.0
"""An upload of which nothing more has come for so long was given up: its page was closed."""
LEFT_BEHIND_S = 24 * 3600.0


@dataclass
class _Upload:
    folder: Path
    last_s: float
    files: int = 0
    bytes: int = 0


class StudyUploads:
    """Files by numbers of ours: the names that they had are never asked for. Any thread may ask.

    SettingsError for an upload that is not there or too large.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._lock = Lock()
        self._open: dict[str, _Upload] = {}
        self._forget()

    def begin(self) -> str:
        """A new upload's token."""
        with self._lock:
            self._drop_idle()
            if len(self._open) >= MOST_UPLOADS:
                raise SettingsError(
                    f"{MOST_UPLOADS} uploads were begun and not ended. Wait until one has ended."
                )
            token = secrets.token_hex(8)
            folder = self._folder / token
            try:
                folder.mkdir(mode=0o700, parents=True)
            except OSError as error:
                raise StorageError(
                    f"No folder for the upload can be made in {self._folder} ({error.strerror}). "
                    "Free space, or allow writing there."
                ) from error
            self._open[token] = _Upload(folder, self._clock())
        return token

    def next_file(self, token: str) -> Path:
        """The path of the next file, which is not there yet."""
        with self._lock:
            upload = self._known(token)
            if upload.files >= MOST_FILES:
                raise SettingsError(
                    f"More than {MOST_FILES} files were sent; expected one study. Send less."
                )
            upload.files += 1
            return upload.folder / f"{upload.files:06d}"

    def bytes_left(self, token: str) -> int:
        """How many may still come."""
        with self._lock:
            return LARGEST_STUDY - self._known(token).bytes

    def count(self, token: str, came: int) -> None:
        """So many bytes came."""
        with self._lock:
            self._known(token).bytes += came

    def take(self, token: str) -> tuple[Path, Path]:
        """End it: its folder, which is the caller's to remove, and what to read in it.

        That is the file itself where one was sent, a zip or a DICOM file, else the folder.
        """
        with self._lock:
            upload = self._known(token)
            files = sorted(upload.folder.iterdir())
            if not files:
                raise SettingsError("No file was sent; expected a study. Choose its files.")
            del self._open[token]
        return upload.folder, files[0] if len(files) == 1 else upload.folder

    def drop(self, token: str) -> None:
        """Remove what came. Safe where there is none."""
        with self._lock:
            upload = self._open.pop(token, None)
        if upload is not None:
            shutil.rmtree(upload.folder, ignore_errors=True)

    def _known(self, token: str) -> _Upload:
        upload = self._open.get(token)
        if upload is None:
            raise SettingsError("There is no such upload; it may have been cancelled. Begin again.")
        upload.last_s = self._clock()
        return upload

    def _drop_idle(self) -> None:
        idle = [token for token, each in self._open.items() if self._clock() - each.last_s > IDLE_S]
        for token in idle:
            shutil.rmtree(self._open.pop(token).folder, ignore_errors=True)

    def _forget(self) -> None:
        """What a program that was killed left behind. Another may run, and use what is newer."""
        for path in self._folder.glob("*"):
            if path.is_dir() and time.time() - path.stat().st_mtime > LEFT_BEHIND_S:
                shutil.rmtree(path, ignore_errors=True)
