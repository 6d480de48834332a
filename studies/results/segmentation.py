"""DICOM Segmentation (PS3.3 A.51): the pixels of findings and parts, linked to their frames.

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
from pydicom.sr.codedict import codes as standard
from pydicom.tag import Tag
from pydicom.uid import SegmentationStorage

from senoscope import __version__
from senoscope.domain.reading import ReaderDescription
from senoscope.studies.files.study_header import items_of, text_of
from senoscope.studies.results import codes
from senoscope.studies.results.identity import MANUFACTURER, MODEL_NAME, NOTICE, new_uid
from senoscope.studies.results.made_object import (
    NewSeries,
    add_lossy_history,
    code,
    new_object,
    reference,
    side_of,
)
from senoscope.studies.results.segments import Segment, segments_of
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import StudyReading

SERIES_NUMBER = 9101
LARGEST_PARAMETER = 1024

Bits = NDArray[np.bool_]
PLACES = ("PixelMeasuresSequence", "PlaneOrientationSequence", "PlanePositionSequence")
"""Functional groups by which a viewer that does not follow references lays frames over a volume."""


@dataclass(frozen=True, slots=True)
class _Plane:
    """One frame of the segmentation: of which segment, from which frame of the source.

    Masks are made when they are asked for: those of a long cine do not fit in memory together.
    """

    number: int
    segment: Segment
    frame: int

    def mask(self, source: Dataset) -> Bits:
        """(rows, columns)."""
        return self.segment.mask(self.frame, source)


def segmentation_of(reading: StudyReading, sources: SourceImages) -> list[Dataset]:
    """One for each image with findings or parts, all of one series; none where there are none.

    In it the parts, then one segment a finding in order of their numbers, with its tracking UID;
    frames without either are left out. Pixels are of the size of the source, one to one. Errors as
    of `SourceImages.header`; ImageError where an outline has a point that is no number.
    """
    series = NewSeries("SEG", SERIES_NUMBER, "Senoscope segmentation (suggestion)")
    return [
        _segmentation(sources.header(uid), segments, reading.reader, series, number)
        for number, (uid, segments) in enumerate(segments_of(reading).items(), start=1)
    ]


def algorithm_of(reader: ReaderDescription) -> AlgorithmIdentificationSequence:
    """What read: name, version, engine and models."""
    return AlgorithmIdentificationSequence(
        name=MODEL_NAME,
        family=standard.cid7162.ArtificialIntelligence,
        version=__version__,
        source=MANUFACTURER,
        parameters={
            "engine": reader.engine[:LARGEST_PARAMETER],
            "models": "; ".join(reader.models)[:LARGEST_PARAMETER],
        },
    )


def _segmentation(
    source: Dataset,
    segments: Sequence[Segment],
    reader: ReaderDescription,
    series: NewSeries,
    number: int,
) -> Dataset:
    made = new_object(source, SegmentationStorage, series, number)
    planes = [
        _Plane(place, segment, frame)
        for place, segment in enumerate(segments, start=1)
        for frame in segment.contours
    ]
    made.ContentLabel, made.ContentDescription = "FINDINGS", NOTICE
    made.ContentCreatorName = None
    made.SegmentSequence = Items(
        _description(place, segment, source, reader)
        for place, segment in enumerate(segments, start=1)
    )
    made.SegmentsOverlap = "YES" if _overlap(planes, source) else "NO"
    _add_pixels(made, planes, source)
    _add_frames(made, planes, source)
    if frame_of_reference := text_of(source, "FrameOfReferenceUID"):
        made.FrameOfReferenceUID, made.PositionReferenceIndicator = frame_of_reference, ""
    return made


def _overlap(planes: Sequence[_Plane], source: Dataset) -> bool:
    by_frame: dict[int, list[_Plane]] = defaultdict(list)
    for plane in planes:
        by_frame[plane.frame].append(plane)
    return any(_any_meet(together, source) for together in by_frame.values() if len(together) > 1)


def _any_meet(planes: Sequence[_Plane], source: Dataset) -> bool:
    covered = planes[0].mask(source)
    for plane in planes[1:]:
        mask = plane.mask(source)
        if (covered & mask).any():
            return True
        covered |= mask
    return False


def _description(
    number: int, segment: Segment, source: Dataset, reader: ReaderDescription
) -> SegmentDescription:
    tracking = segment.tracking_uid or None
    described = SegmentDescription(
        segment_number=number,
        segment_label=segment.label,
        segmented_property_category=segment.category,
        segmented_property_type=segment.kind,
        algorithm_type="AUTOMATIC",
        algorithm_identification=algorithm_of(reader),
        tracking_uid=tracking,
        tracking_id=segment.label if tracking else None,
        anatomic_regions=[codes.BREAST],
    )
    if (side := side_of(source)) is not None:
        region = described.AnatomicRegionSequence[0]
        region.AnatomicRegionModifierSequence = code(codes.LATERALITY[side])
    return described


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
        segment.ReferencedSegmentNumber = plane.number
        content.StackID, content.InStackPositionNumber = "1", plane.frame
        content.DimensionIndexValues = [plane.number, plane.frame]
        group.SegmentIdentificationSequence = Items([segment])
        group.FrameContentSequence = Items([content])
        group.DerivationImageSequence = Items([_derivation(source, plane.frame)])
        group.update(_placed(source, plane.frame))
        yield group


def _placed(source: Dataset, frame: int) -> Dataset:
    """Where that frame of a volume lies; empty unless the source says all of PLACES."""
    shared = items_of(source, "SharedFunctionalGroupsSequence")[:1]
    own = items_of(source, "PerFrameFunctionalGroupsSequence")[frame - 1 : frame]
    placed = Dataset()
    for group in (*shared, *own):
        for keyword in PLACES:
            if items_of(group, keyword):
                setattr(placed, keyword, getattr(group, keyword))
    return placed if len(placed) == len(PLACES) else Dataset()


def _derivation(source: Dataset, frame: int) -> Dataset:
    image = reference(source, frame)
    image.SpatialLocationsPreserved = "YES"
    image.PurposeOfReferenceCodeSequence = code(codes.SOURCE_IMAGE)
    derivation = Dataset()
    derivation.DerivationCodeSequence = code(codes.SEGMENTATION)
    derivation.SourceImageSequence = Items([image])
    return derivation
