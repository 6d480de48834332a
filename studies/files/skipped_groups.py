"""A header without what it says of each frame, which may be a quarter of a million elements.

pydicom makes an object of each element of a sequence without a length, whether it is asked for or
not. Here such a sequence is passed over by its marks alone.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO

from pydicom import Dataset
from pydicom.config import disable_value_validation
from pydicom.filereader import read_dataset, read_partial
from pydicom.tag import BaseTag

from senoscope.domain.errors import SourceUnavailable

FRAME_GROUPS_TAG = 0x52009230
"""PerFrameFunctionalGroupsSequence."""
MOST_SKIPPED = 5_000_000
"""Elements: a second or two."""
DEEPEST = 32
"""Sequences and items within one another, counted both."""
UNDEFINED = 0xFFFFFFFF
FRAMES_CUT_OFF = "it is cut off in its header; copy it again, or export it again from the scanner"
TOO_MUCH = "it says more of its frames than is read here; export it again from the scanner"
_PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
_LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
"""Value representations whose length has 32 bits (PS3.5 7.1.2)."""


def read_without_frames(wary: BinaryIO, file: BinaryIO, tags: list[BaseTag | int]) -> Dataset:
    """As `dcmread` before the pixels, but without the functional groups of single frames.

    `wary` is `file` with a budget, which does not count what is passed over. SourceUnavailable, as
    half a sentence, where that is damaged; else what pydicom raises.
    """
    header: Dataset = read_partial(wary, stop_when=_stops_at(FRAME_GROUPS_TAG), specific_tags=tags)
    implicit, little = header.original_encoding
    place = file.tell()
    if _is_at_groups(file, little is not False):
        _skip_element(file, is_explicit=implicit is False, is_little=little is not False)
        with disable_value_validation():
            rest = read_dataset(
                wary,
                bool(implicit),
                little is not False,
                stop_when=_stops_at(),
                specific_tags=tags,
            )
        header.update(rest)
    else:
        file.seek(place)
    return header


def _stops_at(*tags: int) -> Callable[[BaseTag, str | None, int], bool]:
    ends = frozenset((*tags, *_PIXELS))
    return lambda tag, _vr, _length: tag in ends


def _is_at_groups(file: BinaryIO, is_little: bool) -> bool:
    place = file.tell()
    head = file.read(4)
    file.seek(place)
    group, element = FRAME_GROUPS_TAG >> 16, FRAME_GROUPS_TAG & 0xFFFF
    return head == struct.pack("<HH" if is_little else ">HH", group, element)


def _skip_element(file: BinaryIO, *, is_explicit: bool, is_little: bool) -> None:
    order = "<" if is_little else ">"
    pair, long = struct.Struct(f"{order}HH"), struct.Struct(f"{order}L")
    depth = 0
    for _ in range(MOST_SKIPPED):
        head = file.read(8)
        if len(head) < 8:
            raise SourceUnavailable(FRAMES_CUT_OFF)
        group, element = pair.unpack_from(head)
        if group == 0xFFFE:
            length = long.unpack_from(head, 4)[0]
            depth -= element in (0xE00D, 0xE0DD)
            is_opened = element == 0xE000 and length == UNDEFINED
            length = length if element == 0xE000 else 0
        else:
            length = _length(file, head, long) if is_explicit else long.unpack_from(head, 4)[0]
            is_opened = length == UNDEFINED
        if is_opened:
            depth += 1
        elif length:
            file.seek(length, 1)
        if depth <= 0:
            return
        if depth > DEEPEST:
            break
    raise SourceUnavailable(TOO_MUCH)


def _length(file: BinaryIO, head: bytes, long: struct.Struct) -> int:
    """Of an element whose tag and value representation were read."""
    if head[4:6] not in _LONG:
        return int.from_bytes(head[6:8], "little" if long.format[0] in "<" else "big")
    more = file.read(4)
    if len(more) < 4:
        raise SourceUnavailable(FRAMES_CUT_OFF)
    return int(long.unpack(more)[0])
