"""What a compressed picture says of its own size, read before anything is decoded."""

from __future__ import annotations

import struct

from pydicom import uid

LOSSY_METHODS = {
    uid.JPEGBaseline8Bit: "ISO_10918_1",
    uid.JPEGExtended12Bit: "ISO_10918_1",
    uid.JPEGLSNearLossless: "ISO_14495_1",
}
"""Transfer syntaxes that lose in any case, by LossyImageCompressionMethod. JPEG 2000 may."""
_JPEG_SIZES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7)
"""The markers of a frame's head: JPEG's, and JPEG-LS's 0xF7."""
_ALONE = (0x01, *range(0xD0, 0xD9))
"""Markers without a length."""


def jpeg_size(coded: bytes) -> tuple[int, int] | None:
    """(columns, rows) of a JPEG or JPEG-LS picture; None where none is said."""
    place = 0
    while place + 9 <= len(coded) and coded[place] == 0xFF:
        marker = coded[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
        elif marker in _JPEG_SIZES:
            rows, columns = struct.unpack_from(">HH", coded, place + 5)
            return columns, rows
        else:
            place += 2 + struct.unpack_from(">H", coded, place + 2)[0]
    return None


def jpeg2000_size(coded: bytes) -> tuple[int, int] | None:
    """(columns, rows) of a JPEG 2000 code stream; None where it does not begin with one."""
    if len(coded) < 24 or coded[:4] != b"\xff\x4f\xff\x51":
        return None
    right, bottom, left, top = struct.unpack_from(">4L", coded, 8)
    return right - left, bottom - top
