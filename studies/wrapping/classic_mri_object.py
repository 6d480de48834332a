"""Phases as MR Image Storage (PS3.3 A.4): a file for each slice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from senoscope.studies.images.mri_header import CLASSIC
from senoscope.studies.wrapping.mammogram_object import (
    add_equipment,
    derivation_said,
    patient_and_study,
)
from senoscope.studies.wrapping.mri_to_wrap import (
    AGENT,
    ECHO_MS,
    FIRST_PHASE_S,
    FLIP_DEG,
    REPETITION_MS,
    T2_ECHO_MS,
    T2_REPETITION_MS,
    MriToWrap,
    StoredScale,
    add_pixels,
    clock,
    orientation_of,
    position_of,
    with_meta,
)

DYNAMIC_SERIES, SUBTRACTION_SERIES, T2_SERIES = 10, 60, 5
"""SeriesNumber of the first of each kind."""


@dataclass(frozen=True, slots=True)
class _Volume:
    """What is said of one volume. `types` is ImageType; `phase` counts from 0, None: of none."""

    number: int
    description: str
    types: tuple[str, ...]
    start_s: float
    phase: int | None
    has_contrast: bool
    first_instance: int = 1
    is_t2: bool = False


def classic_objects(given: MriToWrap, *, one_series: bool) -> Iterator[Dataset]:
    """Phase by phase, slice by slice."""
    series = given.series
    scale = StoredScale.of(series.phases)
    for phase, values in enumerate(series.phases):
        is_post = phase >= series.pre_contrast
        word = f"phase {phase - series.pre_contrast + 1} post" if is_post else "pre contrast"
        about = _Volume(
            number=DYNAMIC_SERIES if one_series else DYNAMIC_SERIES + phase,
            description="Simulated dynamic T1" if one_series else f"Simulated T1 {word}",
            types=("ORIGINAL", "PRIMARY", "M"),
            start_s=FIRST_PHASE_S + given.times_s[phase],
            phase=phase if one_series else None,
            has_contrast=is_post,
            first_instance=1 + phase * len(values) if one_series else 1,
        )
        yield from _slices(given, values, about, scale)


def more_objects(given: MriToWrap) -> Iterator[Dataset]:
    """Subtractions and T2, where they are asked for."""
    series = given.series
    if given.subtractions:
        first = np.asarray(series.phases[0], np.float32)
        for phase in range(series.first_post, len(series.phases)):
            rise = np.maximum(np.asarray(series.phases[phase], np.float32) - first, 0)
            start = FIRST_PHASE_S + given.times_s[phase]
            number = SUBTRACTION_SERIES + phase
            types = ("DERIVED", "SECONDARY", "SUBTRACTION")
            about = _Volume(number, "Simulated subtraction", types, start, None, True)
            yield from _slices(given, rise, about, StoredScale.of((rise,)))
    if given.t2 is not None:
        types = ("ORIGINAL", "PRIMARY", "M")
        about = _Volume(T2_SERIES, "Simulated T2", types, FIRST_PHASE_S - 600, None, False, 1, True)
        yield from _slices(given, given.t2, about, StoredScale.of((given.t2,)))


def _slices(
    given: MriToWrap, values: NDArray[np.generic], about: _Volume, scale: StoredScale
) -> Iterator[Dataset]:
    for place, picture in enumerate(values):
        made = Dataset()
        patient_and_study(made, given.exam)
        _series(made, given, about)
        _image(made, given, about, about.first_instance + place)
        _sequence(made, given, about)
        _plane(made, given, place)
        add_pixels(made, scale.stored(picture))
        if scale.slope != 1:  # of an MR image it is no part, but scanners write it
            made.RescaleSlope, made.RescaleIntercept, made.RescaleType = scale.slope, 0, "US"
        yield with_meta(made)


def _series(made: Dataset, given: MriToWrap, about: _Volume) -> None:
    made.Modality, made.SeriesNumber = "MR", about.number
    made.SeriesInstanceUID = given.exam.uid("MR series", about.number)
    made.SeriesDescription = about.description
    made.SeriesDate, made.SeriesTime = given.exam.date, clock(about.start_s)
    made.PatientPosition, made.BodyPartExamined = "HFP", "BREAST"
    made.Laterality = given.laterality if given.laterality in ("L", "R") else ""
    made.FrameOfReferenceUID = given.exam.uid("MR frame of reference")
    made.PositionReferenceIndicator = ""
    add_equipment(made)


def _image(made: Dataset, given: MriToWrap, about: _Volume, number: int) -> None:
    made.SOPClassUID = CLASSIC
    made.SOPInstanceUID = given.exam.uid("MR", about.number, number)
    made.ImageType = list(about.types)
    made.InstanceNumber = number
    made.AcquisitionNumber = 1 if about.phase is None else about.phase + 1
    made.AcquisitionDate = made.ContentDate = given.exam.date
    made.AcquisitionTime = clock(about.start_s)
    made.ContentTime = clock(about.start_s + 30)
    made.ImageComments = derivation_said(given.exam, given.derivation)
    made.BurnedInAnnotation, made.LossyImageCompression = "NO", "00"
    made.QualityControlImage = "YES" if given.exam.is_simulated else "NO"
    if about.has_contrast:
        made.ContrastBolusAgent = AGENT
        injected = given.series.injected_s
        if injected is not None:
            made.ContrastBolusStartTime = clock(FIRST_PHASE_S + injected)


def _sequence(made: Dataset, given: MriToWrap, about: _Volume) -> None:
    made.ScanningSequence = "SE" if about.is_t2 else "GR"
    made.SequenceVariant = "SK" if about.is_t2 else "SP"
    suppressed = given.series.fat_suppressed and not about.is_t2
    made.ScanOptions = "FS" if suppressed else ""
    made.MRAcquisitionType = "2D" if about.is_t2 else "3D"
    made.EchoTime = T2_ECHO_MS if about.is_t2 else ECHO_MS
    made.RepetitionTime = T2_REPETITION_MS if about.is_t2 else REPETITION_MS
    made.FlipAngle, made.EchoTrainLength = 90 if about.is_t2 else FLIP_DEG, 1
    if about.phase is not None and given.has_temporal:
        made.TemporalPositionIdentifier = about.phase + 1
        made.NumberOfTemporalPositions = len(given.series.phases)


def _plane(made: Dataset, given: MriToWrap, place: int) -> None:
    geometry = given.series.geometry
    slice_mm, row_mm, column_mm = geometry.spacing_mm
    made.PixelSpacing = [row_mm, column_mm]
    made.SliceThickness = made.SpacingBetweenSlices = slice_mm
    made.ImageOrientationPatient = orientation_of(geometry)
    made.ImagePositionPatient = position_of(geometry, place)
