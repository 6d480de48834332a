"""Whether a file's pixels are all there and of a kind that is decoded, without decoding them."""

from __future__ import annotations

import struct
from typing import BinaryIO

from pydicom import Dataset, uid

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import FoundFile, open_plain
from senoscope.studies.files.study_header import text_of, whole_of
from senoscope.studies.pixels.cine_frames import DECODERS, is_decoded
from senoscope.studies.pixels.pixel_places import MOST_FRAMES, UNDEFINED, FramePlaces

NOT_DECODED = "stored as {}, which is not decoded here"
CUT_OFF = "cut off: the file ends before its pixels do"
NONE = "no pixels: the file ends before them, or holds them in another form"
NO_SIZE = "of no usable size (Rows, Columns, NumberOfFrames, BitsAllocated)"
OTHER_FORM = "not stored as the transfer syntax says"


def registered_name(identifier: str) -> str:
    """A registered UID's name; of another nothing, since it may hold anything."""
    name = uid.UID(identifier).name
    return name if name != identifier else "a kind that is not registered"


def has_pixels(header: Dataset) -> bool:
    """Whether it is a picture, or should be by its SOP class."""
    is_sized = whole_of(header, "Rows") is not None or whole_of(header, "Columns") is not None
    return is_sized or "Image Storage" in registered_name(text_of(header, "SOPClassUID"))


def pixel_trouble(found: FoundFile) -> str | None:
    """Why the pixels cannot be used here, as one clause; None where they can, or none are due."""
    header = found.header
    if not has_pixels(header):
        return None
    syntax = uid.UID(text_of(header.file_meta, "TransferSyntaxUID"))
    stored = whole_of(header, "BitsStored") or 0
    if not is_decoded(syntax, stored):
        depth = f" of {stored} bit" if syntax in DECODERS else ""
        return NOT_DECODED.format(registered_name(syntax) + depth)
    count = whole_of(header, "NumberOfFrames") or 1
    bits = _bits_of_frame(header)
    if not 1 <= count <= MOST_FRAMES or bits < 1:
        return NO_SIZE
    try:
        with open_plain(found.path) as file:
            size = file.seek(0, 2)
            file.seek(found.pixels_at)
            return _trouble(file, syntax, count, bits, size)
    except OSError:
        return CUT_OFF


def _bits_of_frame(header: Dataset) -> int:
    rows, columns = whole_of(header, "Rows") or 0, whole_of(header, "Columns") or 0
    samples = whole_of(header, "SamplesPerPixel") or 1
    if text_of(header, "PhotometricInterpretation") == "YBR_FULL_422":
        samples = 2
    return rows * columns * samples * (whole_of(header, "BitsAllocated") or 0)


def _trouble(file: BinaryIO, syntax: uid.UID, count: int, bits: int, size: int) -> str | None:
    head = file.read(8 if syntax.is_implicit_VR else 12)
    if len(head) < 8 or head[:4] != b"\xe0\x7f\x10\x00":
        return NONE
    length: int = struct.unpack("<L", head[-4:])[0]
    if (length == UNDEFINED) != syntax.is_encapsulated:
        return OTHER_FORM
    if not syntax.is_encapsulated:
        due = (count * bits + 7) // 8
        return CUT_OFF if file.tell() + max(due, length) > size or length < due else None
    try:
        FramePlaces.encapsulated(file, count, size)
    except SourceUnavailable:
        return CUT_OFF
    return None
