"""All attributes before the pixels, read without believing what the file announces."""

from __future__ import annotations

from typing import BinaryIO, cast

from pydicom import Dataset, dcmread
from pydicom.config import disable_value_validation
from pydicom.dataelem import RawDataElement

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import FoundFile, open_plain
from senoscope.studies.files.study_header import CUT_OFF, DAMAGED, TOO_DEEP, HeaderFile
from senoscope.studies.pixels.cine_frames import DAMAGE

TOO_LARGE = "one of its sequences is larger than 4 MB; export it again from the scanner"
LARGEST_SEQUENCE = 4 * 2**20
"""Bytes: an empty item has eight of them and costs a kilobyte of memory."""


def whole_header(found: FoundFile) -> Dataset:
    """The header of a file that was found, private attributes among it.

    SourceUnavailable, as half a sentence that holds nothing of the header, where it is damaged.
    """
    try:
        opened = open_plain(found.path)
    except OSError as error:
        raise SourceUnavailable(f"it can be read no more ({error.strerror})") from error
    with opened as file:
        wary = HeaderFile(file)
        try:
            with disable_value_validation():
                # pydicom asks no more of a file than to read, seek and tell.
                header = dcmread(cast(BinaryIO, wary), stop_before_pixels=True)
                _require_small_sequences(header)
        except RecursionError:
            raise SourceUnavailable(TOO_DEEP) from None
        except DAMAGE:  # not chained: what pydicom says may quote the header
            raise SourceUnavailable(wary.refusal or DAMAGED) from None
        if wary.is_cut_off:
            raise SourceUnavailable(CUT_OFF)
    return header


def _require_small_sequences(header: Dataset) -> None:
    for raw in header.elements():
        if not isinstance(raw, RawDataElement) or raw.VR not in ("SQ", "UN", None):
            continue
        if LARGEST_SEQUENCE < raw.length < 2**32 - 1:
            raise SourceUnavailable(TOO_LARGE)
