"""A lesion as the loop saw it, and the finding that a study's reading makes of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.measurement import LesionMeasurements, measured
from senoscope.calibration.outline_error import network_error
from senoscope.domain.errors import ImageError
from senoscope.domain.frame import Frame
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Suspicion
from senoscope.models.programmed.descriptors import describe
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.results.identity import new_uid
from senoscope.studies.study_reading import FindingWord, Outlined, StudyFinding

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SeenLesion:
    """`contours` in pixels of the whole stored image, by the frame's place from 0.

    `lesion` is its outline on `frame`, which shows it best, as it was read, at `place`; `offset`
    [x, y] leads from there to the whole image. The rest as of `Track`.
    """

    contours: dict[int, NDArray[np.float32]]
    place: int
    lesion: Lesion
    frame: Frame
    offset: NDArray[np.float32]
    probability: float
    lowest: float
    highest: float
    suspicion: Suspicion | None
    score: float = 0.0


def study_finding(number: int, image: StoredImage, seen: SeenLesion, grid: int) -> StudyFinding:
    """Of the study's lesion of that number, on `image`; `grid` as of `network_error`."""
    assert seen.suspicion is not None, "only steady lesions and single findings are kept"
    outlines = {
        place: Outlined(image.frame_place(place + 1), contour)
        for place, contour in sorted(seen.contours.items())
    }
    return StudyFinding(
        number,
        str(new_uid()),
        outlines[seen.place],
        tuple(outlines.values()),
        seen.probability,
        seen.lowest,
        seen.highest,
        seen.suspicion,
        _measured(seen, grid),
        _words(seen, number),
    )


def _measured(seen: SeenLesion, grid: int) -> LesionMeasurements | None:
    """No depths: what a DICOM region says does not tell where the skin lies."""
    if seen.frame.spacing is None:
        return None
    error = network_error(seen.lesion.presence, seen.frame.size, grid)
    return measured(seen.lesion, seen.frame.spacing, error, None)


def _words(seen: SeenLesion, number: int) -> tuple[FindingWord, ...]:
    spacing = seen.frame.pixel_spacing
    aspect = 1.0 if spacing is None else spacing.row_mm / spacing.column_mm
    try:
        told = describe(seen.frame.pixels, seen.lesion.contour, aspect)
    except ImageError as error:
        log.warning("Lesion %d has no words: %s", number, error)
        return ()
    names = "shape", "orientation", "margin", "echo_pattern", "posterior_features"
    return tuple(FindingWord.of(each, getattr(told, each)) for each in names)
