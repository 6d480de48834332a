"""Where in a DICOM file the bytes of each frame lie, found without reading them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from senoscope.domain.errors import SourceUnavailable

MOST_FRAMES = 20_000
"""Five minutes at 60 a second."""
MOST_FRAGMENTS = 4 * MOST_FRAMES

Place = tuple[int, int]
"""Offset from the file's start and length, bytes."""

UNDEFINED = 0xFFFFFFFF
"""The length of an element that ends by a mark."""
_ITEM = b"\xfe\xff\x00\xe0"
_END = b"\xfe\xff\xdd\xe0"


@dataclass(frozen=True, slots=True)
class FramePlaces:
    """The places whose bytes, one after the other, are a frame; a tuple of them for each frame."""

    frames: tuple[tuple[Place, ...], ...]

    @classmethod
    def native(cls, file: BinaryIO, count: int, frame_bytes: int, size: int) -> FramePlaces:
        """Of pixels that are not compressed, from where `file` stands in its `size` bytes."""
        start = file.tell()
        if start + count * frame_bytes > size:
            raise _cut_off((size - start) // frame_bytes, count)
        places = (((start + place * frame_bytes, frame_bytes),) for place in range(count))
        return cls(tuple(places))

    @classmethod
    def encapsulated(cls, file: BinaryIO, count: int, size: int) -> FramePlaces:
        """Of compressed pixels, from the item of offsets on, at which `file` stands."""
        offsets = _offsets(file, count, size)
        first = file.tell()
        fragments = _fragments(file, count, size)
        if offsets:
            # An offset is that of a fragment's tag, from the first one's.
            starts = {first + each for each in offsets}
            groups: list[list[Place]] = []
            for fragment in fragments:
                if fragment[0] - 8 in starts or not groups:
                    groups.append([])
                groups[-1].append(fragment)
        elif count == 1:
            groups = [fragments]
        else:
            groups = [[fragment] for fragment in fragments]
        if len(groups) < count:
            raise _cut_off(len(groups), count)
        if len(groups) > count:
            raise SourceUnavailable(
                f"The DICOM file announces {count} frames and its pixel data are in {len(groups)} "
                "parts that nothing assigns to them; expected one part a frame, or a table of "
                "offsets. Export it again from the scanner."
            )
        return cls(tuple(tuple(group) for group in groups))


def _offsets(file: BinaryIO, count: int, size: int) -> tuple[int, ...]:
    """The basic offset table; empty where there is none, or none that can be right."""
    tag, length = _head(file)
    if tag != _ITEM or length % 4 or file.tell() + length > size:
        raise _cut_off(0, count)
    if length != 4 * count:
        file.seek(length, 1)
        return ()
    return struct.unpack(f"<{count}L", file.read(length))


def _fragments(file: BinaryIO, count: int, size: int) -> list[Place]:
    fragments: list[Place] = []
    while True:
        tag, length = _head(file)
        if tag == _END:
            return fragments
        start = file.tell()
        if tag != _ITEM or length == UNDEFINED or start + length > size:
            raise _cut_off(min(len(fragments), count), count)
        fragments.append((start, length))
        if len(fragments) > MOST_FRAGMENTS:
            raise SourceUnavailable(
                f"The DICOM file's pixel data are in more than {MOST_FRAGMENTS} parts; expected "
                "about one a frame. Export it again from the scanner."
            )
        file.seek(length, 1)


def _head(file: BinaryIO) -> tuple[bytes, int]:
    head = file.read(8)
    if len(head) < 8:
        return b"", 0
    return head[:4], struct.unpack("<L", head[4:])[0]


def _cut_off(came: int, announced: int) -> SourceUnavailable:
    return SourceUnavailable(
        f"The DICOM file's pixel data break off: it announces {announced} frames, and {came} of "
        "them are whole. Copy it again, or export it again from the scanner."
    )
