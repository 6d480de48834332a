"""Tomosynthesis slices as a Breast Tomosynthesis Image (PS3.3 A.55)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, FileMetaDataset
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.mammogram import TOMOSYNTHESIS
from senoscope.studies.wrapping.frames_written import write_frames
from senoscope.studies.wrapping.mammogram_object import (
    BREAST,
    VIEW_CODES,
    WrappedExam,
    add_equipment,
    code_item,
    derivation_said,
    patient_and_study,
    view_item,
)

FRAME_TYPE = ["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "NONE"]
"""ImageType and FrameType of reconstructed slices (PS3.3 C.8.21.1.1.1 and C.8.21.6.1.1)."""
STACK = "1"
_TILTS_DEG = {"CC": 0.0, "MLO": 50.0, "ML": 90.0, "LM": 90.0}
"""By which a picture's columns are turned from across the body (0) to down to the feet (90)."""
Window = tuple[float, float]
"""Centre and width, in stored values."""


@dataclass(frozen=True, slots=True)
class SlicesToWrap:
    """What is true of slices whose pixels are given later, one after the other.

    `shape` is (rows, columns), `bits` of each uint16 are used. They hang as their side does: the
    chest wall of a left breast at the left edge. `heights_mm` is one for each frame as it is
    stored, in any order, along the normal of `directions`. `slice_mm` is how thick each is.
    `windows`: one for all frames, or one each, which then stand in their own groups.
    `side_per_frame`: FrameLaterality in the groups of each frame, not in the shared ones.
    `thickness_mm` of the breast under compression. `derivation`: what was done to them.
    """

    shape: tuple[int, int]
    bits: int
    heights_mm: tuple[float, ...]
    slice_mm: float
    laterality: Laterality
    view: str
    spacing: PixelSpacing
    windows: tuple[Window, ...]
    side_per_frame: bool = False
    thickness_mm: float | None = None
    derivation: str = ""

    def __post_init__(self) -> None:
        if self.view not in VIEW_CODES:
            raise SettingsError(
                f"The view {self.view[:16]!r} was given; expected one of {', '.join(VIEW_CODES)}."
            )
        count = len(self.heights_mm)
        if not count or len(self.windows) not in (1, count) or not 9 <= self.bits <= 16:
            raise SettingsError(
                f"{count} slices of {self.bits} bits were given with {len(self.windows)} windows; "
                "expected at least one slice, 9 to 16 bits, and one window, or one for each slice."
            )


def write_tomosynthesis(
    path: Path,
    exam: WrappedExam,
    slices: SlicesToWrap,
    frames: Iterable[NDArray[np.uint16]],
    number: int = 1,
    syntax: UID = ExplicitVRLittleEndian,
) -> None:
    """Image `number` of the exam, from 1, frame by frame; errors as of `write_frames`.

    `frames` are (rows, columns), in the order of `slices.heights_mm`.
    """
    write_frames(path, tomosynthesis_header(exam, slices, number), frames, syntax)


def tomosynthesis_header(exam: WrappedExam, slices: SlicesToWrap, number: int) -> Dataset:
    """All of the object but its pixels."""
    made = Dataset()
    patient_and_study(made, exam)
    _series(made, exam)
    _image(made, exam, slices, number)
    _dimensions(made, exam)
    _pixel_module(made, slices)
    made.SharedFunctionalGroupsSequence = [_shared(slices)]
    by_height = sorted(range(len(slices.heights_mm)), key=slices.heights_mm.__getitem__)
    ranks = {place: rank for rank, place in enumerate(by_height, 1)}
    made.PerFrameFunctionalGroupsSequence = [
        _of_frame(slices, place, ranks[place]) for place in range(len(ranks))
    ]
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.file_meta = meta
    return made


def _series(made: Dataset, exam: WrappedExam) -> None:
    made.Modality, made.SeriesNumber = "MG", 3
    made.SeriesInstanceUID = exam.uid("series", "tomosynthesis")
    made.SeriesDescription = exam.description
    made.FrameOfReferenceUID = exam.uid("frame of reference", "tomosynthesis")
    made.PositionReferenceIndicator = ""
    add_equipment(made)


def _image(made: Dataset, exam: WrappedExam, slices: SlicesToWrap, number: int) -> None:
    made.SOPClassUID = TOMOSYNTHESIS
    made.SOPInstanceUID = exam.uid("tomosynthesis", slices.laterality, slices.view, number)
    made.ImageType = FRAME_TYPE
    made.InstanceNumber = number
    made.ContentDate, made.ContentTime = exam.date, "120000"
    made.AcquisitionContextSequence = []
    made.ImageComments = derivation_said(exam, slices.derivation)
    made.QualityControlImage = "YES" if exam.is_simulated else "NO"
    made.BurnedInAnnotation, made.LossyImageCompression = "NO", "00"
    made.ContentQualification = "RESEARCH"
    _add_volume(made)
    made.BodyPartExamined, made.BreastImplantPresent = "BREAST", "NO"
    if slices.thickness_mm is not None:
        made.BodyPartThickness = round(slices.thickness_mm)
    made.ViewCodeSequence = [view_item(slices.view)]


def _add_volume(made: Dataset) -> None:
    made.PixelPresentation, made.VolumetricProperties = "MONOCHROME", "VOLUME"
    made.VolumeBasedCalculationTechnique = "NONE"


def _dimensions(made: Dataset, exam: WrappedExam) -> None:
    organization = exam.uid("dimensions")
    named = Dataset()
    named.DimensionOrganizationUID = organization
    made.DimensionOrganizationSequence = [named]
    made.DimensionOrganizationType = "3D"
    made.DimensionIndexSequence = []
    for keyword in ("StackID", "InStackPositionNumber"):
        index = Dataset()
        index.DimensionOrganizationUID = organization
        index.DimensionIndexPointer = Tag(keyword)
        index.FunctionalGroupPointer = Tag("FrameContentSequence")
        index.DimensionDescriptionLabel = keyword
        made.DimensionIndexSequence.append(index)


def _pixel_module(made: Dataset, slices: SlicesToWrap) -> None:
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.Rows, made.Columns = slices.shape
    made.NumberOfFrames = len(slices.heights_mm)
    made.BitsAllocated, made.PixelRepresentation = 16, 0
    made.BitsStored, made.HighBit = slices.bits, slices.bits - 1
    made.PresentationLUTShape = "IDENTITY"


def _shared(slices: SlicesToWrap) -> Dataset:
    group = Dataset()
    measures = Dataset()
    measures.PixelSpacing = [slices.spacing.row_mm, slices.spacing.column_mm]
    measures.SliceThickness = slices.slice_mm
    group.PixelMeasuresSequence = [measures]
    across, down = directions(slices.laterality, slices.view)
    orientation = Dataset()
    orientation.ImageOrientationPatient = [round(each, 6) for each in (*across, *down)]
    group.PlaneOrientationSequence = [orientation]
    values = Dataset()
    values.RescaleIntercept, values.RescaleSlope, values.RescaleType = 0, 1, "US"
    group.PixelValueTransformationSequence = [values]
    if not slices.side_per_frame:
        group.FrameAnatomySequence = [_anatomy(slices)]
    if len(slices.windows) == 1:
        group.FrameVOILUTSequence = [_window(slices.windows[0])]
    return group


def _of_frame(slices: SlicesToWrap, place: int, rank: int) -> Dataset:
    """`rank`: its place in the order of height, from 1."""
    group = Dataset()
    content = Dataset()
    content.StackID, content.InStackPositionNumber = STACK, rank
    content.DimensionIndexValues = [1, rank]
    group.FrameContentSequence = [content]
    (a, b, c), (d, e, f) = directions(slices.laterality, slices.view)
    normal = b * f - c * e, c * d - a * f, a * e - b * d
    position = Dataset()
    position.ImagePositionPatient = [round(slices.heights_mm[place] * each, 6) for each in normal]
    group.PlanePositionSequence = [position]
    kind = Dataset()
    kind.FrameType = FRAME_TYPE
    _add_volume(kind)
    group.XRay3DFrameTypeSequence = [kind]
    if slices.side_per_frame:
        group.FrameAnatomySequence = [_anatomy(slices)]
    if len(slices.windows) > 1:
        group.FrameVOILUTSequence = [_window(slices.windows[place])]
    return group


def directions(
    laterality: Laterality, view: str
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Of rows (to the right) and of columns (down) in the patient: x left, y back, z head.

    Of pictures that hang as their side does. Their normal points from the tube to the support, of
    LM the other way.
    """
    front = -1.0 if laterality is Laterality.LEFT else 1.0
    tilt = radians(_TILTS_DEG[view])
    return (0.0, front, 0.0), (front * cos(tilt), 0.0, -sin(tilt))


def _anatomy(slices: SlicesToWrap) -> Dataset:
    anatomy = Dataset()
    anatomy.FrameLaterality = slices.laterality.value
    anatomy.AnatomicRegionSequence = [code_item(*BREAST)]
    return anatomy


def _window(window: Window) -> Dataset:
    item = Dataset()
    item.WindowCenter, item.WindowWidth = window
    return item
