"""Which outline belongs to which true lesion."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding
from senoscope.models.evaluation.metrics import iou
from senoscope.models.segmenter import lesion_mask

FOUND_IOU = 0.3
SPECK_SHARE = 0.01
"""A truth component below this share of the image's largest one is a slip of the pen."""

Mask = NDArray[np.bool_]


def lesion_components(truth: Mask) -> list[Mask]:
    """Separate lesions of a (rows, columns) truth mask, the largest first."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(truth.astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA]
    order = sorted(range(1, count), key=lambda part: -int(areas[part]))
    return [labels == part for part in order if areas[part] >= SPECK_SHARE * areas[order[0]]]


def box_of(part: Mask) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of a mask, pixel centres at integers."""
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1]), float(rows[-1])


def outline_of(part: Mask) -> NDArray[np.float64]:
    """(n, 2), [x, y]: round the largest part of a mask, pixel centres at integers."""
    contours, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(max(contours, key=cv2.contourArea)[:, 0], dtype=np.float64)


def best_match(lesions: Sequence[Lesion], truth: Mask) -> Lesion | None:
    """The outline that overlaps `truth` best, if by IoU >= 0.3, else None."""
    shape = (truth.shape[0], truth.shape[1])
    overlaps = [iou(lesion_mask((lesion,), shape), truth) for lesion in lesions]
    best = int(np.argmax(overlaps)) if overlaps else -1
    return lesions[best] if best >= 0 and overlaps[best] >= FOUND_IOU else None


def paired(
    first: Sequence[Finding], second: Sequence[Finding], shape: tuple[int, int]
) -> list[tuple[Finding, Finding]]:
    """Findings of one (rows, columns) frame that outline the same, none of them twice."""
    left = {id(finding.lesion): finding for finding in second}
    pairs = []
    for finding in first:
        mask = lesion_mask((finding.lesion,), shape)
        met = best_match([each.lesion for each in left.values()], mask)
        if met is not None:
            pairs.append((finding, left.pop(id(met))))
    return pairs
