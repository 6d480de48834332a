"""The members of a zip from outside, read under no name of theirs and within bounds."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from senoscope.domain.errors import SourceUnavailable, StorageError
from senoscope.studies.files.study_limits import PREAMBLE, StudyLimits, is_dicom, too_many, too_much

LARGEST_DIRECTORY = 16 * 2**20
"""Bytes of the list of members, which is read at once."""
MAY_BE_DENSE = 8 * 2**20
"""Bytes that a member may unpack to whatever its ratio: a small mask of zeros packs 1000 to 1."""
CHUNK = 2**20

ZIP_DAMAGE = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    UnicodeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What zipfile raises at a damaged zip."""

BAD_NAME = 'refused: its name in the zip is absolute or has ".." in it'
TOO_DEEP = "refused: it lies in too many folders"
LINK = "refused: it is a link"
ENCRYPTED = "refused: it is encrypted; pack it again without a password"
PACKED = "refused: it is packed by another method than store or deflate; pack it again as zip"
NESTED = "refused: it is a zip within the zip; unpack that one and give it by itself"
DAMAGED = "refused: it is damaged in the zip; copy or pack it again"


class Refused(Exception):
    """One member is not read; the reason is the message."""


class _WaryArchive:
    """A file of which zipfile is given no more than a list of members has at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        if size > LARGEST_DIRECTORY:
            raise SourceUnavailable(
                f"The zip's list of members is larger than {LARGEST_DIRECTORY // 2**20} MB. Pack "
                "one study into one zip."
            )
        return self._file.read(LARGEST_DIRECTORY if size < 0 else size)

    def seek(self, place: int, whence: int = 0, /) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


class ZipMembers:
    """Each member's DICOM file is written to `spool` under its number, and nothing else is."""

    def __init__(self, file: BinaryIO, spool: Path, limits: StudyLimits) -> None:
        """SourceUnavailable where the zip is damaged or holds more than `limits` allow."""
        self._spool = spool
        self._limits = limits
        try:
            self._archive = zipfile.ZipFile(cast(IO[bytes], _WaryArchive(file)))
        except ZIP_DAMAGE:
            raise SourceUnavailable(
                "The zip is damaged, or is none. Copy it again, or pack it again."
            ) from None
        members = [each for each in self._archive.infolist() if not each.is_dir()]
        if len(members) > limits.most_files:
            raise too_many("zip", limits)
        # zipfile gives no more of a member than it announces.
        if sum(each.file_size for each in members) > limits.most_bytes:
            raise too_much("zip", limits)
        # Members that share their bytes unpack to far more than the ratio of each allows.
        if sum(each.compress_size for each in members) > file.seek(0, 2):
            raise SourceUnavailable(
                "The zip announces more than it holds: it is damaged, or made to fill the disk. "
                "Pack the study again."
            )
        self._members = members

    def __iter__(self) -> Iterator[int]:
        """The members' numbers, from 1, in the order in which the zip lists them."""
        return iter(range(1, len(self._members) + 1))

    def spooled(self, number: int) -> Path | None:
        """The member's bytes as a file of ours; None where it is no DICOM file.

        `Refused` says why this one is not read, SourceUnavailable why none more is.
        """
        member = self._members[number - 1]
        self._require_harmless(member)
        path = self._spool / str(number)
        try:
            with self._archive.open(member) as packed:
                start = packed.read(PREAMBLE)
                if start[:4] == b"PK\x03\x04":
                    raise Refused(NESTED)
                if not is_dicom(start):
                    return None
                _unpack(packed, start, path)
        except ZIP_DAMAGE:
            path.unlink(missing_ok=True)
            raise Refused(DAMAGED) from None
        return path

    def _require_harmless(self, member: zipfile.ZipInfo) -> None:
        # zipfile has cut the name at a NUL; both kinds of slash part folders somewhere.
        name = member.filename.replace("\\", "/")
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or (parts and ":" in parts[0]):
            raise Refused(BAD_NAME)
        if len(parts) - 1 > self._limits.deepest_folder:
            raise Refused(TOO_DEEP)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise Refused(LINK)
        if member.flag_bits & 1:
            raise Refused(ENCRYPTED)
        # LZMA alone may ask for gigabytes of memory before a byte comes.
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(PACKED)
        densest = max(MAY_BE_DENSE, self._limits.largest_ratio * member.compress_size)
        if member.file_size > densest:
            raise Refused(
                f"refused: it unpacks to more than {self._limits.largest_ratio} times its size; "
                "give it unpacked, in a folder"
            )


def _unpack(packed: IO[bytes], start: bytes, path: Path) -> None:
    with _created(path) as file:
        chunk = start
        while chunk:
            _write(file, chunk)
            chunk = packed.read(CHUNK)


def _created(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise _no_room(error) from error


def _write(file: BinaryIO, chunk: bytes) -> None:
    try:
        file.write(chunk)
        file.flush()  # so that a full disk is met here, not when the file is closed
    except OSError as error:
        raise _no_room(error) from error


def _no_room(error: OSError) -> StorageError:
    return StorageError(
        f"The zip's files could not be written to the temporary folder ({error.strerror}). Free "
        "room there, or give the study unpacked, as a folder."
    )
