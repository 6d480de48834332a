"""DICOM files to send: ultrasound cines and mammograms, in the syntaxes that scanners use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread, uid

from tests.studies import mammograms
from tests.studies.dicom_files import cine, compressed, grey_frames, jpegs, write

STUDY = uid.generate_uid()


def us_rle() -> Dataset:
    header = _in_study(cine(grey_frames(5)))
    header.compress(uid.RLELossless, generate_instance_uid=False)
    return header


def us_jpeg() -> Dataset:
    return _in_study(compressed(cine(grey_frames(4)), jpegs(list(grey_frames(4))), JPEG))


def us_native() -> Dataset:
    return _in_study(cine(grey_frames(3)))


def mammogram() -> Dataset:
    """16 bits, FOR PRESENTATION."""
    pixels = np.arange(64 * 48, dtype=np.uint16).reshape(64, 48)
    header = _in_study(mammograms.mammogram(picture=pixels, SOPInstanceUID=uid.generate_uid()))
    header.Modality = "MG"
    header["PixelData"].VR = "OW"
    return header


JPEG = uid.JPEGBaseline8Bit
KINDS: dict[str, Callable[[], Dataset]] = {
    "US RLE": us_rle,
    "US JPEG": us_jpeg,
    "US native": us_native,
    "MG": mammogram,
}


def file_of(folder: Path, header: Dataset) -> Path:
    """Written, under a name that no message may show."""
    number = len(list(folder.iterdir())) if folder.is_dir() else 0
    folder.mkdir(parents=True, exist_ok=True)
    return write(folder / f"DOE_JANE {number}.dcm", header)


def data_set(content: bytes) -> bytes:
    """What follows the file meta group, whose maker may differ."""
    length = int.from_bytes(content[140:144], "little")
    return content[144 + length :]


def instance_uid(path: Path) -> str:
    return str(dcmread(path, stop_before_pixels=True).SOPInstanceUID)


def _in_study(header: Dataset) -> Dataset:
    header.PatientID = "4711"
    header.StudyInstanceUID = STUDY
    header.SeriesInstanceUID = uid.generate_uid()
    header.StudyDate = "20240229"
    header.AccessionNumber = "A-7"
    header.StudyDescription = "Mamma bds."
    header.Modality = "US"
    header.StudyID = header.SeriesNumber = header.InstanceNumber = "1"
    return header
