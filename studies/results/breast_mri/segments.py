"""DICOM Segmentation (PS3.3 A.51) of breast MRI: breast, fibroglandular tissue and each lesion.

One object for each dynamic series, on the grid of its last phase before contrast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sr.coding import Code

from senoscope.domain.breast_mri import Mask
from senoscope.domain.reading import ReaderDescription
from senoscope.models.programmed.breast_mri.analysis import EnhancingLesion, Tissue
from senoscope.studies.results import codes
from senoscope.studies.results.breast_mri.volume_places import (
    common_arguments,
    completed,
    frame_of_reference,
    source_headers,
    volume_of,
)
from senoscope.studies.results.identity import NOTICE
from senoscope.studies.results.made_object import NewSeries, code
from senoscope.studies.results.segmentation import SERIES_NUMBER, algorithm_of
from senoscope.studies.results.sr_document import Headers
from senoscope.studies.study_reading import FindingKind, ReadVolumes, StudyReading

PARTS: Mapping[Tissue, tuple[str, Code]] = {
    Tissue.BREAST: ("Breast", codes.BREAST),
    Tissue.FIBROGLANDULAR: ("Fibroglandular tissue", codes.FIBROGLANDULAR_TISSUE),
}


@dataclass(frozen=True, eq=False)
class _Part:
    """One segment; `tracking_uid` is "" of what is no finding."""

    label: str
    category: Code
    kind: Code
    mask: Mask
    tracking_uid: str = ""
    laterality: str | None = None


def volume_segmentations(reading: StudyReading, headers: Headers) -> list[Dataset]:
    """One of each series in which there is anything to show."""
    series = NewSeries("SEG", SERIES_NUMBER, "Senoscope segmentation (suggestion)")
    made = []
    for number, volumes in enumerate(reading.volumes, start=1):
        parts = list(_parts(volumes, reading))
        if parts:
            made.append(_segmentation(volumes, parts, reading.reader, (series, number), headers))
    return made


def _parts(volumes: ReadVolumes, reading: StudyReading) -> Iterator[_Part]:
    tissue = volumes.analysis.tissue
    for bit, (label, kind) in PARTS.items():
        mask = (tissue & bit) > 0
        if mask.any():
            yield _Part(label, codes.ANATOMICAL_STRUCTURE, kind, mask)
    tracking = {each.number: each.tracking_uid for each in reading.findings}
    for lesion in volumes.analysis.lesions:
        if lesion.number in tracking:
            yield _Part(
                f"{FindingKind.ENHANCEMENT.value.capitalize()} {lesion.number}",
                codes.ABNORMAL_STRUCTURE,
                codes.FINDING_TYPES[FindingKind.ENHANCEMENT],
                whole_mask(lesion, volumes.series.shape),
                tracking[lesion.number],
                lesion.laterality,
            )


def whole_mask(lesion: EnhancingLesion, shape: tuple[int, int, int]) -> Mask:
    """In the whole volume."""
    whole = np.zeros(shape, bool)
    box = tuple(
        slice(start, start + size)
        for start, size in zip(lesion.corner, lesion.mask.shape, strict=True)
    )
    whole[box] = lesion.mask
    return whole


def _segmentation(
    volumes: ReadVolumes,
    parts: list[_Part],
    reader: ReaderDescription,
    at: tuple[NewSeries, int],
    headers: Headers,
) -> Dataset:
    sources = source_headers(volumes, headers)
    stacked: NDArray[np.uint8] = np.stack([each.mask for each in parts], -1).astype(np.uint8)
    made = hd.seg.Segmentation(
        source_images=sources,
        pixel_array=volume_of(
            stacked,
            volumes.series.geometry,
            (0, 0, 0),
            frame_of_reference(sources[0]),
            channels={"SegmentNumber": list(range(1, len(parts) + 1))},
        ),
        segmentation_type="BINARY",
        segment_descriptions=[
            _described(number, each, reader) for number, each in enumerate(parts, start=1)
        ],
        content_description=NOTICE,
        content_label="FINDINGS",
        **common_arguments(*at),
    )
    return completed(made, at[0])


def _described(number: int, part: _Part, reader: ReaderDescription) -> hd.seg.SegmentDescription:
    described = hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=part.label,
        segmented_property_category=part.category,
        segmented_property_type=part.kind,
        algorithm_type="AUTOMATIC",
        algorithm_identification=algorithm_of(reader),
        tracking_uid=part.tracking_uid or None,
        tracking_id=part.label if part.tracking_uid else None,
        anatomic_regions=[codes.BREAST],
    )
    if part.laterality is not None:
        region = described.AnatomicRegionSequence[0]
        region.AnatomicRegionModifierSequence = code(codes.LATERALITY[part.laterality])
    return described
