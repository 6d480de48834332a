"""At which edge of each mammogram the breast lies, by a small picture of its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.config import disable_value_validation

from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.studies.images.breast_object import BreastObject
from senoscope.studies.images.mammogram import FOR_PRESENTATION, FOR_PROCESSING
from senoscope.studies.images.mammogram_pixels import GreyFrames, shows_air_bright
from senoscope.studies.images.series import Study
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.pixels.cine_frames import DAMAGE
from senoscope.studies.pixels.grey_scale import GreyScale
from senoscope.studies.quality.sides import BreastEdge, Edge
from senoscope.studies.quality.views import side_of

LONGEST_SIDE = 256
"""Pixels of the small picture: a breast's outline is coarse, and a label's is gone."""
_WHITE = 250
_STRIP = 0.04
"""Of the width: what is looked at on either side."""
_FLAT = 16
"""Of 255: between air and the brightest tissue at least."""
_SKIN = 0.1
"""Of the way from air to the brightest tissue: what is brighter is tissue."""


def edges_of(study: Study) -> tuple[BreastEdge, ...]:
    """Of all mammograms of one side, of tomosynthesis by its middle slice; see `quality_of`.

    Decodes them, one at a time; a file that is damaged or gone is said to be so.
    """
    return tuple(map(_edge_of, _mammograms(study)))


def _mammograms(study: Study) -> Iterator[StoredImage]:
    for image in study.images:
        is_single = image.sop_class in (FOR_PRESENTATION, FOR_PROCESSING) and image.frames == 1
        is_one = is_single or image.breast is BreastObject.SLICES
        # What cannot be decoded for a reason known already is told by the report.
        if is_one and image.has_pixels and image.trouble is None and side_of(image) is not None:
            yield image


def _edge_of(image: StoredImage) -> BreastEdge:
    try:
        with disable_value_validation():  # whose warnings quote the header
            shown = small_picture(image)
    except (*DAMAGE, ImageError, SourceUnavailable):
        return BreastEdge(image.instance_uid, None, is_decoded=False)
    return BreastEdge(image.instance_uid, breast_edge(shown))


def small_picture(image: StoredImage) -> NDArray[np.uint8]:
    """(rows, columns) grey, air dark, at most LONGEST_SIDE either way, as it lies in the file.

    SourceUnavailable, ImageError, or what `DAMAGE` lists, where it cannot be read.
    """
    frames = GreyFrames.of(image)
    header, middle = frames.header, len(frames) // 2
    stored = frames[middle]
    rows, columns = stored.shape
    step = max(1, ceil(max(rows, columns) / LONGEST_SIDE))
    size = max(1, columns // step), max(1, rows // step)
    small = cv2.resize(stored, size, interpolation=cv2.INTER_AREA).astype(stored.dtype)
    shown = GreyScale.of(header, middle).display(small)
    return 255 - shown if shows_air_bright(image, header) else shown


def breast_edge(shown: NDArray[np.uint8]) -> Edge | None:
    """The edge at which the breast in a small picture lies, air dark; None: not sure.

    The largest bright patch is the breast, which has to touch one of the two edges with a quarter
    of its height and the other next to nowhere, and to bulge, as no patch of air does.
    """
    picture = _without_border(shown)
    strip = max(2, round(_STRIP * picture.shape[1]))
    if min(picture.shape) < 4 * strip:
        return None
    patch = _largest_patch(picture, strip)
    if patch is None:
        return None
    left, right = (
        float(patch[:, :strip].any(axis=1).mean()),
        float(patch[:, -strip:].any(axis=1).mean()),
    )
    if max(left, right) < 0.25 or min(left, right) > 0.1:
        return None
    edge: Edge = "left" if left > right else "right"
    reach = np.where(patch.any(axis=1), _reach(patch if edge == "left" else patch[:, ::-1]), 0)
    tenth, third = max(1, len(reach) // 10), len(reach) // 3
    middle = float(np.median(reach[third:-third]))
    ends = float(np.median(reach[:tenth])), float(np.median(reach[-tenth:]))
    return edge if middle >= min(ends) and middle > 0 else None


def _reach(patch: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(rows,): how far from the left edge its last pixel lies."""
    return np.asarray(patch.shape[1] - np.argmax(patch[:, ::-1], axis=1))


def _without_border(shown: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without lines at the edges that are nearly all white: a frame, or what lay bare to light."""
    for _ in range(4):
        most = shown.shape[0] // 10
        peeled = 0
        while peeled < most and np.mean(shown[peeled] >= _WHITE) > 0.9:
            peeled += 1
        # The next turn sees the next edge.
        shown = np.rot90(shown[peeled:])
    return shown


def _largest_patch(picture: NDArray[np.uint8], strip: int) -> NDArray[np.bool_] | None:
    """What is brighter than the air, whose grey is that of the darker side; None: all is flat."""
    air = min(float(np.median(each)) for each in (picture[:, :strip], picture[:, -strip:]))
    top = float(np.percentile(picture, 99))
    if top - air < _FLAT:
        return None
    bright = (picture > air + _SKIN * (top - air)).astype(np.uint8)
    opened = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if not len(areas) or areas.max() < 0.04 * picture.size:
        return None
    return np.asarray(labels == 1 + int(np.argmax(areas)))
