"""One lesion in a measurement report: TID 1410, planar region measurements and evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import highdicom.sr as hd
import numpy as np
from pydicom import Dataset
from pydicom.sr.coding import Code

from senoscope import __version__
from senoscope.calibration.measurement import LesionMeasurements, Measured, Unit
from senoscope.studies.results import codes
from senoscope.studies.results.finding_said import finding_name, is_mark
from senoscope.studies.results.identity import MODEL_NAME
from senoscope.studies.results.made_object import side_of
from senoscope.studies.results.report_words import shown
from senoscope.studies.study_reading import (
    FindingWord,
    FramePlace,
    Outlined,
    StudyFinding,
    StudyReading,
)

UNITS = {
    Unit.MILLIMETRES: codes.MILLIMETRE,
    Unit.SQUARE_MILLIMETRES: codes.SQUARE_MILLIMETRE,
    Unit.DEGREES: codes.DEGREE,
}
DECIMALS = 4
INTERVALS = "Ranges of measurement uncertainty are those of 95 % intervals"
Group = hd.PlanarROIMeasurementsAndQualitativeEvaluations


def lesion_group(
    finding: StudyFinding,
    reading: StudyReading,
    image: Dataset,
    segmentations: Iterable[Dataset] = (),
) -> Group:
    """What the software says of a lesion on its key frame, of which `image` is the header.

    The region is the frame of a segmentation with the finding's tracking UID where one is of that
    key frame, else the outline itself.
    """
    in_segment = _segment(finding, segmentations, image)
    group = Group(
        tracking_identifier=_tracking(finding, finding_name(finding)),
        referenced_region=None if in_segment else image_region(finding.key, image),
        referenced_segment=in_segment,
        finding_type=codes.FINDING_TYPES[finding.kind],
        finding_category=codes.ABNORMAL_STRUCTURE,
        finding_sites=[_site(image)],
        algorithm_id=algorithm_of(reading),
        measurements=[*size_measurements(finding.measured), *_probabilities(finding)],
        qualitative_evaluations=_suspicion(finding),
    )
    group[0].ContentSequence.extend(map(word_item, finding.words))
    return group


def edited_group(
    finding: StudyFinding,
    outline: Outlined,
    image: Dataset,
    measured: LesionMeasurements | None,
    words: Iterable[FindingWord] = (),
) -> Group:
    """The same lesion as a clinician outlined it: the same tracking UID, and no algorithm."""
    group = Group(
        tracking_identifier=_tracking(finding, f"{finding_name(finding)}, edited"),
        referenced_region=image_region(outline, image),
        finding_type=codes.FINDING_TYPES[finding.kind],
        finding_category=codes.ABNORMAL_STRUCTURE,
        finding_sites=[_site(image)],
        measurements=size_measurements(measured),
    )
    group[0].ContentSequence.extend(map(word_item, words))
    return group


def algorithm_of(reading: StudyReading) -> hd.AlgorithmIdentification:
    """TID 4019: the software and its version, and what it ran with."""
    reader, point = reading.reader, reading.reader.operating_point
    return hd.AlgorithmIdentification(
        name=MODEL_NAME,
        version=__version__,
        parameters=[
            shown(f"Mode: {reading.mode}"),
            shown(f"Engine: {reader.engine}"),
            *(shown(f"Model: {each}") for each in reader.models),
            f"Suspicion is low below {point.low_below:g} and high from {point.high_from:g}",
            INTERVALS,
        ],
    )


def image_region(outline: Outlined, image: Dataset) -> hd.ImageRegion:
    """A closed polyline on its frame.

    In DICOM the upper left corner of the first pixel is 0, its centre 0.5. PS3.3 C.18.6.
    """
    points = np.asarray(outline.contour, np.float32) + np.float32(0.5)
    return hd.ImageRegion(
        graphic_type=hd.GraphicTypeValues.POLYLINE,
        graphic_data=np.vstack([points, points[:1]]),
        source_image=hd.SourceImageForRegion(
            outline.at.sop_class, outline.at.instance_uid, frames_of(outline.at, image)
        ),
    )


def frames_of(at: FramePlace, image: Dataset) -> list[int] | None:
    """None for an image of one frame, where ReferencedFrameNumber must not be. PS3.3 table 10-3."""
    return [at.frame] if "NumberOfFrames" in image else None


def size_measurements(measured: LesionMeasurements | None) -> list[hd.Measurement]:
    """None of them where millimetres are not known."""
    if measured is None:
        return []
    named: Mapping[Code, Measured | None] = {
        codes.LONG_AXIS: measured.long_axis,
        codes.SHORT_AXIS: measured.short_axis,
        codes.AREA: measured.area,
        codes.ANGLE_TO_HORIZONTAL: measured.orientation,
        codes.CENTRE_DEPTH: measured.depth,
        codes.DISTANCE_FROM_SKIN: measured.skin_distance,
    }
    return [_measurement(name, each) for name, each in named.items() if each is not None]


def _measurement(name: Code, measured: Measured) -> hd.Measurement:
    """With how far it may be off either way, in its own unit. TID 310 rows 9 and 10."""
    unit = UNITS[measured.unit]
    off = {
        codes.UPPER_UNCERTAINTY: measured.upper - measured.value,
        codes.LOWER_UNCERTAINTY: measured.value - measured.lower,
    }
    # highdicom's MeasurementProperties would write these without a unit.
    properties = [number_item(each, value, unit) for each, value in off.items()]
    item = hd.Measurement(name, rounded(measured.value), unit)
    item[0].ContentSequence = hd.ContentSequence(properties)
    return item


def rounded(value: float) -> float:
    """To what the 16 characters of a decimal string hold without noise in them."""
    return round(float(value), DECIMALS)


def number_item(name: Code, value: float, unit: Code) -> hd.NumContentItem:
    """A property of its parent."""
    return hd.NumContentItem(
        name, rounded(value), unit, relationship_type=hd.RelationshipTypeValues.HAS_PROPERTIES
    )


def _suspicion(finding: StudyFinding) -> list[hd.QualitativeEvaluation]:
    """None of a mark: nothing told benign from malignant."""
    if is_mark(finding):
        return []
    return [hd.QualitativeEvaluation(codes.SUSPICION, codes.SUSPICIONS[finding.suspicion])]


def _probabilities(finding: StudyFinding) -> list[hd.Measurement]:
    """In per cent: of malignancy, with the least and most that a single frame gave, or the mark."""
    if is_mark(finding):
        sure = rounded(100 * finding.probability)
        return [hd.Measurement(codes.CERTAINTY_OF_FINDING, sure, codes.PERCENT)]
    derived = {None: finding.probability, codes.MINIMUM: finding.lowest}
    derived[codes.MAXIMUM] = finding.highest
    return [
        hd.Measurement(
            codes.PROBABILITY_OF_CANCER, rounded(100 * each), codes.PERCENT, derivation=how
        )
        for how, each in derived.items()
    ]


def word_item(said: FindingWord) -> hd.ContentItem:
    """The coded word with how sure it is; as text, why there is none."""
    name, known = codes.WORDS[said.name]
    contains = hd.RelationshipTypeValues.CONTAINS
    if said.word is None:
        return hd.TextContentItem(name, shown(f"Not assessed: {said.reason}"), contains)
    item = hd.CodeContentItem(name, known[said.word], contains)
    sure = number_item(codes.CERTAINTY_OF_FEATURE, 100 * said.agreement, codes.PERCENT)
    item.ContentSequence = hd.ContentSequence([sure])
    return item


def _tracking(finding: StudyFinding, name: str) -> hd.TrackingIdentifier:
    return hd.TrackingIdentifier(finding.tracking_uid, name)


def _site(image: Dataset) -> hd.FindingSite:
    """The breast, and its side where the image says one."""
    side = side_of(image)
    return hd.FindingSite(codes.BREAST, laterality=None if side is None else codes.LATERALITY[side])


def _segment(
    finding: StudyFinding, segmentations: Iterable[Dataset], image: Dataset
) -> hd.ReferencedSegmentationFrame | None:
    at = finding.key.at
    for segmentation in segmentations:
        for segment in segmentation.SegmentSequence:
            if segment.get("TrackingUID") != finding.tracking_uid:
                continue
            number = int(segment.SegmentNumber)
            frame = _segment_frame(segmentation, number, at)
            if frame is not None:
                return _referenced(segmentation, frame, number, at, image)
    return None


def _referenced(
    segmentation: Dataset, frame: int, number: int, at: FramePlace, image: Dataset
) -> hd.ReferencedSegmentationFrame:
    made = hd.ReferencedSegmentationFrame(
        segmentation.SOPClassUID,
        segmentation.SOPInstanceUID,
        frame_number=frame,
        segment_number=number,
        source_image=hd.SourceImageForSegmentation(
            at.sop_class, at.instance_uid, frames_of(at, image)
        ),
    )
    # highdicom names both; table 10-3 of PS3.3 forbids the segment where the frame says it.
    del made[0].ReferencedSOPSequence[0].ReferencedSegmentNumber
    return made


def _segment_frame(segmentation: Dataset, number: int, at: FramePlace) -> int | None:
    """The segmentation's frame of that segment on that source frame, counted from 1."""
    for place, groups in enumerate(segmentation.PerFrameFunctionalGroupsSequence, 1):
        if groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber != number:
            continue
        for derivation in groups.get("DerivationImageSequence", ()):
            for source in derivation.get("SourceImageSequence", ()):
                if source.ReferencedSOPInstanceUID != at.instance_uid:
                    continue
                frames = source.get("ReferencedFrameNumber", at.frame)
                listed: Sequence[int] = [frames] if isinstance(frames, int) else list(frames)
                if at.frame in map(int, listed):
                    return place
    return None
