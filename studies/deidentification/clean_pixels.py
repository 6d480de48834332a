"""The pixels of an object, frame by frame, as they are written: uncompressed and clean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydicom import Dataset, uid

from senoscope.domain.clip import ClipFrames
from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.deidentification.ultrasound_area import KeptArea, kept_area
from senoscope.studies.files.study_files import FoundFile, open_plain
from senoscope.studies.files.study_header import items_of, text_of, whole_of
from senoscope.studies.images.stored_frames import StoredFrames
from senoscope.studies.images.ultrasound_clip import read_clip
from senoscope.studies.pixels.coded_picture import LOSSY_METHODS

LARGEST = 2**32 - 2
"""Bytes that an uncompressed element can say."""
PALETTE = ("Red", "Green", "Blue")


@dataclass(frozen=True, slots=True)
class CleanPixels:
    """`length` bytes of little-endian frames; `area` is None where nothing had to be made black."""

    frames: ClipFrames | StoredFrames = field(repr=False)
    length: int
    area: KeptArea | None

    def __iter__(self) -> Iterator[bytes]:
        """One frame after the other, each decoded when it is asked for."""
        if isinstance(self.frames, StoredFrames):
            yield from self.frames
            return
        assert self.area is not None
        for place in range(len(self.frames)):
            yield self.area.applied(self.frames[place]).tobytes()

    def describe(self, header: Dataset) -> None:
        """Say in a cleaned header how these pixels are stored."""
        if isinstance(self.frames, StoredFrames):
            if whole_of(header, "SamplesPerPixel") == 3:
                header.PlanarConfiguration = 0
                header.PhotometricInterpretation = self.frames.photometric
            return
        is_coloured = self.frames[0].ndim == 3
        header.SamplesPerPixel = 3 if is_coloured else 1
        header.PhotometricInterpretation = "RGB" if is_coloured else "MONOCHROME2"
        if is_coloured:
            header.PlanarConfiguration = 0
        for colour in PALETTE:
            for part in ("Descriptor", "Data"):
                header.pop(f"{colour}PaletteColorLookupTable{part}", None)
        for keyword in ("PaletteColorLookupTableUID", "SmallestImagePixelValue"):
            header.pop(keyword, None)
        header.pop("LargestImagePixelValue", None)
        if "PresentationLUTShape" in header:
            header.PresentationLUTShape = "IDENTITY"


def ultrasound_pixels(found: FoundFile, header: Dataset) -> CleanPixels:
    """Decoded to grey or red, green, blue, and black outside what is tissue.

    SourceUnavailable where they cannot be read, or what to keep is not known.
    """
    frames = read_clip(found.path).frames
    area = kept_area(frames, items_of(header, "SequenceOfUltrasoundRegions"))
    return CleanPixels(frames, _within(len(frames) * frames[0].nbytes), area)


def stored_pixels(found: FoundFile, header: Dataset) -> CleanPixels:
    """The stored values as they are, without anything that lies between or beside them."""
    syntax = uid.UID(text_of(found.header.file_meta, "TransferSyntaxUID"))
    frames = StoredFrames.of(found, header, syntax)
    return CleanPixels(frames, _within(frames.length), None)


def keep_lossy_history(header: Dataset, found: FoundFile, length: int) -> None:
    """Say of what came compressed with loss that it did, where it did not say so itself."""
    syntax = uid.UID(text_of(found.header.file_meta, "TransferSyntaxUID"))
    if syntax not in LOSSY_METHODS or "LossyImageCompressionMethod" in header:
        return
    with open_plain(found.path) as file:
        packed = file.seek(0, 2) - found.pixels_at
    header.LossyImageCompression = "01"
    header.LossyImageCompressionMethod = LOSSY_METHODS[syntax]
    header.LossyImageCompressionRatio = f"{length / max(1, packed):.2f}"


def _within(length: int) -> int:
    if length > LARGEST:
        raise SourceUnavailable(
            "its pixels are more than 4 GB uncompressed, which no element holds; cut the clip on "
            "the scanner"
        )
    return length
