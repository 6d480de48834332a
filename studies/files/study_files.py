"""From a folder, a zip, a DICOMDIR or one file to the headers of its DICOM files, one by one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import BinaryIO, Self

from pydicom import Dataset, uid

from senoscope.domain.errors import SourceUnavailable, StorageError
from senoscope.studies.files.bare_file import completed
from senoscope.studies.files.study_header import NO_DICOM, read_header, text_of
from senoscope.studies.files.study_limits import (
    PREAMBLE,
    LeftOut,
    StudyLimits,
    is_dicom,
    too_many,
    too_much,
)
from senoscope.studies.files.zip_members import LINK, Refused, ZipMembers

ZIP_START = b"PK\x03\x04"
EMPTY_ZIP_START = b"PK\x05\x06"

DICOMDIR = "a DICOMDIR: a list of files; the files themselves were looked for"
PASSED_OVER = (NO_DICOM, DICOMDIR)
"""Reasons for which nothing of a study is lost."""
ZIP_IN_FOLDER = "refused: it is a zip within the folder; give it by itself"
_TOO_DEEP = "refused: a folder that lies in too many folders"
CLOSED = "refused: it may not be read; check who may"
_NO_FILE = "refused: it is neither a file nor a folder"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One DICOM file. `place` counts all files from 1; `path` may hold a name and is not shown.

    `header` holds what `study_header` reads, no pixels; `pixels_at` is the byte at which the
    element of the pixels begins, or the file's end.
    """

    place: int
    path: Path = field(repr=False)
    header: Dataset = field(repr=False)
    pixels_at: int


class StudyFiles:
    """The DICOM files at `path`, found by their content, as `FoundFile` while one iterates.

    A DICOMDIR stands for the folder it lies in. Links are not followed. A zip's members are written
    to a private temporary folder under their number, one when it is asked for; all go at `close`,
    and with them the found paths. `left_out` is whole when the iteration is.

    `without_preamble`: files that begin without "DICM", but else as DICOM does, are read too, by a
    completed copy in that folder; members of a zip are not.

    SourceUnavailable where there is nothing to read or more than `limits`; StorageError where the
    temporary folder is full.
    """

    def __init__(
        self, path: Path, limits: StudyLimits | None = None, *, without_preamble: bool = False
    ) -> None:
        self._path = path
        self._without_preamble = without_preamble
        self._limits = limits or StudyLimits()
        self._spool: TemporaryDirectory[str] | None = None
        self._left_out: dict[str, list[int]] = {}
        self._listed: tuple[Path, ...] | None = None

    @classmethod
    def listed(cls, paths: Sequence[Path]) -> Self:
        """These files alone, in this order, whatever lies beside them: those of the exam store."""
        files = cls(Path())
        files._listed = tuple(paths)
        return files

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Removes what was unpacked."""
        if self._spool is not None:
            self._spool.cleanup()
            self._spool = None

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What was not read, by reason, in the order in which it was met."""
        return tuple(
            LeftOut(reason, tuple(places), reason not in PASSED_OVER)
            for reason, places in self._left_out.items()
        )

    def __iter__(self) -> Iterator[FoundFile]:
        """From the first file on; what was unpacked before is removed."""
        self.close()
        self._left_out = {}
        if self._listed is not None:
            found = (self._found(place, path) for place, path in enumerate(self._listed, 1))
            return iter([each for each in found if each is not None])
        try:
            status = self._path.stat()  # the path itself may be a link: it is the person's own
            if stat.S_ISDIR(status.st_mode):
                return self._of_folder(self._path)
            if not stat.S_ISREG(status.st_mode):
                raise SourceUnavailable(
                    "What was given is neither a file nor a folder. Choose a folder, a zip or a "
                    "DICOM file."
                )
            with self._path.open("rb") as file:
                start = file.read(PREAMBLE)
        except OSError as error:
            raise _unreadable(error) from error
        if start[:4] in (ZIP_START, EMPTY_ZIP_START):
            return self._of_zip()
        return self._of_file()

    def _of_file(self) -> Iterator[FoundFile]:
        found = self._found(1, self._path.resolve())
        if found is not None:
            yield found
        elif DICOMDIR in self._left_out:
            self._left_out = {}
            yield from self._of_folder(self._path.parent)

    def _of_zip(self) -> Iterator[FoundFile]:
        spool = self._spool_folder()
        try:
            opened = self._path.open("rb")
        except OSError as error:
            raise _unreadable(error) from error
        with opened as file:
            members = ZipMembers(file, spool, self._limits)
            for number in members:
                try:
                    path = members.spooled(number)
                except Refused as refused:
                    self._leave_out(str(refused), number)
                    continue
                if path is None:
                    self._leave_out(NO_DICOM, number)
                elif (found := self._found(number, path)) is not None:
                    yield found
                else:
                    path.unlink()

    def _spool_folder(self) -> Path:
        if self._spool is None:
            try:
                self._spool = TemporaryDirectory(prefix="senoscope-study-")
            except OSError as error:
                raise StorageError(
                    f"No temporary folder could be made for the study ({error.strerror}). Free "
                    "room there, or give the study unpacked, as a folder of whole DICOM files."
                ) from error
        return Path(self._spool.name)

    def _of_folder(self, root: Path) -> Iterator[FoundFile]:
        size = 0
        for place, entry in enumerate(self._files_below(root), 1):
            if entry is None:
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                self._leave_out(CLOSED, place)
                continue
            size += status.st_size
            if size > self._limits.most_bytes:
                raise too_much("folder", self._limits)
            if stat.S_ISLNK(status.st_mode):
                self._leave_out(LINK, place)
            elif not stat.S_ISREG(status.st_mode):
                self._leave_out(_NO_FILE, place)
            elif (found := self._found(place, Path(entry.path))) is not None:
                yield found

    def _files_below(self, root: Path) -> Iterator[os.DirEntry[str] | None]:
        """By name, for the same numbers at every reading; None for a folder that is left out."""
        met = 0
        place = 0
        folders = [(str(root), 0)]
        while folders:
            folder, depth = folders.pop()
            entries: list[os.DirEntry[str]] = []
            reason = _TOO_DEEP if depth > self._limits.deepest_folder else None
            try:
                with os.scandir(folder) as listed:
                    for entry in listed if reason is None else ():
                        met += 1
                        if met > self._limits.most_files:
                            raise too_many("folder", self._limits)
                        entries.append(entry)
            except OSError as error:
                if folder == str(root):
                    raise _unreadable(error) from error
                reason = CLOSED
            if reason is not None:
                place += 1
                self._leave_out(reason, place)
                yield None
            entries.sort(key=lambda entry: entry.name)
            below = [each for each in entries if each.is_dir(follow_symlinks=False)]
            folders.extend((each.path, depth + 1) for each in reversed(below))
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    place += 1
                    yield entry

    def _found(self, place: int, path: Path) -> FoundFile | None:
        try:
            with open_plain(path) as file:
                start = file.read(PREAMBLE)
                if start[:4] == ZIP_START:
                    self._leave_out(ZIP_IN_FOLDER, place)
                    return None
                if not is_dicom(start):
                    return self._found_bare(place, file)
                file.seek(0)
                header, pixels_at = read_header(file)
        except OSError:
            self._leave_out(CLOSED, place)
            return None
        except SourceUnavailable as error:
            self._leave_out(f"refused: {error}", place)
            return None
        if text_of(header.file_meta, "MediaStorageSOPClassUID") == uid.MediaStorageDirectoryStorage:
            self._leave_out(DICOMDIR, place)
            return None
        return FoundFile(place, path, header, pixels_at)

    def _found_bare(self, place: int, file: BinaryIO) -> FoundFile | None:
        if self._without_preamble:
            copy = self._spool_folder() / f"bare-{place}"
            if completed(file, copy):
                return self._found(place, copy)
        self._leave_out(NO_DICOM, place)
        return None

    def _leave_out(self, reason: str, place: int) -> None:
        self._left_out.setdefault(reason, []).append(place)


def open_plain(path: Path) -> BinaryIO:
    """Open for reading; OSError where it has become a link or a pipe since it was listed."""
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags))


def _unreadable(error: OSError) -> SourceUnavailable:
    return SourceUnavailable(
        f"What was given cannot be read ({error.strerror}). Check that it is there and that you "
        "may open it."
    )
