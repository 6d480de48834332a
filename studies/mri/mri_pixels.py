"""Stored values of MR slices, decoded one at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.config import disable_value_validation
from pydicom.tag import Tag

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.skipped_groups import read_without_frames
from senoscope.studies.files.study_files import FoundFile, open_plain
from senoscope.studies.files.study_header import HeaderFile, text_of, whole_of
from senoscope.studies.images.stored_frames import StoredFrames
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.mri.mri_slices import MriSlice
from senoscope.studies.pixels.cine_frames import DAMAGE

LARGEST_SIDE = 4096
"""Rows or columns: four times the largest matrix of a breast protocol."""
_TAGS = [
    Tag(each)
    for each in (
        *("Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "BitsAllocated", "BitsStored"),
        *("HighBit", "PixelRepresentation", "PhotometricInterpretation"),
    )
]
Values = NDArray[np.generic]


class MriPixels:
    """Values of slices after the modality's rescaling. A file's header is kept while it is asked.

    SourceUnavailable, which names the file, where it cannot be read.
    """

    def __init__(self) -> None:
        self._opened = lru_cache(maxsize=4)(_opened)

    def stored(self, asked: MriSlice) -> NDArray[np.integer]:
        """(rows, columns) int16 or uint16, as stored."""
        image = asked.image
        try:
            with disable_value_validation():
                frames = self._opened(image)
                header, coded = frames.header, frames[asked.frame - 1]
        except SourceUnavailable as error:
            raise SourceUnavailable(f"File {image.place} of the study: {error}.") from error
        except DAMAGE:  # not chained: it may quote what stands in the file
            raise SourceUnavailable(
                f"File {image.place} of the study is damaged, or gone. Give the study again."
            ) from None
        rows, columns = int(header.Rows), int(header.Columns)
        kind = "i" if whole_of(header, "PixelRepresentation") else "u"
        width = int(header.BitsAllocated) // 8
        read = np.frombuffer(coded, f"<{kind}{width}")[: rows * columns].reshape(rows, columns)
        return read.astype(np.int16 if kind == "i" else np.uint16, copy=False)

    def values(self, asked: MriSlice) -> Values:
        """(rows, columns): as stored where the rescaling changes nothing, else float32."""
        stored = self.stored(asked)
        if asked.said.rescale is None:
            raise SourceUnavailable(
                f"File {asked.image.place} of the study has a Rescale Slope or Intercept that is "
                "no number. Export it again from the scanner."
            )
        slope, intercept = asked.said.rescale
        if (slope, intercept) == (1.0, 0.0):
            return stored
        return stored.astype(np.float32) * np.float32(slope) + np.float32(intercept)


def _opened(image: StoredImage) -> StoredFrames:
    if max(image.rows or 0, image.columns or 0) > LARGEST_SIDE:
        raise SourceUnavailable(
            f"it is {image.columns} x {image.rows} pixels, which no MR image is (at most "
            f"{LARGEST_SIDE} either way are read); export it again as the scanner stored it"
        )
    with open_plain(image.path) as file:
        # pydicom asks no more of a file than to read, seek and tell.
        wary = cast(BinaryIO, HeaderFile(file))
        header = read_without_frames(wary, file, [*_TAGS])
        found = FoundFile(image.place, image.path, header, file.tell())
    is_grey = text_of(header, "PhotometricInterpretation") == "MONOCHROME2"
    is_signed = whole_of(header, "PixelRepresentation") in (0, 1)
    if whole_of(header, "BitsAllocated") not in (8, 16) or not is_grey or not is_signed:
        raise SourceUnavailable(
            "it is no grey picture of 8 or 16 bits (BitsAllocated, PixelRepresentation, "
            "PhotometricInterpretation MONOCHROME2); export it again as the scanner stored it"
        )
    syntax = uid.UID(text_of(header.file_meta, "TransferSyntaxUID"))
    return StoredFrames.of(found, header, syntax)
