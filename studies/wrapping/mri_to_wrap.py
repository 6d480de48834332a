"""What is written of a dynamic series, and how its values become integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from senoscope.domain.breast_mri import DynamicSeries, VolumeGeometry
from senoscope.studies.wrapping.mammogram_object import WrappedExam

Layout = Literal["series per phase", "one series", "enhanced", "enhanced per phase"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
FIRST_PHASE_S = 10 * 3600.0
"""Of the day: when the first phase is said to have been taken."""
ECHO_MS, REPETITION_MS, FLIP_DEG = 2.4, 5.2, 12.0
T2_ECHO_MS, T2_REPETITION_MS = 90.0, 4000.0
AGENT = "SIMULATED GADOLINIUM"


@dataclass(frozen=True, slots=True)
class MriToWrap:
    """What is written with the phases.

    `laterality`: "B", "L", "R", or None where none is said. `subtractions`: of each later phase
    less the first one, as a series of their own, which says so. `t2` is (slices, rows, columns) on
    the same grid. `has_temporal`: whether TemporalPositionIdentifier tells the phases of one series
    apart, besides their times. `derivation`: what was done.
    """

    series: DynamicSeries
    exam: WrappedExam
    laterality: str | None = None
    subtractions: bool = False
    t2: NDArray[np.generic] | None = None
    has_temporal: bool = True
    derivation: str = ""

    @property
    def times_s(self) -> tuple[float, ...]:
        """Of the phases; all 0 where none are known."""
        return self.series.times_s or (0.0,) * len(self.series.phases)


@dataclass(frozen=True, slots=True)
class StoredScale:
    """How values become 16-bit integers: value = stored * `slope`; one for all of a study."""

    slope: float
    signed: bool

    @classmethod
    def of(cls, volumes: Sequence[NDArray[np.generic]]) -> StoredScale:
        """Of all phases together: 1 where they are integers that fit, or floats of that size."""
        highest = max(float(np.max(each)) for each in volumes)
        lowest = min(float(np.min(each)) for each in volumes)
        signed = lowest < 0
        most = 2.0**15 - 1 if signed else 2.0**16 - 1
        size = max(highest, -lowest)
        whole = all(each.dtype.kind in "iub" for each in volumes)
        if size <= most and (whole or size >= 1000 or not size):
            return cls(1.0, signed)
        return cls(float(f"{size / 2.0**14:.8g}"), signed)

    def stored(self, values: NDArray[np.generic]) -> NDArray[np.integer]:
        """The same shape, int16 or uint16."""
        kind = np.int16 if self.signed else np.uint16
        if self.slope == 1.0 and values.dtype == kind:
            return np.asarray(values, kind)
        scaled = np.rint(np.asarray(values, np.float32) / np.float32(self.slope))
        return np.asarray(scaled.astype(kind))


def clock(seconds: float) -> str:
    """A DICOM time of the day, to the millisecond; a day later counts as the same."""
    whole = round(seconds * 1000) % 86_400_000
    minutes, milliseconds = divmod(whole, 60_000)
    return f"{minutes // 60:02d}{minutes % 60:02d}{milliseconds / 1000:06.3f}"


def orientation_of(geometry: VolumeGeometry) -> list[float]:
    """ImageOrientationPatient: along a row, then down a column."""
    return [round(float(each), 6) for each in (*geometry.axes[2], *geometry.axes[1])]


def position_of(geometry: VolumeGeometry, place: int) -> list[float]:
    """ImagePositionPatient of the slice at that place, mm."""
    at = geometry.in_patient(np.array([[float(place), 0.0, 0.0]]))[0]
    return [round(float(each), 6) for each in at]


def add_pixels(made: Dataset, pixels: NDArray[np.integer]) -> None:
    """Of (rows, columns) or (frames, rows, columns), int16 or uint16."""
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = pixels.shape[-2:]
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 16, 15
    made.PixelRepresentation = int(pixels.dtype.kind == "i")
    little = np.ascontiguousarray(pixels).astype(pixels.dtype.newbyteorder("<"), copy=False)
    made.PixelData = little.tobytes()


def with_meta(made: Dataset) -> Dataset:
    """The same, with the group that begins a file."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.file_meta = meta
    return made
