"""Files of an archive by study, on the disk: of 64 parts one is in memory at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Self, TextIO

from senoscope.domain.errors import StorageError
from senoscope.studies.archive.archive_files import ArchivedFile, FilePlace, RefusedFile
from senoscope.studies.files.study_limits import StudyLimits

PARTS = 64


@dataclass(frozen=True, slots=True)
class ArchivedStudy:
    """All files of one StudyInstanceUID; `has_more`: those beyond the limit are not in it."""

    files: tuple[FilePlace, ...] = field(repr=False)
    has_more: bool = False

    @property
    def place(self) -> str:
        """For a person: one of its files, and how many there are."""
        return f"{self.files[0]}, {len(self.files)} files"


class StudyGroups:
    """A context manager over `folder`, which is private. Files first, then the studies of them.

    A file costs its path and some ninety bytes on the disk. Studies come in no order, each once.
    Of one study no more than `limits.most_files` files are kept.
    """

    def __init__(self, folder: Path, limits: StudyLimits | None = None) -> None:
        self.holds_ultrasound = False
        self._most = (limits or StudyLimits()).most_files
        self._folder = folder
        self._opened = ExitStack()
        self._parts: list[TextIO] = []

    def __enter__(self) -> Self:
        try:
            for each in range(PARTS + 1):
                file = (self._folder / f"part {each}").open("w+", encoding="ascii")
                self._parts.append(self._opened.enter_context(file))
        except OSError as error:
            self._opened.close()
            raise _failed("made", error) from error
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # a full disk: what is not written is not needed any more
            self._opened.close()

    def add(self, file: ArchivedFile | RefusedFile) -> None:
        """StorageError where the temporary folder is full."""
        part, said = PARTS, ""
        if isinstance(file, ArchivedFile):
            self.holds_ultrasound |= file.is_ultrasound
            said = file.study_uid
            part = blake2b(said.encode(), digest_size=1).digest()[0] % PARTS
        else:
            said = file.why
        line = json.dumps([said, file.place.member, file.place.path])
        try:
            self._parts[part].write(f"{line}\n")
        except OSError as error:
            raise _failed("written", error) from error

    def refused(self) -> Iterator[RefusedFile]:
        """In the order in which they came."""
        for why, member, path in self._lines(self._parts[PARTS]):
            yield RefusedFile(FilePlace(path, member), why)

    def count(self) -> int:
        """How many studies there are."""
        return sum(len(self._studies(part)) for part in self._parts[:PARTS])

    def __iter__(self) -> Iterator[ArchivedStudy]:
        for part in self._parts[:PARTS]:
            yield from self._studies(part).values()

    def _studies(self, part: TextIO) -> dict[str, ArchivedStudy]:
        # By place: a file that was given twice is one.
        found: dict[str, dict[FilePlace, None]] = {}
        cut: set[str] = set()
        for uid, member, path in self._lines(part):
            files, place = found.setdefault(uid, {}), FilePlace(path, member)
            if place in files or len(files) < self._most:
                files[place] = None
            else:
                cut.add(uid)
        return {
            uid: ArchivedStudy(
                tuple(sorted(files, key=lambda each: (each.path, each.member))), uid in cut
            )
            for uid, files in found.items()
        }

    def _lines(self, part: TextIO) -> Iterator[tuple[str, int, str]]:
        try:
            part.flush()
        except OSError as error:
            raise _failed("written", error) from error
        try:
            part.seek(0)
            for line in part:
                said, member, path = json.loads(line)
                yield said, member, path
        except OSError as error:
            raise _failed("read", error) from error


def _failed(what: str, error: OSError) -> StorageError:
    return StorageError(
        f"The list of the archive's files in the temporary folder cannot be {what} "
        f"({error.strerror}). See that its disk has room and stays there."
    )
