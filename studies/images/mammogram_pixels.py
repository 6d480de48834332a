"""The stored grey values of a mammogram."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import DataElement, Dataset, dcmread, uid

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import FoundFile, open_plain
from senoscope.studies.files.study_header import HeaderFile, text_of, whole_of
from senoscope.studies.images.frame_facts import FRAME_GROUPS, frame_groups
from senoscope.studies.images.mammogram import FOR_PROCESSING
from senoscope.studies.images.stored_frames import StoredFrames
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.pixels.grey_scale import MONOCHROME

MOST_PIXELS = 64 * 2**20
"""Four times those of the largest detector: 128 MB as stored, of one image at a time."""


@dataclass(frozen=True, slots=True)
class GreyFrames:
    """Stored grey values, decoded one frame at a time, in any order.

    `header` is the whole one but for the pixels; its groups of single frames were read within
    bounds, or are not there.
    """

    header: Dataset = field(repr=False)
    frames: StoredFrames = field(repr=False)

    @classmethod
    def of(cls, image: StoredImage) -> GreyFrames:
        """SourceUnavailable, as half a sentence, or what `DAMAGE` lists, where it cannot be."""
        found = _found(image)
        header = found.header
        rows, columns = whole_of(header, "Rows") or 0, whole_of(header, "Columns") or 0
        if rows * columns > MOST_PIXELS:
            most = round(MOST_PIXELS**0.5)
            raise SourceUnavailable(
                f"it is {columns} x {rows} pixels, which no detector has (at most {most} x {most} "
                "are read); export it again as the scanner stored it"
            )
        is_grey = text_of(header, "PhotometricInterpretation") in MONOCHROME
        if whole_of(header, "BitsAllocated") not in (8, 16) or not is_grey:
            raise SourceUnavailable(
                "it is no grey picture of 8 or 16 bits (BitsAllocated, "
                "PhotometricInterpretation); export it again as the scanner stored it"
            )
        syntax = uid.UID(text_of(header.file_meta, "TransferSyntaxUID"))
        return cls(header, StoredFrames.of(found, header, syntax))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.frames)

    def __getitem__(self, place: int, /) -> NDArray[np.integer]:
        """(rows, columns) 16-bit stored values of the frame at that place, from 0. As of `of`."""
        rows, columns = int(self.header.Rows), int(self.header.Columns)
        kind = "i" if whole_of(self.header, "PixelRepresentation") else "u"
        width = int(self.header.BitsAllocated) // 8
        stored = np.frombuffer(self.frames[place], f"<{kind}{width}")[: rows * columns]
        wide = np.int16 if kind == "i" else np.uint16
        return stored.reshape(rows, columns).astype(wide, copy=False)


def decoded(image: StoredImage) -> tuple[Dataset, NDArray[np.integer]]:
    """The header, but for the pixels, and the stored values of its first frame. As of `of`."""
    frames = GreyFrames.of(image)
    return frames.header, frames[0]


def shows_air_bright(image: StoredImage, header: Dataset) -> bool:
    """Of what is for processing, where PixelIntensityRelationshipSign (0028,1041) says so.

    1: more X-rays, as through air, give higher values, which MONOCHROME2 shows bright.
    """
    sign = whole_of(header, "PixelIntensityRelationshipSign")
    if image.sop_class != FOR_PROCESSING or sign not in (1, -1):
        return False
    return (sign == 1) == (text_of(header, "PhotometricInterpretation") == "MONOCHROME2")


def _found(image: StoredImage) -> FoundFile:
    """With the whole header but its pixels, which the grey scale needs."""
    with open_plain(image.path) as file:
        # pydicom asks no more of a file than to read, seek and tell.
        header = dcmread(cast(BinaryIO, HeaderFile(file)), stop_before_pixels=True)
        if FRAME_GROUPS in header:  # before anything asks for them without bounds
            header[FRAME_GROUPS] = DataElement(FRAME_GROUPS, "SQ", list(frame_groups(header)))
        return FoundFile(image.place, image.path, header, file.tell())
