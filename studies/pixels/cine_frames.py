"""The frames of a DICOM file, decoded one at a time from the disk."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, uid
from pydicom.errors import BytesLengthException
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import as_pixel_options

from senoscope.domain.errors import ImageError, SourceLost
from senoscope.studies.pixels.coded_picture import jpeg2000_size, jpeg_size
from senoscope.studies.pixels.pixel_places import FramePlaces

NATIVE = (uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian)
DECODERS = {
    uid.JPEGBaseline8Bit: "pillow",
    uid.JPEGExtended12Bit: "pillow",
    uid.JPEG2000Lossless: "pillow",
    uid.JPEG2000: "pillow",
    uid.JPEGLossless: "gdcm",
    uid.JPEGLosslessSV1: "gdcm",
    uid.JPEGLSLossless: "gdcm",
    uid.JPEGLSNearLossless: "gdcm",
    uid.RLELossless: "pydicom",
}
"""Who decodes what: named, so that one file gives the same pixels on every machine."""
LARGEST_RLE = 8 * 2**20
"""Bytes a frame, since they may unpack to 64 times as many."""

DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BytesLengthException,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pydicom and its decoders raise at a damaged file."""


def is_decoded(syntax: uid.UID, bits_stored: int) -> bool:
    """Whether pixels of that form are: of extended JPEG no decoder of ours takes 12 bit."""
    if syntax == uid.JPEGExtended12Bit:
        return bits_stored == 8
    return syntax in NATIVE or syntax in DECODERS


@dataclass(frozen=True, slots=True)
class CineFrames:
    """Frames by their place, see `domain.clip.ClipFrames`.

    `header` holds the attributes of one frame's pixels. Nothing is kept between two frames, and the
    file is open only while one is read.
    """

    path: Path
    header: Dataset
    transfer_syntax: uid.UID
    places: FramePlaces

    def __len__(self) -> int:
        """How many there are."""
        return len(self.places.frames)

    def __getitem__(self, place: int, /) -> NDArray[np.uint8]:
        """(rows, columns) grey or (rows, columns, 3) red, green, blue."""
        coded = self._bytes(place)
        self._require_honest(coded, place)
        try:
            picture = self._decoded(coded)
        except DAMAGE as error:
            raise ImageError(
                f"Frame {place} of the DICOM file cannot be decoded "
                f"({self.transfer_syntax.name}, {type(error).__name__}). It is damaged; export it "
                "again from the scanner."
            ) from error
        expected = (self.header.Rows, self.header.Columns)
        if picture.shape[:2] != expected or picture.dtype != np.uint8:
            raise ImageError(
                f"Frame {place} of the DICOM file came as {picture.dtype} {picture.shape}; "
                f"expected 8-bit {expected}. Export it again from the scanner."
            )
        return picture

    def _bytes(self, place: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                parts = []
                for offset, length in self.places.frames[place]:
                    file.seek(offset)
                    parts.append(file.read(length))
        except OSError as error:
            raise SourceLost(
                f"The DICOM file can be read no further: {error.strerror}. Check its disk, then "
                "open it again."
            ) from error
        return b"".join(parts)

    def _require_honest(self, coded: bytes, place: int) -> None:
        """ImageError where a frame would unpack to more than its header says."""
        says = _SIZES.get(self.transfer_syntax)
        expected = (self.header.Columns, self.header.Rows)
        if says is not None and (size := says(coded)) != expected:
            given = "none" if size is None else f"{size[0]}x{size[1]}"
            raise ImageError(
                f"Frame {place} of the DICOM file says a size of {given}; its header, and so what "
                f"was expected, {expected[0]}x{expected[1]}. Export it again from the scanner."
            )
        if self.transfer_syntax == uid.RLELossless and len(coded) > LARGEST_RLE:
            raise ImageError(
                f"Frame {place} of the DICOM file has {len(coded)} bytes of run lengths; expected "
                f"at most {LARGEST_RLE}. Export it again from the scanner, as JPEG."
            )

    def _decoded(self, coded: bytes) -> NDArray[np.uint8]:
        native = self.transfer_syntax in NATIVE
        options = as_pixel_options(
            self.header, number_of_frames=1, pixel_keyword="PixelData", pixel_vr="OB"
        )
        if not native:
            coded = _as_item(coded)
        picture, properties = get_decoder(self.transfer_syntax).as_array(
            coded,
            index=0,
            raw=True,
            decoding_plugin="" if native else DECODERS[self.transfer_syntax],
            **options,
        )
        photometric = str(self.header.PhotometricInterpretation)
        if photometric == "PALETTE COLOR":
            return _eight_bit(apply_color_lut(picture, self.header))
        if photometric == "MONOCHROME1":
            picture = 255 - picture
        if properties["photometric_interpretation"] in ("YBR_FULL", "YBR_FULL_422"):
            return _red_green_blue(picture)
        if picture.ndim == 3 and properties["photometric_interpretation"] != "RGB":
            raise ValueError("the colours did not become red, green and blue")
        return cast("NDArray[np.uint8]", picture)


_SIZES: dict[uid.UID, Callable[[bytes], tuple[int, int] | None]] = {
    **{each: jpeg_size for each in DECODERS if "JPEG" in each.keyword},
    uid.JPEG2000Lossless: jpeg2000_size,
    uid.JPEG2000: jpeg2000_size,
}


def _as_item(coded: bytes) -> bytes:
    """One frame as pydicom takes it: an empty table of offsets, the frame, the end."""
    even = coded + b"\0" * (len(coded) % 2)
    item = b"\xfe\xff\x00\xe0"
    return b"".join(
        (item, bytes(4), item, struct.pack("<L", len(even)), even, b"\xfe\xff\xdd\xe0", bytes(4))
    )


def _red_green_blue(picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    """From YBR_FULL. By Pillow: in pydicom it takes half of the time of a JPEG frame."""
    rows, columns = picture.shape[:2]
    coded = Image.frombytes("YCbCr", (columns, rows), picture.tobytes())
    return np.asarray(coded.convert("RGB"))


def _eight_bit(colours: NDArray[np.generic]) -> NDArray[np.uint8]:
    """A palette's entries are of 8 or 16 bit; alpha is dropped."""
    if colours.dtype == np.uint16:
        colours = cast("NDArray[np.uint16]", colours) >> 8
    return np.ascontiguousarray(colours[..., :3]).astype(np.uint8)
