"""Which pixels of an ultrasound picture may stay: its regions, or its field of view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from senoscope.calibration.screen.field_of_view import FieldOfView, NoField, find_field_of_view
from senoscope.calibration.screen.screen_text import Box
from senoscope.calibration.screen.writing import SteadyWriting, painted_over
from senoscope.domain.clip import ClipFrames
from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.domain.frame import SMALLEST_SIDE, Gray
from senoscope.studies.files.study_header import whole_of
from senoscope.studies.images.ultrasound_region import CORNERS

LOOKED_AT = 48
"""Frames spread over the clip in which writing is looked for; it stands still for longer."""
OF_SIGNAL = (1, 2, 3, 4)
"""RegionSpatialFormat: 2-D, M-mode, spectral, wave form. Graphics (5) and none (0) are no signal.
PS3.3 C.8.5.5.1.1."""
NEARLY_ALL = 0.98
"""Of the rows and of the columns. A region of the whole screen says nothing of what to keep."""

FoundBy = Literal["regions", "field of view"]


@dataclass(frozen=True, slots=True)
class KeptArea:
    """`inside`, (rows, columns), is True where pixels stay; `boxes` there are painted over.

    `rectangles` hold all of `inside`; the boxes of each are counted from its corner.
    """

    inside: NDArray[np.bool_]
    rectangles: tuple[Box, ...]
    boxes: tuple[tuple[Box, ...], ...]
    found_by: FoundBy

    def applied(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A copy of (rows, columns) or (rows, columns, 3): black outside, writing painted over."""
        kept = self.inside if picture.ndim == 2 else self.inside[..., np.newaxis]
        clean = np.where(kept, picture, np.uint8(0))
        for rectangle, boxes in zip(self.rectangles, self.boxes, strict=True):
            if boxes:
                part = _part(clean, rectangle)
                channels = part[..., np.newaxis] if part.ndim == 2 else part
                for number in range(channels.shape[2]):
                    channels[..., number] = painted_over(
                        np.ascontiguousarray(channels[..., number]), boxes
                    )
        clean *= kept.astype(np.uint8)  # a box may reach over a sector's edge
        return clean


def kept_area(frames: ClipFrames, regions: Iterable[Dataset]) -> KeptArea:
    """Of a clip, all of whose frames are of one size.

    SourceUnavailable, as half a sentence, where no region and no field of view is found;
    ImageError where a frame cannot be used.
    """
    first = _grey(frames[0])
    rectangles = _rectangles(regions, (first.shape[1], first.shape[0]))
    if rectangles:
        inside = np.zeros(first.shape, bool)
        for each in rectangles:
            _part(inside, each)[:] = True
        found_by: FoundBy = "regions"
    else:
        field = _field([_grey(frames[place]) for place in _spread(len(frames), 8)])
        inside, area, found_by = field.inside, field.area, "field of view"
        right, bottom = area.left + area.width, area.top + area.height
        rectangles = (Box(area.left, area.top, right, bottom),)
    return KeptArea(inside, rectangles, _writing(frames, rectangles), found_by)


def _rectangles(regions: Iterable[Dataset], size: tuple[int, int]) -> tuple[Box, ...]:
    """Empty where any reaches outside: the picture was scaled or cut, and none is of it."""
    columns, rows = size
    found = []
    for item in regions:
        corners = [whole_of(item, f"RegionLocation{each}") for each in CORNERS]
        left, top, right, bottom = (-1 if each is None else each for each in corners)
        if not (0 <= left < right <= columns and 0 <= top < bottom <= rows):
            return ()
        box = Box(left, top, min(right + 1, columns), min(bottom + 1, rows))
        is_all = box.right - box.left >= NEARLY_ALL * columns and box.height >= NEARLY_ALL * rows
        if whole_of(item, "RegionSpatialFormat") in OF_SIGNAL and not is_all:
            found.append(box)
    return tuple(found)


def _field(pictures: Sequence[Gray]) -> FieldOfView:
    try:
        found = find_field_of_view(pictures)
    except ImageError as error:
        raise SourceUnavailable(f"its picture cannot be looked at: {error}") from error
    if isinstance(found, NoField):
        raise SourceUnavailable(
            "it says no ultrasound region, or one of the whole screen, and where the tissue is was "
            "not found, so that a name might stay; export it again with regions"
        )
    return found


def _writing(frames: ClipFrames, rectangles: Sequence[Box]) -> tuple[tuple[Box, ...], ...]:
    """For each rectangle, where lines of letters stand on it in frames spread over the clip."""
    looks = [SteadyWriting() for _ in rectangles]
    boxes: list[tuple[Box, ...]] = [() for _ in rectangles]
    for place in _spread(len(frames), LOOKED_AT):
        picture = _grey(frames[place])
        for number, rectangle in enumerate(rectangles):
            if min(rectangle.height, rectangle.right - rectangle.left) >= SMALLEST_SIDE:
                part = np.ascontiguousarray(_part(picture, rectangle))
                boxes[number] = looks[number].look(part)
    return tuple(boxes)


def _spread(count: int, most: int) -> list[int]:
    return sorted({round(float(each)) for each in np.linspace(0, count - 1, min(count, most))})


def _grey(picture: NDArray[np.uint8]) -> Gray:
    """The brightest of the colours, so that coloured letters stand out, too."""
    return picture if picture.ndim == 2 else np.ascontiguousarray(picture.max(axis=2))


def _part(picture: NDArray[np.generic], box: Box) -> NDArray[np.generic]:
    """A view of it."""
    return picture[box.top : box.bottom, box.left : box.right]
