"""Ultrasound Image (PS3.3 A.6) of a live exam's key frame, which results can refer to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UltrasoundImageStorage

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.results.copied_modules import NEVER_LACKING
from senoscope.studies.results.made_object import NewSeries, add_picture, new_object
from senoscope.studies.results.text_encoding import UNICODE

SERIES_NUMBER = 9100
TWO_D, TISSUE, CENTIMETRES = 1, 1, 3
"""RegionSpatialFormat, RegionDataType and PhysicalUnits of a B-mode picture."""


@dataclass(frozen=True, slots=True)
class LiveStudy:
    """A live exam as a DICOM study: its UID, the patient's pseudonym, and when it began.

    A live picture says nothing of the patient. SettingsError where DICOM cannot hold the pseudonym.
    """

    uid: str
    pseudonym: str
    began: datetime

    def __post_init__(self) -> None:
        name = self.pseudonym
        if not (name.strip() and len(name) <= 64 and name.isprintable()) or set("\\^=") & set(name):
            raise SettingsError(
                f"A pseudonym of {len(name)} characters was given; expected 1 to 64 printed ones "
                "without \\, ^ and =. Choose another."
            )


def live_series() -> NewSeries:
    """For all key frames of one exam."""
    return NewSeries("US", SERIES_NUMBER, "Senoscope live key frames")


def key_frame_image(
    pixels: NDArray[np.uint8],
    study: LiveStudy,
    series: NewSeries,
    number: int,
    spacing: PixelSpacing | None = None,
) -> Dataset:
    """Of (rows, columns) grey or (rows, columns, 3) red, green, blue pixels, as captured.

    `spacing` holds in the whole picture; without it there is no calibrated region. ImageError for
    another shape or type.
    """
    if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or pixels.shape[2:] == (3,)):
        raise ImageError(
            f"A key frame came as {pixels.dtype} {pixels.shape}; expected uint8 (rows, columns) or "
            "(rows, columns, 3). Give the captured picture."
        )
    made = new_object(_source(study), UltrasoundImageStorage, series, number)
    made.ImageType = ["ORIGINAL", "PRIMARY"]
    made.PatientOrientation = made.Laterality = ""
    made.BurnedInAnnotation = "YES"  # nobody has looked: a scanner's picture mostly shows a name
    made.LossyImageCompression = "00"
    if spacing is not None:
        made.SequenceOfUltrasoundRegions = Items([_region(pixels.shape, spacing)])
    add_picture(made, pixels)
    return made


def _source(study: LiveStudy) -> Dataset:
    source = Dataset()
    source.SpecificCharacterSet = UNICODE
    for keyword in NEVER_LACKING:
        setattr(source, keyword, "")
    source.PatientName, source.PatientID = f"{study.pseudonym}^", study.pseudonym
    source.StudyInstanceUID = study.uid
    source.StudyDate = study.began.strftime("%Y%m%d")
    source.StudyTime = study.began.strftime("%H%M%S")
    return source


def _region(shape: tuple[int, ...], spacing: PixelSpacing) -> Dataset:
    rows, columns = shape[:2]
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = TWO_D, TISSUE, 0
    region.RegionLocationMinX0 = region.RegionLocationMinY0 = 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = columns - 1, rows - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = CENTIMETRES
    region.PhysicalDeltaX, region.PhysicalDeltaY = spacing.column_mm / 10, spacing.row_mm / 10
    return region
