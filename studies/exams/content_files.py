"""Files by what they hold: FOLDER/ab/cd/SHA-256, private to this user, whole or not there."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO

from senoscope.domain.errors import SettingsError, SourceUnavailable, StorageError
from senoscope.studies.files.study_files import open_plain

PIECE = 2**20
ABANDONED_S = 24 * 3600.0
"""A partial file that nobody wrote to for so long is nobody's."""

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that is whole and on the disk, under a partial name yet."""

    content: str
    size: int
    partial: Path = field(repr=False)


class ContentFiles:
    """Files of one folder. Any thread may call; who places or drops holds the database's lock."""

    def __init__(self, folder: Path) -> None:
        """Make the folder where it is not there. StorageError where it cannot be."""
        self.folder = folder
        self.partials = folder / "partial"
        with _told():
            _private(self.partials)

    def arrive(self, given: bytes | Path | IO[bytes]) -> Arrived:
        """Copy to the disk. SourceUnavailable where `given` cannot be read, else StorageError."""
        partial = self.partials / secrets.token_hex(16)
        digest, size = sha256(), 0
        try:
            with _told(), new_private(partial) as target:
                for piece in _pieces(given):
                    digest.update(piece)
                    size += len(piece)
                    target.write(piece)
                target.flush()
                os.fsync(target.fileno())
        except BaseException:
            self.forget(partial)
            raise
        return Arrived(digest.hexdigest(), size, partial)

    def place(self, arrived: Arrived) -> None:
        """Give it its name; what lay there had the same content, or has rotted."""
        path = self.path(arrived.content)
        with _told():
            for folder in _private(path.parent):
                flush_folder(folder)
            arrived.partial.replace(path)
            flush_folder(path.parent)

    def forget(self, partial: Path) -> None:
        """Remove what was not placed."""
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)

    def drop(self, content: str) -> None:
        """Remove the file, where it is there."""
        with _told():
            self.path(content).unlink(missing_ok=True)

    def path(self, content: str) -> Path:
        """Where that content lies. SettingsError unless it is a SHA-256: no path leaves here."""
        if not _HASH.fullmatch(content):
            raise SettingsError(
                f"{len(content)} characters were given for a file's content; expected a SHA-256 "
                "in 64 small hexadecimal digits."
            )
        return self.folder / content[:2] / content[2:4] / content

    def open(self, content: str) -> BinaryIO:
        """For reading. StorageError where it is gone."""
        with _told():
            return open_plain(self.path(content))

    def __iter__(self) -> Iterator[str]:
        """Each content that has a file, in order."""
        with _told():
            for path in sorted(self.folder.glob("??/??/*")):
                if _HASH.fullmatch(path.name):
                    yield path.name

    def trouble(self, content: str, size: int) -> str | None:
        """What is wrong with that file: it is gone, or holds something else."""
        try:
            with open_plain(self.path(content)) as file:
                digest, found = digest_of(file)
        except OSError as error:
            return f"cannot be read ({error.strerror})"
        return None if (digest, found) == (content, size) else "holds something else"

    def sweep_partials(self) -> int:
        """Remove what a program that stopped left half-written, and say how many."""
        swept = 0
        with _told():
            for path in self.partials.iterdir():
                with contextlib.suppress(FileNotFoundError):
                    if time.time() - path.stat().st_mtime > ABANDONED_S:
                        path.unlink()
                        swept += 1
        return swept


def free_at(folder: Path) -> int:
    """Bytes that this user may still write there. StorageError."""
    with _told():
        return shutil.disk_usage(folder).free


def digest_of(file: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of what follows."""
    digest, size = sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def body_digest(file: BinaryIO) -> str:
    """SHA-256 of what follows a DICOM file's meta group, PS3.10 section 7.1."""
    head = file.read(144)
    # (0002,0000), the group's length, comes first; without it all counts.
    is_said = head[128:140] == b"DICM\x02\x00\x00\x00UL\x04\x00"
    file.seek(144 + int.from_bytes(head[140:144], "little") if is_said else 0)
    return digest_of(file)[0]


def _pieces(given: bytes | Path | IO[bytes]) -> Iterator[bytes]:
    if isinstance(given, bytes):
        yield given
        return
    try:
        with _opened(given) as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError as error:
        raise SourceUnavailable(
            f"A file of the study can be read no further ({error.strerror}). Give the study again."
        ) from None


def _opened(given: Path | IO[bytes]) -> contextlib.AbstractContextManager[IO[bytes]]:
    """What is open already is left to its owner."""
    return open_plain(given) if isinstance(given, Path) else contextlib.nullcontext(given)


def new_private(path: Path) -> BinaryIO:
    """A new file for writing that only this user may read. OSError."""
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))


def _private(folder: Path) -> list[Path]:
    """Make it and what is above it; the folders in which something new lies."""
    if folder.is_dir():
        return []
    changed = _private(folder.parent)
    folder.mkdir(0o700, exist_ok=True)
    return [*changed, folder.parent]


def flush_folder(folder: Path) -> None:
    """Onto the disk: a name that was given is lost with the power otherwise."""
    if os.name == "nt":  # which opens no folders
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The exam store's files cannot be reached or written ({error.strerror}). Free space, "
            "or allow this user to write there."
        ) from None
