"""What a segmentation has segments of: parts of the image first, then the findings on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sr.coding import Code

from senoscope.studies.results import codes
from senoscope.studies.results.finding_said import finding_name
from senoscope.studies.results.outline_mask import mask_of
from senoscope.studies.study_reading import Region, StudyFinding, StudyReading

Contours = tuple[NDArray[np.float32], ...]

REGIONS: Mapping[str, tuple[str, Code, Code]] = {
    "breast": ("Breast", codes.ANATOMICAL_STRUCTURE, codes.BREAST),
    "pectoral": ("Pectoral muscle", codes.ANATOMICAL_STRUCTURE, codes.PECTORAL_MUSCLE),
    "dense": ("Fibroglandular tissue", codes.ANATOMICAL_STRUCTURE, codes.FIBROGLANDULAR_TISSUE),
}
"""By `Region.name`: label, category and type."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`contours` by frame, from 1. `tracking_uid` is "" of what is no finding.

    `is_region`: contours are pieces and holes, as of `Region`, else all that any of them encloses.
    """

    label: str
    category: Code
    kind: Code
    contours: Mapping[int, Contours]
    tracking_uid: str = ""
    is_region: bool = False

    def mask(self, frame: int, source: Dataset) -> NDArray[np.bool_]:
        """(rows, columns) of `source`."""
        rows, columns = int(source.Rows), int(source.Columns)
        masks = (mask_of(each, rows, columns) for each in self.contours[frame])
        whole = next(masks)
        for each in masks:
            whole = whole ^ each if self.is_region else whole | each
        return whole


def segments_of(reading: StudyReading) -> dict[str, list[Segment]]:
    """By SOPInstanceUID: images with findings in the findings' order, then those with parts alone.

    In each the parts in the order of REGIONS, then the findings by number.
    """
    found: dict[str, list[Segment]] = {
        uid: [] for finding in reading.findings for uid in finding.images
    }
    for image in reading.images:
        if image.regions:
            found.setdefault(image.instance_uid, []).extend(_parts(image.regions))
    for finding in reading.findings:
        for uid in finding.images:
            found[uid].append(_of_finding(finding, uid))
    return found


def _parts(regions: tuple[Region, ...]) -> Iterator[Segment]:
    for name, (label, category, kind) in REGIONS.items():
        contours: dict[int, list[NDArray[np.float32]]] = defaultdict(list)
        for each in regions:
            if each.name == name:
                contours[each.at.frame].append(each.contour)
        if contours:
            by_frame = {frame: tuple(each) for frame, each in contours.items()}
            yield Segment(label, category, kind, by_frame, is_region=True)


def _of_finding(finding: StudyFinding, uid: str) -> Segment:
    contours: dict[int, list[NDArray[np.float32]]] = defaultdict(list)
    for outlined in finding.outlines:
        if outlined.at.instance_uid == uid:
            contours[outlined.at.frame].append(outlined.contour)
    return Segment(
        finding_name(finding),
        codes.ABNORMAL_STRUCTURE,
        codes.FINDING_TYPES[finding.kind],
        {frame: tuple(contours[frame]) for frame in sorted(contours)},
        finding.tracking_uid,
    )
