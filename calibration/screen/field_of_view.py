"""Where on a grabbed screen the tissue is: all else, names and dates first, is made black.

    pictures -> lines of text -> grain and motion -> a rectangle or a sector -> cut where written on

One picture is enough. Several of one exam tell more: what is drawn stands still, tissue moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce

import cv2
import numpy as np

from senoscope.calibration.screen.field_edges import (
    cut_free,
    half_that_moves,
    has_two_halves,
    rectangle,
)
from senoscope.calibration.screen.screen_text import Box, text_lines
from senoscope.calibration.screen.sector import sector_of
from senoscope.calibration.screen.tissue_map import Mask, TissueMap, regions, tissue_map
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import (
    LARGEST_SIDE,
    SMALLEST_SIDE,
    Frame,
    Gray,
    ScanArea,
    require_usable,
)

HANDY = 1400
"""Pixels of the longer side. From here on a picture is halved before it is looked at."""
MOST_PICTURES = 8
"""Of those given, spread evenly over them, the last included."""
STANDS = 3
"""Pictures. Speckle takes the shape of letters now and then, in two pictures even, not in three."""
MOST_POINTS = 256
"""Of an outline."""

Point = tuple[int, int]


class NoField(StrEnum):
    """Why no field of view was found; the value is said to the operator."""

    NO_TISSUE = "No ultrasound picture was found on this screen. Draw the scan area by hand."
    TOO_SMALL = "The picture on this screen is too small to read. Enlarge it on the scanner."
    WRITTEN_ON = (
        "There is writing in the middle of the picture, which may be a name. Clear the annotations "
        "on the scanner, or draw the scan area by hand."
    )


@dataclass(frozen=True, slots=True)
class FieldOfView:
    """The tissue on a screen: `area`, and of it what lies within `outline`.

    `area.picture` is the screen's size (columns, rows). `outline` goes once round a sector, [x, y]
    pixels of the screen; None where the whole area is tissue. `dual`: the screen shows two
    pictures, and the area holds the one that moves, or both where that is not known. SettingsError
    where the area has no usable size of screen, or the outline is none.
    """

    area: ScanArea
    outline: tuple[Point, ...] | None = None
    dual: bool = False
    _inside: Gray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.area.picture is None:
            raise SettingsError(
                f"A field of view {self.area} was given without the size of its screen; expected "
                "LEFT,TOP,WIDTH,HEIGHT of COLUMNSxROWS. Add the size."
            )
        columns, rows = self.area.picture
        if max(columns, rows) > LARGEST_SIDE:
            raise SettingsError(
                f"A field of view on a screen of {columns}x{rows} was given; expected at most "
                f"{LARGEST_SIDE} pixels a side. Find it again on this scanner."
            )
        inside = np.zeros((rows, columns), np.uint8)
        if self.outline is None:
            inside[_box(self.area)] = 255
        else:
            _require_outline(self.outline, self.area.picture)
            cv2.fillPoly(inside, [np.array(self.outline, np.int32)], 255)
            kept = inside[_box(self.area)].copy()
            inside[:] = 0
            inside[_box(self.area)] = kept
        inside.flags.writeable = False
        object.__setattr__(self, "_inside", inside)

    @property
    def inside(self) -> Mask:
        """(rows, columns) of the screen: True where there is tissue."""
        return np.asarray(self._inside > 0)

    def crop(self, frame: Frame) -> Frame:
        """The frame's area, 0 outside the outline. ImageError where the frame has another size."""
        cut = self.area.crop(frame)
        if self.outline is None:
            return cut
        pixels = cv2.bitwise_and(cut.pixels, self._inside[_box(self.area)])
        return replace(cut, pixels=np.asarray(pixels, np.uint8))

    def mask(self, pixels: Gray) -> Gray:
        """A copy of a screen, 0 outside the field. ImageError where it has another size."""
        require_usable(pixels)
        if pixels.shape != self._inside.shape:
            raise ImageError(
                f"The picture is {pixels.shape[1]}x{pixels.shape[0]}; the field of view was found "
                f"on one of {self.area}. Find it again for this source."
            )
        return np.asarray(cv2.bitwise_and(pixels, self._inside), np.uint8)


def find_field_of_view(pictures: Sequence[Gray]) -> FieldOfView | NoField:
    """Of one or more whole pictures of one exam, in their order, the same size each.

    ImageError where they are none, unusable or of several sizes.
    """
    _require_one_size(pictures)
    size = pictures[0].shape[1], pictures[0].shape[0]
    spread = np.linspace(len(pictures) - 1, 0, min(len(pictures), MOST_PICTURES)).round()
    looked_at = [pictures[int(place)] for place in spread]
    scale, written = 1, _written(looked_at)
    # Bold letters touch in a halved picture, and large ones are too large in a whole one.
    while max(looked_at[0].shape) >= HANDY:
        looked_at, scale = [_halved(each) for each in looked_at], 2 * scale
        written = [_half(line) for line in written] + _written(looked_at)
    seen = tissue_map(looked_at, written)
    found = _field(seen)
    if found is None:
        return NoField.NO_TISSUE
    area, outline, dual = found
    inside = np.zeros(seen.down.shape, np.uint8)
    if outline is None:
        inside[area.top : area.bottom, area.left : area.right] = 1
    else:
        cv2.fillPoly(inside, [np.array(outline, np.int32)], 1)
    free = cut_free(np.asarray(inside > 0), area, written)
    if free is None:
        return NoField.WRITTEN_ON
    if scale * min(free.right - free.left, free.bottom - free.top) < SMALLEST_SIDE:
        return NoField.TOO_SMALL
    left, top, right, bottom = (scale * side for side in free)
    scan_area = ScanArea(left, top, right - left, bottom - top, size)
    points = None if outline is None else tuple((scale * x, scale * y) for x, y in outline)
    return FieldOfView(scan_area, points, dual)


def lines_reaching_into(field: FieldOfView, pixels: Gray) -> bool:
    """Whether a line of letters stands on the field, such as a note typed during the exam."""
    inside, lines = field.inside, text_lines(pixels)
    while max(pixels.shape) >= HANDY:
        pixels, inside = _halved(pixels), inside[::2, ::2]
        lines = [_half(line) for line in lines] + text_lines(pixels)
    return any(inside[line.top : line.bottom, line.left : line.right].any() for line in lines)


def _field(seen: TissueMap) -> tuple[Box, tuple[Point, ...] | None, bool] | None:
    """The tissue's box, the outline where it is a sector, and whether there are two."""
    found = regions(seen)
    if not found:
        return None
    box, region = found[0]
    beside = [other for other, _ in found[1:] if _twin(box, other)]
    sector = sector_of(seen, region, box)
    rows, columns = seen.down.shape
    if sector is not None:
        points = np.clip(sector.outline().round(), 0, (columns - 1, rows - 1)).astype(int)
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0) + 1
        outline = tuple((int(x), int(y)) for x, y in points)
        return Box(int(left), int(top), int(right), int(bottom)), outline, bool(beside)
    if beside and seen.alive is None:
        box = reduce(Box.joined, beside, box)
    box = rectangle(seen, box)
    half = half_that_moves(seen, box)
    dual = bool(beside) or half is not None or has_two_halves(seen, box)
    return half or box, None, dual


def _twin(one: Box, other: Box) -> bool:
    """Side by side, and of one height."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = other.left >= one.right - 16 or other.right <= one.left + 16
    width, other_width = one.right - one.left, other.right - other.left
    return (
        apart
        and common >= 0.75 * max(one.height, other.height)
        and min(width, other_width) >= 0.6 * max(width, other_width)
    )


def _written(pictures: Sequence[Gray]) -> list[Box]:
    """Lines that stand still in the newest STANDS pictures, as a new note does, or in all.

    In motion the bright spots of tissue go, so that all of a line is seen, and nothing but lines.
    """
    lines = text_lines(reduce(np.minimum, pictures[:STANDS]))
    return lines if len(pictures) <= STANDS else lines + text_lines(reduce(np.minimum, pictures))


def _half(box: Box) -> Box:
    return Box(box.left // 2, box.top // 2, -(-box.right // 2), -(-box.bottom // 2))


def _halved(pixels: Gray) -> Gray:
    rows, columns = (side // 2 for side in pixels.shape)
    whole = pixels[: 2 * rows, : 2 * columns]
    return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def _box(area: ScanArea) -> tuple[slice, slice]:
    return np.s_[area.top : area.top + area.height, area.left : area.left + area.width]


def _require_outline(outline: Sequence[Point], size: tuple[int, int]) -> None:
    within = all(0 <= x < size[0] and 0 <= y < size[1] for x, y in outline)
    if not (3 <= len(outline) <= MOST_POINTS and within):
        raise SettingsError(
            f"An outline of {len(outline)} points was given; expected 3 to {MOST_POINTS} within "
            f"the {size[0]}x{size[1]} screen. Find the field of view again."
        )


def _require_one_size(pictures: Sequence[Gray]) -> None:
    for each in pictures:
        require_usable(each)
    sizes = {each.shape for each in pictures}
    if len(sizes) != 1:
        raise ImageError(
            f"Pictures of {len(sizes)} sizes were given; expected one or more of one size. Give "
            "those of one source."
        )
