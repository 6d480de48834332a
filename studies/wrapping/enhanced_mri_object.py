"""Phases as Enhanced MR Image Storage (PS3.3 A.36): all in one object, or one for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from pydicom import Dataset
from pydicom.tag import Tag

from senoscope.studies.images.mri_header import ENHANCED
from senoscope.studies.results.identity import CODING_SCHEME
from senoscope.studies.wrapping.mammogram_object import (
    BREAST,
    add_equipment,
    code_item,
    derivation_said,
    patient_and_study,
)
from senoscope.studies.wrapping.mri_to_wrap import (
    AGENT,
    ECHO_MS,
    FIRST_PHASE_S,
    FLIP_DEG,
    REPETITION_MS,
    MriToWrap,
    StoredScale,
    add_pixels,
    clock,
    orientation_of,
    position_of,
    with_meta,
)

FRAME_TYPE = ["ORIGINAL", "PRIMARY", "T1", "NONE"]
DYNAMIC_SERIES = 10
_DIMENSIONS = ("StackID", "InStackPositionNumber", "TemporalPositionIndex")


def enhanced_objects(given: MriToWrap, *, per_phase: bool) -> Iterator[Dataset]:
    """Frames are in order of phases, then of slices."""
    phases = range(len(given.series.phases))
    scale = StoredScale.of(given.series.phases)
    for number, chosen in enumerate([[each] for each in phases] if per_phase else [[*phases]], 1):
        yield _object(given, chosen, number, scale)


def _object(given: MriToWrap, chosen: Sequence[int], number: int, scale: StoredScale) -> Dataset:
    series = given.series
    made = Dataset()
    patient_and_study(made, given.exam)
    _series(made, given)
    _image(made, given, chosen, number)
    _pulse_sequence(made, given)
    _contrast(made, given)
    _dimensions(made, given)
    add_pixels(made, np.concatenate([scale.stored(series.phases[each]) for each in chosen]))
    made.NumberOfFrames = len(chosen) * series.shape[0]
    made.PresentationLUTShape = "IDENTITY"
    made.SharedFunctionalGroupsSequence = [_shared(given, scale)]
    made.PerFrameFunctionalGroupsSequence = [
        _of_frame(given, phase, place) for phase in chosen for place in range(series.shape[0])
    ]
    return with_meta(made)


def _series(made: Dataset, given: MriToWrap) -> None:
    made.Modality, made.SeriesNumber = "MR", DYNAMIC_SERIES
    made.SeriesInstanceUID = given.exam.uid("MR series", DYNAMIC_SERIES)
    made.SeriesDescription = "Simulated dynamic T1"
    made.PatientPosition, made.BodyPartExamined = "HFP", "BREAST"
    made.FrameOfReferenceUID = given.exam.uid("MR frame of reference")
    made.PositionReferenceIndicator = ""
    add_equipment(made)


def _image(made: Dataset, given: MriToWrap, chosen: Sequence[int], number: int) -> None:
    start = FIRST_PHASE_S + given.times_s[chosen[0]] - duration_s(given) / 2
    made.SOPClassUID = ENHANCED
    made.SOPInstanceUID = given.exam.uid("Enhanced MR", number)
    made.ImageType, made.InstanceNumber = FRAME_TYPE, number
    made.AcquisitionNumber = number
    made.ContentDate, made.ContentTime = given.exam.date, clock(start + 30)
    made.AcquisitionDateTime = given.exam.date + clock(start)
    made.AcquisitionDuration = duration_s(given) * len(chosen)
    made.ImageComments = derivation_said(given.exam, given.derivation)
    made.BurnedInAnnotation, made.LossyImageCompression = "NO", "00"
    made.QualityControlImage = "YES" if given.exam.is_simulated else "NO"
    made.ContentQualification, made.AcquisitionContextSequence = "RESEARCH", []
    _add_kind(made)
    made.ResonantNucleus, made.KSpaceFiltering = "1H", "NONE"
    made.MagneticFieldStrength = 1.5
    made.ApplicableSafetyStandardAgency = "IEC"
    made.IsocenterPosition = [0.0, 0.0, 0.0]
    made.B1rms = 1.0


def _add_kind(made: Dataset) -> None:
    made.PixelPresentation, made.VolumetricProperties = "MONOCHROME", "VOLUME"
    made.VolumeBasedCalculationTechnique = "NONE"
    made.ComplexImageComponent, made.AcquisitionContrast = "MAGNITUDE", "T1"


def _pulse_sequence(made: Dataset, given: MriToWrap) -> None:
    made.PulseSequenceName, made.MRAcquisitionType = "SIMULATED", "3D"
    made.EchoPulseSequence, made.SteadyStatePulseSequence = "GRADIENT", "NONE"
    made.MultiPlanarExcitation = made.PhaseContrast = "NO"
    made.TimeOfFlightContrast = made.EchoPlanarPulseSequence = "NO"
    made.SaturationRecovery, made.OversamplingPhase = "NO", "NONE"
    made.SpectrallySelectedSuppression = _fat(given)
    made.GeometryOfKSpaceTraversal = "RECTILINEAR"
    made.RectilinearPhaseEncodeReordering = "LINEAR"
    made.SegmentedKSpaceTraversal, made.CoverageOfKSpace = "SINGLE", "FULL"
    made.NumberOfKSpaceTrajectories = 1


def _fat(given: MriToWrap) -> str:
    return "FAT" if given.series.fat_suppressed else "NONE"


def _contrast(made: Dataset, given: MriToWrap) -> None:
    agent = Dataset()
    agent.CodeValue, agent.CodingSchemeDesignator = "SIM1", CODING_SCHEME
    agent.CodeMeaning = AGENT.capitalize()
    agent.ContrastBolusAgentNumber = 1
    agent.ContrastBolusAdministrationRouteSequence = [code_item("47625008", "Intravenous route")]
    agent.ContrastBolusIngredientCodeSequence = _item(
        CodeValue="SIM2", CodingSchemeDesignator=CODING_SCHEME, CodeMeaning="Gadolinium"
    )
    agent.ContrastBolusVolume, agent.ContrastBolusIngredientConcentration = 10.0, 500.0
    if given.series.injected_s is not None:
        start = clock(FIRST_PHASE_S + given.series.injected_s)
        agent.ContrastAdministrationProfileSequence = _item(
            ContrastBolusVolume=10.0, ContrastBolusStartTime=start
        )
    made.ContrastBolusAgentSequence = [agent]


def duration_s(given: MriToWrap) -> float:
    """Of each phase: to the next one, of the two that lie nearest together."""
    times = given.times_s
    shortest = min(b - a for a, b in pairwise(times))
    return round(shortest, 3) if shortest > 0 else 60.0


def _dimensions(made: Dataset, given: MriToWrap) -> None:
    organization = given.exam.uid("MR dimensions")
    named = Dataset()
    named.DimensionOrganizationUID = organization
    made.DimensionOrganizationSequence = [named]
    made.DimensionIndexSequence = []
    for keyword in _DIMENSIONS:
        index = Dataset()
        index.DimensionOrganizationUID = organization
        index.DimensionIndexPointer = Tag(keyword)
        index.FunctionalGroupPointer = Tag("FrameContentSequence")
        index.DimensionDescriptionLabel = keyword
        made.DimensionIndexSequence.append(index)


def _item(**said: object) -> list[Dataset]:
    made = Dataset()
    for keyword, value in said.items():
        setattr(made, keyword, value)
    return [made]


def _shared(given: MriToWrap, scale: StoredScale) -> Dataset:
    slice_mm, row_mm, column_mm = given.series.geometry.spacing_mm
    _, rows, columns = given.series.shape
    group = Dataset()
    group.PixelMeasuresSequence = _item(PixelSpacing=[row_mm, column_mm], SliceThickness=slice_mm)
    group.PlaneOrientationSequence = _item(
        ImageOrientationPatient=orientation_of(given.series.geometry)
    )
    group.PixelValueTransformationSequence = _item(
        RescaleIntercept=0, RescaleSlope=scale.slope, RescaleType="US"
    )
    side = given.laterality or "U"
    group.FrameAnatomySequence = _item(
        FrameLaterality=side, AnatomicRegionSequence=[code_item(*BREAST)]
    )
    kind = Dataset()
    kind.FrameType = FRAME_TYPE
    _add_kind(kind)
    group.MRImageFrameTypeSequence = [kind]
    group.MREchoSequence = _item(EffectiveEchoTime=ECHO_MS)
    _add_timing(group)
    _add_sequence(group, given, rows, columns)
    return group


def _add_timing(group: Dataset) -> None:
    group.MRTimingAndRelatedParametersSequence = _item(
        RepetitionTime=REPETITION_MS,
        FlipAngle=FLIP_DEG,
        EchoTrainLength=1,
        RFEchoTrainLength=0,
        GradientEchoTrainLength=1,
        OperatingModeSequence=_item(OperatingModeType="STATIC FIELD", OperatingMode="IEC_NORMAL")
        + _item(OperatingModeType="RF", OperatingMode="IEC_NORMAL")
        + _item(OperatingModeType="GRADIENT", OperatingMode="IEC_NORMAL"),
        SpecificAbsorptionRateSequence=_item(
            SpecificAbsorptionRateDefinition="IEC_WHOLE_BODY", SpecificAbsorptionRateValue=0.1
        ),
        GradientOutput=10.0,
        GradientOutputType="DB_DT",
    )
    group.MRAveragesSequence = _item(NumberOfAverages=1.0)


def _add_sequence(group: Dataset, given: MriToWrap, rows: int, columns: int) -> None:
    group.MRFOVGeometrySequence = _item(
        InPlanePhaseEncodingDirection="ROW",
        MRAcquisitionFrequencyEncodingSteps=columns,
        MRAcquisitionPhaseEncodingStepsInPlane=rows,
        MRAcquisitionPhaseEncodingStepsOutOfPlane=given.series.shape[0],
        PercentSampling=100.0,
        PercentPhaseFieldOfView=100.0,
    )
    group.MRModifierSequence = _item(
        InversionRecovery="NO",
        FlowCompensation="NONE",
        Spoiling="RF",
        T2Preparation="NO",
        SpectrallySelectedExcitation="NONE",
        SpectrallySelectedSuppression=_fat(given),
        SpatialPresaturation="NONE",
        PartialFourier="NO",
        ParallelAcquisition="NO",
    )
    group.MRImagingModifierSequence = _item(
        MagnetizationTransfer="NONE",
        BloodSignalNulling="NO",
        Tagging="NONE",
        TransmitterFrequency=63.86,
        PixelBandwidth=400.0,
    )
    group.MRReceiveCoilSequence = _item(
        ReceiveCoilName="SIMULATED",
        ReceiveCoilManufacturerName="",
        ReceiveCoilType="SURFACE",
        QuadratureReceiveCoil="NO",
    )
    group.MRTransmitCoilSequence = _item(
        TransmitCoilName="SIMULATED", TransmitCoilManufacturerName="", TransmitCoilType="BODY"
    )


def _of_frame(given: MriToWrap, phase: int, place: int) -> Dataset:
    series = given.series
    group = Dataset()
    middle, lasts = FIRST_PHASE_S + given.times_s[phase], duration_s(given)
    content = Dataset()
    content.StackID, content.InStackPositionNumber = "1", place + 1
    content.FrameAcquisitionNumber = phase + 1
    content.FrameAcquisitionDateTime = given.exam.date + clock(middle - lasts / 2)
    content.FrameReferenceDateTime = given.exam.date + clock(middle)
    content.FrameAcquisitionDuration = lasts * 1000
    content.TemporalPositionIndex = phase + 1
    content.DimensionIndexValues = [1, place + 1, phase + 1]
    group.FrameContentSequence = [content]
    group.PlanePositionSequence = _item(ImagePositionPatient=position_of(series.geometry, place))
    given_agent = "YES" if phase >= series.pre_contrast else "NO"
    group.ContrastBolusUsageSequence = _item(
        ContrastBolusAgentNumber=1,
        ContrastBolusAgentAdministered=given_agent,
        ContrastBolusAgentDetected=given_agent,
    )
    return group
