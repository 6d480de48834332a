"""The DICOM files of an archive, one by one, however many there are."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import (
    CLOSED,
    PASSED_OVER,
    ZIP_IN_FOLDER,
    FoundFile,
    StudyFiles,
)
from senoscope.studies.files.study_header import text_of
from senoscope.studies.files.study_limits import StudyLimits
from senoscope.studies.files.zip_members import LINK
from senoscope.studies.modes.ultrasound_clip import is_ultrasound

NO_STUDY = "refused: it says no StudyInstanceUID; export it again from the scanner"
DEEPEST = 64
"""Folders within one another: each is open while what is below it is walked."""
TOO_DEEP = f"refused: it lies in more than {DEEPEST} folders"
_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file, or a zip's member of that number, from 1. `path` may hold a name."""

    path: str = field(repr=False)
    member: int = 0

    def __str__(self) -> str:
        """For a person; names of files need not be UTF-8."""
        path = os.fsencode(self.path).decode(errors="replace")
        return f"{path}, number {self.member} in it" if self.member else path


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One DICOM file of a study, before more than its header is looked at."""

    place: FilePlace
    study_uid: str
    is_ultrasound: bool


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """One that may have been part of a study, or a whole zip; `why` holds nothing of its name."""

    place: FilePlace
    why: str


class ArchiveFiles:
    """All files below `paths`: folders, zips, also zips in folders, and files. Links are passed by.

    Of a folder no list is made: what is held at a time is one entry of each folder above, and of a
    zip one member. `left_out` counts what is no part of any study, by reason, and folders that may
    not be looked into; a file that may not be read is refused.

    SourceUnavailable where a path of `paths` itself cannot be read, here and while one iterates.
    """

    def __init__(self, paths: Sequence[Path], limits: StudyLimits | None = None) -> None:
        self.left_out: Counter[str] = Counter()
        self.looked_at = 0
        self._paths, self._limits = paths, limits or StudyLimits()
        for path in paths:
            _given(path)

    def __iter__(self) -> Iterator[ArchivedFile | RefusedFile]:
        for path in self._paths:
            given, is_folder = _given(path)
            yield from self._folder(given) if is_folder else self._file(given)

    def _folder(self, root: str) -> Iterator[ArchivedFile | RefusedFile]:
        opened = [os.scandir(root)]
        try:
            while opened:
                entry = self._next(opened[-1])
                if entry is None:
                    opened.pop().close()
                    continue
                kind = self._kind(entry)
                if stat.S_ISDIR(kind):
                    if len(opened) >= DEEPEST:
                        self.left_out[TOO_DEEP] += 1
                    elif (below := self._opened(entry.path)) is not None:
                        opened.append(below)
                elif stat.S_ISLNK(kind):
                    self.left_out[LINK] += 1
                elif stat.S_ISREG(kind):
                    yield from self._file(entry.path)
        finally:
            for each in opened:
                each.close()

    def _next(self, entries: Iterator[os.DirEntry[str]]) -> os.DirEntry[str] | None:
        try:
            return next(entries, None)
        except OSError:  # a disk that fails in the middle of a folder
            self.left_out[CLOSED] += 1
            return None

    def _kind(self, entry: os.DirEntry[str]) -> int:
        """As the disk says; 0 where it says nothing."""
        try:
            return entry.stat(follow_symlinks=False).st_mode
        except OSError:
            self.left_out[CLOSED] += 1
            return 0

    def _opened(self, path: str) -> os._ScandirIterator[str] | None:
        try:
            return os.scandir(path)
        except OSError:
            self.left_out[CLOSED] += 1
            return None

    def _file(self, path: str) -> Iterator[ArchivedFile | RefusedFile]:
        self.looked_at += 1
        files = StudyFiles.listed([Path(path)])
        for found in files:
            yield self._made(found, FilePlace(path))
        for each in files.left_out:
            if each.reason == ZIP_IN_FOLDER:
                yield from self._zip(path)
            else:
                yield from self._left(each.reason, FilePlace(path))

    def _zip(self, path: str) -> Iterator[ArchivedFile | RefusedFile]:
        try:
            with StudyFiles(Path(path), self._limits) as files:
                for found in files:
                    self.looked_at += 1
                    made = self._made(found, FilePlace(path, found.place))
                    found.path.unlink()  # whoever reads the study unpacks it again
                    yield made
                for each in files.left_out:
                    for member in each.places:
                        yield from self._left(each.reason, FilePlace(path, member))
        except SourceUnavailable as error:
            yield RefusedFile(FilePlace(path), str(error))

    def _left(self, reason: str, place: FilePlace) -> Iterator[RefusedFile]:
        if reason in PASSED_OVER:
            self.left_out[reason] += 1
        else:
            yield RefusedFile(place, reason)

    def _made(self, found: FoundFile, place: FilePlace) -> ArchivedFile | RefusedFile:
        uid = text_of(found.header, "StudyInstanceUID")
        if not _UID.fullmatch(uid):
            return RefusedFile(place, NO_STUDY)
        said = text_of(found.header, "SOPClassUID"), text_of(found.header, "Modality")
        return ArchivedFile(place, uid, is_ultrasound(*said))


def _given(path: Path) -> tuple[str, bool]:
    """Where it lies, and whether it is a folder. SourceUnavailable where it cannot be opened."""
    try:
        # What a person gave may be a link; what lies below may not.
        given = path.resolve(strict=True)
        is_folder = given.is_dir()
        os.close(os.open(given, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)))
    except OSError as error:
        raise SourceUnavailable(
            f"A path of the archive cannot be read ({error.strerror}). Check that it is there and "
            "that you may open it."
        ) from None
    return str(given), is_folder
