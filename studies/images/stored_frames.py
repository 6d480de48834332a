"""Frames of an image as stored, up to 32 bit, decoded one at a time."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import as_pixel_options

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import FoundFile, open_plain
from senoscope.studies.files.study_header import text_of, whole_of
from senoscope.studies.pixels.cine_frames import DAMAGE, DECODERS, LARGEST_RLE, NATIVE, is_decoded
from senoscope.studies.pixels.coded_picture import jpeg2000_size, jpeg_size
from senoscope.studies.pixels.pixel_places import MOST_FRAMES, UNDEFINED, FramePlaces

_CHUNK = 2**20
_SHOWN_AS_STORED = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB")
NOT_READ = "its pixels are of a form that is not read here; export it again from the scanner"
DAMAGED = "its pixels are damaged; copy it again, or export it again from the scanner"


@dataclass(frozen=True, slots=True)
class StoredFrames:
    """While one iterates, little-endian bytes of one frame, or a piece of packed bits.

    What lies in bits above BitsStored, where overlays once hid, becomes a copy of the sign.
    """

    path: Path = field(repr=False)
    header: Dataset = field(repr=False)
    syntax: uid.UID
    places: FramePlaces = field(repr=False)
    length: int

    @property
    def photometric(self) -> str:
        """Of the frames given."""
        return text_of(self.header, "PhotometricInterpretation")

    @classmethod
    def of(cls, found: FoundFile, header: Dataset, syntax: uid.UID) -> StoredFrames:
        """SourceUnavailable, as half a sentence, where they are not read here or cut off."""
        count = whole_of(header, "NumberOfFrames") or 1
        bits, stored = whole_of(header, "BitsAllocated") or 0, whole_of(header, "BitsStored") or 0
        rows, columns = whole_of(header, "Rows") or 0, whole_of(header, "Columns") or 0
        samples = whole_of(header, "SamplesPerPixel") or 1
        shown = text_of(header, "PhotometricInterpretation")
        if (
            (bits not in (8, 16, 32) and (bits, syntax in NATIVE) != (1, True))
            or not 1 <= stored <= bits
            or not is_decoded(syntax, stored)
            or whole_of(header, "HighBit") not in (None, stored - 1)
            or not 1 <= count <= MOST_FRAMES
            or min(rows, columns) < 1
            or (samples, shown in _SHOWN_AS_STORED) not in ((1, True), (3, True))
        ):
            raise SourceUnavailable(NOT_READ)
        length = (count * rows * columns * samples * bits + 7) // 8
        with open_plain(found.path) as file:
            size = file.seek(0, 2)
            file.seek(found.pixels_at)
            head = file.read(8 if syntax.is_implicit_VR else 12)
            announced = struct.unpack("<L", head[-4:])[0] if len(head) >= 8 else 0
            if head[:4] != b"\xe0\x7f\x10\x00" or (announced == UNDEFINED) != (
                syntax not in NATIVE
            ):
                raise SourceUnavailable(DAMAGED)
            if bits == 1:
                places = FramePlaces.native(file, 1, length, size)
            elif syntax in NATIVE:
                places = FramePlaces.native(file, count, length // count, size)
            else:
                places = FramePlaces.encapsulated(file, count, size)
        return cls(found.path, header, syntax, places, length)

    def __len__(self) -> int:
        """How many there are, by the header."""
        return whole_of(self.header, "NumberOfFrames") or 1

    def __iter__(self) -> Iterator[bytes]:
        """SourceUnavailable, as half a sentence, where a frame is damaged."""
        if whole_of(self.header, "BitsAllocated") == 1:
            (offset, length) = self.places.frames[0][0]
            yield from self._pieces(offset, length)
            return
        yield from map(self.__getitem__, range(len(self.places.frames)))

    def __getitem__(self, place: int, /) -> bytes:
        """The frame at that place, from 0: of the others nothing is read. Not of packed bits.

        SourceUnavailable, as half a sentence, where it is damaged.
        """
        parts = self.places.frames[place]
        coded = b"".join(b"".join(self._pieces(*each)) for each in parts)
        try:
            picture = self._decoded(coded)
        except DAMAGE:  # not chained: it may quote what stands in the file
            raise SourceUnavailable(DAMAGED) from None
        return self._little_endian(picture)

    def _pieces(self, offset: int, length: int) -> Iterator[bytes]:
        with open_plain(self.path) as file:
            file.seek(offset)
            while length > 0:
                piece = file.read(min(length, _CHUNK))
                if not piece:
                    raise SourceUnavailable(DAMAGED)
                length -= len(piece)
                yield piece

    def _decoded(self, coded: bytes) -> NDArray[np.integer]:
        is_native = self.syntax in NATIVE
        if not is_native:
            self._require_honest(coded)
            coded = encapsulate([coded + b"\0" * (len(coded) % 2)], has_bot=False)
        options = as_pixel_options(
            self.header,
            number_of_frames=1,
            pixel_keyword="PixelData",
            pixel_vr="OW",
            correct_unused_bits=True,
        )
        picture, properties = get_decoder(self.syntax).as_array(
            coded,
            index=0,
            raw=True,
            decoding_plugin="" if is_native else DECODERS[self.syntax],
            **options,
        )
        if properties["photometric_interpretation"] != self.photometric:
            raise ValueError("the colours became others")
        return picture

    def _require_honest(self, coded: bytes) -> None:
        """ValueError where a frame would unpack to more than the header says."""
        due = whole_of(self.header, "Columns"), whole_of(self.header, "Rows")
        if self.syntax == uid.RLELossless:
            if len(coded) > LARGEST_RLE:
                raise ValueError("too many run lengths")
        elif (jpeg2000_size(coded) if "2000" in self.syntax.name else jpeg_size(coded)) != due:
            raise ValueError("another size")

    def _little_endian(self, picture: NDArray[np.integer]) -> bytes:
        bits, expected = (
            picture.dtype.itemsize * 8,
            (int(self.header.Rows), int(self.header.Columns)),
        )
        if picture.shape[:2] != expected or bits != int(self.header.BitsAllocated):
            raise SourceUnavailable(DAMAGED)
        return picture.astype(picture.dtype.newbyteorder("<")).tobytes()
