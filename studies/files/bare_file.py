"""DICOM files that begin without the preamble and meta group of PS3.10, completed on request."""

from __future__ import annotations

import re
import shutil
import struct
from pathlib import Path
from typing import BinaryIO

from pydicom import FileMetaDataset, uid
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info

from senoscope.domain.errors import StorageError

LONGEST_START = 4096
"""Bytes within which SOPClassUID and SOPInstanceUID have to be said."""
_UID = re.compile(rb"([0-9.]{1,64})[ \0]?")
_PREAMBLE = bytes(128) + b"DICM"
_META_GROUP = b"\x02\x00\x00\x00UL\x04\x00"
_SOP_CLASS, _SOP_INSTANCE = 0x0016, 0x0018
_LONG = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT")


def completed(file: BinaryIO, to: Path) -> bool:
    """Whether what `file` holds is DICOM without its beginning; then it is at `to`, with it.

    Only the file's first elements tell: those of group 0008 in rising order, of even lengths, with
    the two UIDs of the SOP Common module. Their form tells explicit from implicit VR, little
    endian. OSError where `file` cannot be read, StorageError where `to` has no room.
    """
    file.seek(0)
    beginning = missing_beginning(file.read(LONGEST_START))
    if beginning is None:
        return False
    file.seek(0)
    try:
        with to.open("xb") as made:
            made.write(beginning)
            shutil.copyfileobj(file, made, 2**20)
    except OSError as error:
        to.unlink(missing_ok=True)
        raise StorageError(
            f"A file without its preamble could not be completed ({error.strerror}). Free room in "
            "the temporary folder, or give fewer files."
        ) from error
    return True


def missing_beginning(start: bytes) -> bytes | None:
    """What has to stand before a file that begins so; None where it does not look like DICOM."""
    if start.startswith(_META_GROUP):
        return _PREAMBLE
    for syntax in (uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian):
        uids = _uids(start, is_explicit=syntax == uid.ExplicitVRLittleEndian)
        if uids is not None:
            meta = FileMetaDataset()
            meta.TransferSyntaxUID = syntax
            meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = map(uid.UID, uids)
            meta.ImplementationClassUID = uid.PYDICOM_IMPLEMENTATION_UID
            written = DicomBytesIO()
            write_file_meta_info(written, meta)
            return _PREAMBLE + written.getvalue()
    return None


def _uids(start: bytes, *, is_explicit: bool) -> tuple[str, str] | None:
    """SOPClassUID and SOPInstanceUID; None where one is missing or an element is impossible."""
    said: dict[int, str] = {}
    place, last = 0, -1
    while place + 8 <= len(start):
        group, element, letters, length = struct.unpack_from("<HH2sH", start, place)
        if not is_explicit:
            (length,) = struct.unpack_from("<L", start, place + 4)
        elif letters in _LONG or not (letters.isalpha() and letters.isupper()):
            return None  # none of them is due so early
        value = start[place + 8 : place + 8 + length]
        if group != 0x0008 or element <= last or length % 2 or len(value) < length:
            return None
        if element in (_SOP_CLASS, _SOP_INSTANCE):
            if (read := _UID.fullmatch(value)) is None:
                return None
            said[element] = read[1].decode()
        if element >= _SOP_INSTANCE:
            break
        place, last = place + 8 + length, element
    if len(said) < 2:
        return None
    return said[_SOP_CLASS], said[_SOP_INSTANCE]
