"""DICOM Segmentation (PS3.3 A.51) of breast MRI: breast, fibroglandular tissue and each lesion.

What users' own networks outline follows, each under its network's name and version. One object for
each dynamic series, on the grid of its last phase before contrast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sr.codedict import codes as standard
from pydicom.sr.coding import Code

from senoscope.domain.breast_mri import Mask
from senoscope.domain.reading import ReaderDescription
from senoscope.models.breast_mri_card import MriTarget
from senoscope.models.breast_mri_outline import NetworkOutline
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
from senoscope.studies.results.report_words import shown
from senoscope.studies.results.segmentation import LARGEST_PARAMETER, SERIES_NUMBER, algorithm_of
from senoscope.studies.results.sr_document import Headers
from senoscope.studies.study_reading import FindingKind, ReadVolumes, StudyReading

_LONGEST = 64
"""Bytes of a label, a name or a version (LO)."""
PARTS: Mapping[Tissue, tuple[str, Code]] = {
    Tissue.BREAST: ("Breast", codes.BREAST),
    Tissue.FIBROGLANDULAR: ("Fibroglandular tissue", codes.FIBROGLANDULAR_TISSUE),
}


@dataclass(frozen=True, eq=False)
class _Part:
    """One segment; `tracking_uid` is "" of what is no finding. `by` None: the reading's reader."""

    label: str
    category: Code
    kind: Code
    mask: Mask
    tracking_uid: str = ""
    laterality: str | None = None
    by: NetworkOutline | None = None


NETWORK_PARTS: Mapping[MriTarget, tuple[str, Code, Code]] = {
    MriTarget.TUMOUR: (
        "Tumour",
        codes.ABNORMAL_STRUCTURE,
        codes.FINDING_TYPES[FindingKind.ENHANCEMENT],
    ),
    **{
        target: (PARTS[bit][0], codes.ANATOMICAL_STRUCTURE, PARTS[bit][1])
        for target, bit in (
            (MriTarget.BREAST, Tissue.BREAST),
            (MriTarget.FIBROGLANDULAR, Tissue.FIBROGLANDULAR),
        )
    },
}


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
    for outline in volumes.networks:
        if outline.mask.any():
            name, category, kind = NETWORK_PARTS[outline.target]
            label = _line(f"{name} by {outline.name} {outline.version}")
            mask = whole_mask(outline, volumes.series.shape)
            yield _Part(label, category, kind, mask, by=outline)


def whole_mask(outlined: EnhancingLesion | NetworkOutline, shape: tuple[int, int, int]) -> Mask:
    """In the whole volume."""
    whole = np.zeros(shape, bool)
    whole[outlined.box] = outlined.mask
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
        algorithm_identification=algorithm_of(reader) if part.by is None else _network(part.by),
        tracking_uid=part.tracking_uid or None,
        tracking_id=part.label if part.tracking_uid else None,
        anatomic_regions=[codes.BREAST],
    )
    if part.laterality is not None:
        region = described.AnatomicRegionSequence[0]
        region.AnatomicRegionModifierSequence = code(codes.LATERALITY[part.laterality])
    return described


def _network(outline: NetworkOutline) -> hd.AlgorithmIdentificationSequence:
    """The network itself, which is not ours."""
    return hd.AlgorithmIdentificationSequence(
        name=_line(outline.name),
        family=standard.cid7162.ArtificialIntelligence,
        version=_line(outline.version),
        parameters={
            "trained on": shown(outline.trained_on, LARGEST_PARAMETER),
            "clinical": "yes" if outline.is_clinical else "no",
        },
    )


def _line(text: str) -> str:
    """As an LO has it, in which a backslash would part values; some readers count bytes."""
    return shown(text.replace("\\", "/")).encode()[:_LONGEST].decode(errors="ignore")
