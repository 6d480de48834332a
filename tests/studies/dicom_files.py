"""DICOM files that the tests write."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, FileMetaDataset, dcmwrite, uid
from pydicom.encaps import encapsulate

PATIENT = "DOE^JANE"
ROWS, COLUMNS = 120, 160


def grey_frames(count: int) -> NDArray[np.uint8]:
    """(count, ROWS, COLUMNS); frame n is of grey n * 5, with a name in the top 20 rows."""
    frames = np.repeat(np.arange(count, dtype=np.uint8) * 5, ROWS * COLUMNS)
    frames = frames.reshape(count, ROWS, COLUMNS)
    frames[:, :20] = 255
    return frames


def region(**changed: Any) -> Dataset:
    """A calibrated 2-D region below the top 20 rows: 0.1 mm a row, 0.2 mm a column."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType = 1, 1
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX, item.PhysicalDeltaY = 0.02, 0.01
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 10, 20
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 149, 119
    for keyword, value in changed.items():
        setattr(item, keyword, value)
    return item


def cine(frames: NDArray[np.uint8], **changed: Any) -> Dataset:
    """An ultrasound cine of (count, rows, columns) or (count, rows, columns, 3), uncompressed."""
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    header.SOPClassUID = uid.UltrasoundMultiFrameImageStorage
    header.SOPInstanceUID = uid.generate_uid()
    header.PatientName = PATIENT
    header.NumberOfFrames = len(frames)
    header.Rows, header.Columns = frames.shape[1:3]
    coloured = frames.ndim == 4
    header.SamplesPerPixel = 3 if coloured else 1
    header.PhotometricInterpretation = "RGB" if coloured else "MONOCHROME2"
    if coloured:
        header.PlanarConfiguration = 0
    header.BitsAllocated = header.BitsStored = 8
    header.HighBit, header.PixelRepresentation = 7, 0
    header.FrameTime = "20"
    header.SequenceOfUltrasoundRegions = [region()]
    header.PixelData = frames.tobytes()
    for keyword, value in changed.items():
        if value is None:
            delattr(header, keyword)
        else:
            setattr(header, keyword, value)
    return header


def jpegs(frames: Sequence[NDArray[np.uint8]]) -> list[bytes]:
    """Each frame as JPEG baseline."""
    coded = []
    for frame in frames:
        file = io.BytesIO()
        Image.fromarray(frame).save(file, "JPEG", quality=95)
        coded.append(file.getvalue() + b"\0" * (file.tell() % 2))
    return coded


def compressed(
    header: Dataset, coded: list[bytes], syntax: uid.UID, has_bot: bool = True
) -> Dataset:
    """The cine with these compressed frames as its pixels."""
    header.file_meta.TransferSyntaxUID = syntax
    header.PixelData = encapsulate(coded, has_bot=has_bot)
    header["PixelData"].is_undefined_length = True
    header["PixelData"].VR = "OB"
    return header


def write(path: Path, header: Dataset) -> Path:
    """The file, as a scanner would write it."""
    dcmwrite(path, header, enforce_file_format=True)
    return path


def with_element(path: Path, tag: tuple[int, int], vr: bytes, length: int) -> Path:
    """The same file, in which an element right after the meta group announces `length` bytes."""
    content = path.read_bytes()
    at = 132 + 12 + struct.unpack_from("<L", content, 140)[0]
    head = struct.pack("<HH2s2xL", *tag, vr, length)
    path.write_bytes(content[:at] + head + content[at:])
    return path
