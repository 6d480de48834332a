"""multipart/related of DICOM files (RFC 2387, PS3.18 8.6): one at a time, never whole in memory."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from senoscope.studies.files.study_files import open_plain

PIECE = 2**16
"""Bytes read or written at once."""
LARGEST_HEAD = 2**13
"""Of one part's headers, and of what comes before the first part."""
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


class Malformed(Exception):
    """Not what RFC 2046 describes, or cut off; says what, and nothing of the content."""


@dataclass(frozen=True, slots=True)
class PartBegins:
    """`kind` is its media type, lower case, without parameters; empty where it has none."""

    kind: str


@dataclass(frozen=True, slots=True)
class PartEnds:
    """All of its bytes have come."""


class OneFile:
    """A body of one DICOM file, to be sent; `length` in bytes. OSError where it is not readable."""

    def __init__(self, path: Path) -> None:
        boundary = secrets.token_hex(24)
        self._path = path
        self._head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._size = path.stat().st_size
        self.length = len(self._head) + self._size + len(self._tail)
        self.content_type = f'multipart/related; type="application/dicom"; boundary={boundary}'

    def __iter__(self) -> Iterator[bytes]:
        """The body in pieces. OSError also where the file is no longer as long as it was."""
        yield self._head
        left = self._size
        with open_plain(self._path) as file:
            while left:
                piece = file.read(min(PIECE, left))
                if not piece:
                    raise OSError("the file was cut off while it was sent")
                left -= len(piece)
                yield piece
        yield self._tail


def boundary_of(content_type: str) -> str:
    """The boundary that a multipart answer names. Malformed where it is no such answer."""
    kind, *parameters = content_type.split(";")
    if kind.strip().lower() != "multipart/related":
        raise Malformed("it is no multipart/related")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "boundary":
            found = value.strip().strip('"')
            if _BOUNDARY.fullmatch(found):
                return found
    raise Malformed("it names no boundary that can be one")


def parts(pieces: Iterable[bytes], boundary: str) -> Iterator[PartBegins | bytes | PartEnds]:
    """What a multipart body holds, in order: each part's begin, its bytes in pieces, its end.

    At most a piece, a head and a boundary are kept at a time. Malformed where the body breaks off
    or is not built as such.
    """
    source = iter(pieces)
    mark = b"\r\n--" + boundary.encode("ascii")
    kept = _after_first(source, mark)
    while True:
        kept = _at_least(kept, source, 2)
        if kept.startswith(b"--"):
            return
        kind, kept = _head(kept, source)
        yield PartBegins(kind)
        while (place := kept.find(mark)) < 0:
            # The mark may lie across two pieces.
            sure = max(0, len(kept) - len(mark) + 1)
            if sure:
                yield kept[:sure]
            kept = kept[sure:] + _next(source)
        if place:
            yield kept[:place]
        kept = kept[place + len(mark) :]
        yield PartEnds()


def _after_first(source: Iterator[bytes], mark: bytes) -> bytes:
    """What follows the first boundary, which may be the very first line."""
    kept = b"\r\n"
    while (place := kept.find(mark)) < 0:
        if len(kept) > LARGEST_HEAD + PIECE:
            raise Malformed("no part begins")
        kept += _next(source)
    return kept[place + len(mark) :]


def _head(kept: bytes, source: Iterator[bytes]) -> tuple[str, bytes]:
    """The media type of the part, and what follows its empty line."""
    while (end := kept.find(b"\r\n\r\n")) < 0:
        if len(kept) > LARGEST_HEAD + PIECE:
            raise Malformed("the headers of a part do not end")
        kept += _next(source)
    head = kept[:end]
    if end > LARGEST_HEAD:
        raise Malformed("the headers of a part are too long")
    padding, *lines = head.decode("latin-1").split("\r\n")
    if padding.strip(" \t"):
        raise Malformed("a boundary is not followed by its line's end")
    kind = ""
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-type":
            kind = value.split(";")[0].strip().lower()
    return kind, kept[end + 4 :]


def _at_least(kept: bytes, source: Iterator[bytes], length: int) -> bytes:
    while len(kept) < length:
        kept += _next(source)
    return kept


def _next(source: Iterator[bytes]) -> bytes:
    try:
        return next(source)
    except StopIteration:
        raise Malformed("it breaks off") from None
