"""An image of many frames written frame by frame, so that they never lie in memory together."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmwrite
from pydicom.pixels.encoders.base import get_encoder
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from senoscope.domain.errors import ImageError, SettingsError, StorageError

SYNTAXES = (ExplicitVRLittleEndian, RLELossless, JPEG2000Lossless, JPEGLSLossless)
"""Transfer syntaxes that are written, all without loss."""
LARGEST_NATIVE = 2**32 - 2
"""Bytes: the length of an element that is not compressed has 32 bits."""
_ENCODERS = {RLELossless: "pydicom", JPEGLSLossless: "pyjpegls"}
_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_PIXELS, _UNDEFINED = b"\xe0\x7f\x10\x00", b"\xff\xff\xff\xff"


def write_frames(
    path: Path,
    header: Dataset,
    frames: Iterable[NDArray[np.uint16]],
    syntax: UID = ExplicitVRLittleEndian,
) -> None:
    """The file `path`, whole or not there: `header`, which has a meta group, and then its pixels.

    `frames` are (Rows, Columns), NumberOfFrames of them; each is asked for when it is written.
    JPEG 2000 code streams are of 16 bit, whatever BitsStored. ImageError where a frame is another
    than the header says, StorageError where the file cannot be written.
    """
    if syntax not in SYNTAXES:
        names = ", ".join(each.name for each in SYNTAXES)
        raise SettingsError(f"The transfer syntax {syntax.name} was given; expected {names}.")
    header.file_meta.TransferSyntaxUID = syntax
    partial = path.with_name(f".{path.name}.partial")
    try:
        try:
            with partial.open("wb") as file:
                dcmwrite(file, header, enforce_file_format=True)
                checked = _checked(header, frames)
                if syntax == ExplicitVRLittleEndian:
                    _write_native(file, header, checked)
                else:
                    _write_items(file, header, checked, syntax)
            partial.replace(path)
        except OSError as error:
            raise StorageError(
                f"The image cannot be written ({error.strerror}). Free space, allow writing there, "
                "or choose another folder."
            ) from error
    finally:
        partial.unlink(missing_ok=True)


def _checked(header: Dataset, frames: Iterable[NDArray[np.uint16]]) -> Iterator[NDArray[np.uint16]]:
    shape, count = (int(header.Rows), int(header.Columns)), int(header.NumberOfFrames)
    most = 2 ** int(header.BitsStored) - 1
    came = 0
    for came, frame in enumerate(frames, 1):
        if frame.shape != shape or frame.dtype != np.uint16 or frame.max() > most or came > count:
            raise ImageError(
                f"Frame {came} came as {frame.dtype} {frame.shape} up to {frame.max()}; expected "
                f"{count} frames of uint16 {shape} up to {most}, as the header says."
            )
        yield np.ascontiguousarray(frame)
    if came != count:
        raise ImageError(f"{came} frames came; expected {count}, as the header says.")


def _write_native(file: BinaryIO, header: Dataset, frames: Iterator[NDArray[np.uint16]]) -> None:
    length = 2 * int(header.Rows) * int(header.Columns) * int(header.NumberOfFrames)
    if length > LARGEST_NATIVE:
        raise ImageError(
            f"The frames have {length} bytes; expected {LARGEST_NATIVE} at most where they are not "
            "compressed. Choose another transfer syntax."
        )
    file.write(_PIXELS + b"OW\0\0" + struct.pack("<L", length))
    for frame in frames:
        file.write(frame.astype("<u2", copy=False).tobytes())


def _write_items(
    file: BinaryIO, header: Dataset, frames: Iterator[NDArray[np.uint16]], syntax: UID
) -> None:
    """One item a frame, after a table of offsets that is filled in when all are known."""
    count = int(header.NumberOfFrames)
    file.write(_PIXELS + b"OB\0\0" + _UNDEFINED + _ITEM + struct.pack("<L", 4 * count))
    table = file.tell()
    file.write(bytes(4 * count))
    first = file.tell()
    offsets = []
    for frame in frames:
        offsets.append(file.tell() - first)
        coded = _coded(frame, header, syntax)
        coded += b"\0" * (len(coded) % 2)
        file.write(_ITEM + struct.pack("<L", len(coded)) + coded)
    file.write(_END + bytes(4))
    file.seek(table)
    if offsets[-1] < 2**32:  # else it stays one of zeros, which nobody takes for offsets
        file.write(struct.pack(f"<{count}L", *offsets))


def _coded(frame: NDArray[np.uint16], header: Dataset, syntax: UID) -> bytes:
    if syntax == JPEG2000Lossless:
        file = io.BytesIO()
        Image.fromarray(frame).save(file, "JPEG2000", no_jp2=True, irreversible=False)
        return file.getvalue()
    return get_encoder(syntax).encode(
        frame,
        encoding_plugin=_ENCODERS[syntax],
        rows=frame.shape[0],
        columns=frame.shape[1],
        samples_per_pixel=1,
        number_of_frames=1,
        bits_allocated=16,
        bits_stored=int(header.BitsStored),
        pixel_representation=0,
        photometric_interpretation=str(header.PhotometricInterpretation),
    )
