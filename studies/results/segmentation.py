"""DICOM Segmentation (PS3.3 A.51): the pixels of every finding, linked to the frames they are of.

Written by hand but for the segments' descriptions: highdicom makes a segmentation of several frames
only of images in a frame of reference, which ultrasound images have none of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from highdicom import AlgorithmIdentificationSequence
from highdicom.seg import SegmentDescription
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.codedict import codes
from pydicom.tag import Tag
from pydicom.uid import SegmentationStorage

from senoscope import __version__
from senoscope.domain.reading import ReaderDescription
from senoscope.studies.results.codes import LATERALITY, SEGMENTATION, SOURCE_IMAGE
from senoscope.studies.results.identity import MANUFACTURER, MODEL_NAME, NOTICE, new_uid
from senoscope.studies.results.made_object import (
    NewSeries,
    add_lossy_history,
    code,
    new_object,
    reference,
    side_of,
)
from senoscope.studies.results.outline_mask import mask_of
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import StudyFinding, StudyReading

SERIES_NUMBER = 9101
LARGEST_PARAMETER = 1024

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Plane:
    """One frame of the segmentation: of which segment, from which frame of the source.

    Masks are made when they are asked for: those of a long cine do not fit in memory together.
    """

    segment: int
    frame: int
    contours: tuple[NDArray[np.float32], ...]

    def mask(self, source: Dataset) -> Bits:
        """(rows, columns)."""
        rows, columns = int(source.Rows), int(source.Columns)
        masks = [mask_of(each, rows, columns) for each in self.contours]
        return np.asarray(np.logical_or.reduce(masks))


def segmentation_of(reading: StudyReading, sources: SourceImages) -> list[Dataset]:
    """One for each image on which there is a finding, all of one series; none without findings.

    In it one segment a finding, in order of their numbers, with its tracking UID; frames on which
    it is not outlined are left out. Pixels are of the size of the source, one to one. Errors as of
    `SourceImages.header`; ImageError where an outline has a point that is no number.
    """
    series = NewSeries("SEG", SERIES_NUMBER, "Senoscope segmentation (suggestion)")
    found = _by_image(reading.findings)
    return [
        _segmentation(sources.header(uid), findings, reading.reader, series, number)
        for number, (uid, findings) in enumerate(found.items(), start=1)
    ]


def algorithm_of(reader: ReaderDescription) -> AlgorithmIdentificationSequence:
    """What read: name, version, engine and models."""
    return AlgorithmIdentificationSequence(
        name=MODEL_NAME,
        family=codes.cid7162.ArtificialIntelligence,
        version=__version__,
        source=MANUFACTURER,
        parameters={
            "engine": reader.engine[:LARGEST_PARAMETER],
            "models": "; ".join(reader.models)[:LARGEST_PARAMETER],
        },
    )


def _by_image(findings: Sequence[StudyFinding]) -> dict[str, list[StudyFinding]]:
    """By SOPInstanceUID, in the order in which the findings come."""
    found: dict[str, list[StudyFinding]] = defaultdict(list)
    for finding in findings:
        for uid in dict.fromkeys(each.at.instance_uid for each in finding.outlines):
            found[uid].append(finding)
    return found


def _segmentation(
    source: Dataset,
    findings: Sequence[StudyFinding],
    reader: ReaderDescription,
    series: NewSeries,
    number: int,
) -> Dataset:
    made = new_object(source, SegmentationStorage, series, number)
    planes = [
        plane
        for segment, finding in enumerate(findings, start=1)
        for plane in _planes(segment, finding, source)
    ]
    made.ContentLabel, made.ContentDescription = "LESIONS", NOTICE
    made.ContentCreatorName = None
    made.SegmentSequence = Items(
        _segment(segment, finding, source, reader)
        for segment, finding in enumerate(findings, start=1)
    )
    made.SegmentsOverlap = "YES" if _overlap(planes, source) else "NO"
    _add_pixels(made, planes, source)
    _add_frames(made, planes, source)
    return made


def _planes(segment: int, finding: StudyFinding, source: Dataset) -> Iterator[_Plane]:
    contours: dict[int, list[NDArray[np.float32]]] = defaultdict(list)
    for outlined in finding.outlines:
        if outlined.at.instance_uid == source.SOPInstanceUID:
            contours[outlined.at.frame].append(outlined.contour)
    for frame in sorted(contours):
        yield _Plane(segment, frame, tuple(contours[frame]))


def _overlap(planes: Sequence[_Plane], source: Dataset) -> bool:
    by_frame: dict[int, list[_Plane]] = defaultdict(list)
    for plane in planes:
        by_frame[plane.frame].append(plane)
    return any(
        bool((np.sum([each.mask(source) for each in together], axis=0) > 1).any())
        for together in by_frame.values()
        if len(together) > 1
    )


def _segment(
    number: int, finding: StudyFinding, source: Dataset, reader: ReaderDescription
) -> SegmentDescription:
    label = f"Lesion {finding.number}"
    segment = SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Lesion,
        algorithm_type="AUTOMATIC",
        algorithm_identification=algorithm_of(reader),
        tracking_uid=finding.tracking_uid,
        tracking_id=label,
        anatomic_regions=[codes.SCT.Breast],
    )
    if (side := side_of(source)) is not None:
        region = segment.AnatomicRegionSequence[0]
        region.AnatomicRegionModifierSequence = code(LATERALITY[side])
    return segment


def _add_pixels(made: Dataset, planes: Sequence[_Plane], source: Dataset) -> None:
    made.ImageType = ["DERIVED", "PRIMARY"]
    made.SegmentationType = "BINARY"
    made.Rows, made.Columns = source.Rows, source.Columns
    made.NumberOfFrames = len(planes)
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 1
    made.HighBit, made.PixelRepresentation = 0, 0
    made.PatientOrientation = ""  # ultrasound's is not known: type 2C
    made.BurnedInAnnotation = "NO"
    add_lossy_history(source, made)
    made.PixelData = _packed(planes, source)
    made["PixelData"].VR = "OB"


def _packed(planes: Sequence[_Plane], source: Dataset) -> bytes:
    """One bit a pixel; frames follow one another bit by bit, only the last is filled up."""
    parts: list[bytes] = []
    left: Bits = np.zeros(0, bool)
    for plane in planes:
        bits = np.concatenate([left, plane.mask(source).ravel()])
        whole = len(bits) // 8 * 8
        parts.append(np.packbits(bits[:whole], bitorder="little").tobytes())
        left = bits[whole:]
    parts.append(np.packbits(left, bitorder="little").tobytes())
    packed = b"".join(parts)
    return packed + bytes(len(packed) % 2)


def _add_frames(made: Dataset, planes: Sequence[_Plane], source: Dataset) -> None:
    organization = Dataset()
    organization.DimensionOrganizationUID = new_uid()
    made.DimensionOrganizationSequence = Items([organization])
    pointers = (
        ("ReferencedSegmentNumber", "SegmentIdentificationSequence"),
        ("InStackPositionNumber", "FrameContentSequence"),
    )
    made.DimensionIndexSequence = Items()
    for attribute, group in pointers:
        index = Dataset()
        index.DimensionOrganizationUID = organization.DimensionOrganizationUID
        index.DimensionIndexPointer, index.FunctionalGroupPointer = Tag(attribute), Tag(group)
        index.DimensionDescriptionLabel = attribute
        made.DimensionIndexSequence.append(index)
    made.SharedFunctionalGroupsSequence = Items([Dataset()])
    made.PerFrameFunctionalGroupsSequence = Items(_groups(planes, source))
    series = Dataset()
    series.SeriesInstanceUID = source.SeriesInstanceUID
    series.ReferencedInstanceSequence = Items([reference(source)])
    made.ReferencedSeriesSequence = Items([series])


def _groups(planes: Sequence[_Plane], source: Dataset) -> Iterator[Dataset]:
    for plane in planes:
        segment, content, group = Dataset(), Dataset(), Dataset()
        segment.ReferencedSegmentNumber = plane.segment
        content.StackID, content.InStackPositionNumber = "1", plane.frame
        content.DimensionIndexValues = [plane.segment, plane.frame]
        group.SegmentIdentificationSequence = Items([segment])
        group.FrameContentSequence = Items([content])
        group.DerivationImageSequence = Items([_derivation(source, plane.frame)])
        yield group


def _derivation(source: Dataset, frame: int) -> Dataset:
    image = reference(source, frame)
    image.SpatialLocationsPreserved = "YES"
    image.PurposeOfReferenceCodeSequence = code(SOURCE_IMAGE)
    derivation = Dataset()
    derivation.DerivationCodeSequence = code(SEGMENTATION)
    derivation.SourceImageSequence = Items([image])
    return derivation
