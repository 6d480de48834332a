"""What all new objects share: where they belong, who made them, and how they come to the disk."""

from __future__ import annotations

import contextlib
import copy
import errno
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, FileMetaDataset, dcmwrite
from pydicom.config import disable_value_validation
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.sr.coding import Code
from pydicom.uid import JPEG2000, UID, ExplicitVRLittleEndian

from senoscope import __version__
from senoscope.domain.errors import StorageError
from senoscope.studies.files.study_header import items_of, numbers_of, text_of, value_of
from senoscope.studies.pixels.coded_picture import LOSSY_METHODS
from senoscope.studies.results.codes import LATERALITY, PROCESSING_EQUIPMENT
from senoscope.studies.results.copied_modules import copy_modules
from senoscope.studies.results.identity import (
    MANUFACTURER,
    MODEL_NAME,
    NOTICE,
    SERIAL_NUMBER,
    new_uid,
)
from senoscope.studies.results.text_encoding import make_room

FILE_NAMES = {
    "SEG": "seg",
    "OT": "key_image",
    "PR": "marks",
    "DOC": "report",
    "US": "image",
    "SR": "sr",
    "MR": "map",
}
"""By Modality: no name of a patient or of a file that came in is in them."""
_LOSSY_METHODS = LOSSY_METHODS | {JPEG2000: "ISO_15444_1"}
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)
"""What file systems without hard links say."""


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series of new objects: DICOM wants one for each modality, device and study."""

    modality: str
    number: int
    description: str
    uid: UID = field(default_factory=new_uid)


def new_object(
    source: Dataset, sop_class: UID, series: NewSeries, instance_number: int = 1
) -> Dataset:
    """Patient, study, series, equipment and SOP common modules of an object made of `source`.

    `source` is a header of `SourceImages`. Dates and times are this machine's, without a zone, as
    those of the study are.
    """
    made = Dataset()
    copy_modules(source, made)
    now = datetime.now()
    date, time = now.strftime("%Y%m%d"), now.strftime("%H%M%S.%f")
    made.SOPClassUID, made.SOPInstanceUID = sop_class, new_uid()
    made.InstanceCreationDate, made.InstanceCreationTime = date, time
    made.SeriesInstanceUID, made.SeriesNumber = series.uid, series.number
    made.SeriesDescription, made.Modality = series.description, series.modality
    made.SeriesDate, made.SeriesTime = date, time
    made.ContentDate, made.ContentTime = date, time
    made.InstanceNumber = instance_number
    made.Manufacturer, made.ManufacturerModelName = MANUFACTURER, MODEL_NAME
    made.DeviceSerialNumber, made.SoftwareVersions = SERIAL_NUMBER, __version__
    made.ContributingEquipmentSequence = Sequence([contributing_equipment()])
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return made


def contributing_equipment() -> Dataset:
    """That software processed what was acquired."""
    item = Dataset()
    item.PurposeOfReferenceCodeSequence = code(PROCESSING_EQUIPMENT)
    item.Manufacturer, item.ManufacturerModelName = MANUFACTURER, MODEL_NAME
    item.SoftwareVersions, item.ContributionDescription = __version__, NOTICE
    return item


def code(given: Code) -> Sequence:
    """A code sequence of one item."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = given.value, given.scheme_designator
    item.CodeMeaning = given.meaning
    return Sequence([item])


def reference(source: Dataset, *frames: int) -> Dataset:
    """An item that refers to that image, or to those frames of it, counted from 1."""
    item = Dataset()
    item.ReferencedSOPClassUID = source.SOPClassUID
    item.ReferencedSOPInstanceUID = source.SOPInstanceUID
    if frames and "NumberOfFrames" in source:
        item.ReferencedFrameNumber = list(frames) if len(frames) > 1 else frames[0]
    return item


def side_of(source: Dataset) -> str | None:
    """The side L or R, as the image says it; None where it says none, both, or two that differ."""
    said = {text_of(source, each).upper() for each in ("ImageLaterality", "Laterality")}
    for groups in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for group in items_of(source, groups):
            for anatomy in items_of(group, "FrameAnatomySequence"):
                said.add(text_of(anatomy, "FrameLaterality").upper())
    known = said & set(LATERALITY)
    return known.pop() if len(known) == 1 else None


def add_lossy_history(source: Dataset, made: Dataset) -> None:
    """Once lossy, always lossy: what is derived from such pixels says so too (C.7.6.1.1.5)."""
    method = _LOSSY_METHODS.get(source.file_meta.TransferSyntaxUID)
    if text_of(source, "LossyImageCompression") != "01" and method is None:
        made.LossyImageCompression = "00"
        return
    made.LossyImageCompression = "01"
    ratios = numbers_of(source, "LossyImageCompressionRatio")
    if ratios and min(ratios) > 0:
        made.LossyImageCompressionRatio = [f"{each:.8g}" for each in ratios]
    given = value_of(source, "LossyImageCompressionMethod")
    methods = given if isinstance(given, MultiValue) else [given or method]
    if all(each in _LOSSY_METHODS.values() for each in methods):
        made.LossyImageCompressionMethod = list(methods)


def copy_readable(source: Dataset, made: Dataset, keywords: Iterable[str]) -> None:
    """Those that are there, not empty and not damaged."""
    for keyword in keywords:
        if value_of(source, keyword) not in (None, ""):
            made[keyword] = copy.deepcopy(source[keyword])


def add_picture(made: Dataset, pixels: NDArray[np.uint8]) -> None:
    """The Image Pixel module of (rows, columns) grey or (rows, columns, 3) red, green, blue."""
    made.Rows, made.Columns = pixels.shape[:2]
    coloured = pixels.ndim == 3
    made.SamplesPerPixel = 3 if coloured else 1
    made.PhotometricInterpretation = "RGB" if coloured else "MONOCHROME2"
    if coloured:
        made.PlanarConfiguration = 0
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation = 7, 0
    content = pixels.tobytes()
    made.PixelData = content + bytes(len(content) % 2)
    made["PixelData"].VR = "OB"


def written(made: Dataset, folder: Path) -> Path:
    """A Part 10 file in `folder`, named by kind and number (seg_1.dcm), whole or not at all.

    Explicit VR little endian, the character set as `text_encoding` says. StorageError says why not.
    """
    kind = FILE_NAMES.get(text_of(made, "Modality"), "object")
    partial = folder / f".{secrets.token_hex(8)}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file, disable_value_validation():
            make_room(made)
            dcmwrite(file, made, enforce_file_format=True)
            file.flush()
            os.fsync(file.fileno())
        return _placed(partial, folder, kind)
    except OSError as error:
        raise StorageError(
            f"A result cannot be written ({error.strerror}). Free space, allow writing there, or "
            "choose another folder."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _placed(partial: Path, folder: Path, kind: str) -> Path:
    """Under the first number that nobody has: a link, unlike a rename, overwrites nothing."""
    for number in count(1):
        path = folder / f"{kind}_{number}.dcm"
        if path.exists():
            continue
        try:
            os.link(partial, path)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            partial.rename(path)
        return path
    raise AssertionError("numbers do not end")
