"""Marks burned into a stored image: the operator's calipers, and text.

A network can read marks instead of tissue, so figures are compared on images with and without them.
`mark_tags.csv` beside this file says what the images of BUS-BRA and BUSI carry (decision 8).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.domain.frame import Gray, require_usable
from senoscope.models.evaluation.metrics import Bools

TAGS = Path(__file__).with_name("mark_tags.csv")
CALIPER_SCORE = 0.56
TEXT_SCORE = 3.0
"""At and above these scores marks are said to be there; chosen on images outside the sample that
the detector is measured on."""

REACH = 0.06
"""Of the longer side: calipers are looked for this close to the lesion's edge."""
CORNER = 0.06
"""Of the longer side: nothing in the top left corner is text; BUSI has a rest of a logo there."""

_SIDE = 11
_SIGMA = 2.0  # pixels: strokes are one to three wide, speckle is coarser
_INTERFACE = 31  # pixels: a bright line of this length has no arm of a cross
_NOISE = 6.0  # grey values: keeps specks in what is all but black from looking like marks
_APART = 12  # pixels: from one mark to the next, at least
_DOT_CONTRAST, _DOT_SIDE, _DOT_GAP = 40.0, 5, (4, 12)  # grey values; pixels; pixels
_DOTS = 9  # in a row: those that speckle happens to form are shorter
_STROKE_CONTRAST, _STROKE_WIDTH, _STROKE_HEIGHT = 20.0, 5, (6, 22)  # grey values; pixels
_STROKE_TO_GRAIN = 4.0  # how much more a stroke stands out than the grains do on average
_WORD = 4  # of a stroke's height, to either side

# Pluses and crosses of several strokes and sizes, and the shapes of a GE scanner, which are drawn
# after the mean of the places in BUS-BRA that resembled one such mark.
_GLYPHS = """
...........|.....##....|.....###...|....###....|....###....|..#....#...|..##...##..
.....#.....|.....##....|.....###...|....###....|....###....|.##....##..|.##....###.
.....#.....|.....##....|.....###...|.....##....|.....##....|###....###.|###..#.####
.....#.....|.....##....|###########|.....##....|.....#.....|#..#.##..#.|##.#..##.##
.....#.....|.....##....|###########|##...##..##|##.......##|...####....|...####....
.#########.|###########|###########|###########|####....###|...####....|....###....
.....#.....|.....##....|.....###...|##...##..##|##.......##|...####....|...####....
.....#.....|.....##....|.....###...|.....##....|...........|###....###.|##.#..##.##
.....#.....|.....##....|.....###...|.....##....|.....##....|###....###.|###....###.
.....#.....|.....##....|.....###...|....###....|.....##....|.##....##..|.##....##..
...........|.....##....|.....###...|....###....|....####...|..#....#...|..##...##..

.....#....#|#.........#|...........|...........|##.......##|...........|...........
##...#...##|.#.......#.|.##.....##.|.#.......##|##......##.|...........|.....##....
.##..#..##.|..#.....#..|..##...##..|..#......#.|.##....##..|.....#.....|.....##....
...####.#..|...#...#...|...##.##...|...#....#..|..##..##...|.....#.....|.....##....
....####...|....#.#....|....###....|...#####...|.#.#####.#.|.....#.....|.....##....
....####...|.....#.....|....###....|.##########|###########|..#######..|.#########.
....####...|....#.#....|....###....|.##########|..##...##..|.....#.....|.....##....
....####...|...#...#...|...##.##...|...........|..##...##..|.....#.....|.....##....
.....#..#..|..#.....#..|..##...##..|...........|.##.....##.|.....#.....|.....##....
.##..#..##.|.#.......#.|.##.....##.|..#......#.|##......###|...........|.....##....
##...#...##|#.........#|...........|.#........#|#........##|...........|...........
"""


class How(StrEnum):
    """Who said what an image carries."""

    DETECTOR = "detector"
    EYE = "eye"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is burned into an image, and how sure that is.

    `calipers`: markers or a dotted line on or near the lesion's edge. Its score is 0 to 1: the mean
    likeness to a caliper of the two likeliest places, and 1 with a dotted line. `text`: letters or
    numbers over or beside tissue. Its score counts upright strokes that stand in one line.
    """

    calipers: bool
    caliper_score: float
    text: bool
    text_score: float


@dataclass(frozen=True, slots=True)
class Tag:
    """One row of `mark_tags.csv`; `name` is an `UltrasoundImage`'s."""

    data_set: str
    name: str
    calipers: bool
    text: bool
    how: How


def detect_marks(pixels: Gray, mask: Bools) -> Marks:
    """The marks of (rows, columns) `pixels` whose lesions are `mask`.

    Without a lesion there is no edge to be measured, and so no calipers. Raises ImageError where
    `pixels` cannot be read or `mask` is no bool array of the same shape.
    """
    require_usable(pixels)
    if mask.dtype != np.bool_ or mask.shape != pixels.shape:
        raise ImageError(
            f"A mask of {mask.dtype} and shape {mask.shape} was given with a picture of shape "
            f"{pixels.shape}; expected bool of the same shape. Compare the mask with a threshold."
        )
    calipers, text = _caliper_score(pixels, mask), float(_letters(pixels))
    return Marks(calipers >= CALIPER_SCORE, calipers, text >= TEXT_SCORE, text)


def read_tags(path: Path = TAGS) -> dict[tuple[str, str], Tag]:
    """By data set ("bus-bra", "busi") and name: what each image carries.

    CSV in UTF-8 with the columns data_set, name, calipers, text (0 or 1) and how (a `How`), a row
    an image. Raises DataSetError where the file is not so.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            tags = [_tag(row, path.name) for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError) as error:
        raise DataSetError(f"{path} cannot be read ({error}). Give a table of marks.") from error
    if not tags:
        raise DataSetError(f"{path.name} names no image; expected one row each. Give another.")
    by_image = {(tag.data_set, tag.name): tag for tag in tags}
    if len(by_image) != len(tags):
        raise DataSetError(f"{path.name} names an image twice; expected one row each. Remove one.")
    return by_image


def _tag(row: dict[str, str], file: str) -> Tag:
    try:
        calipers, text = (("0", "1").index(row[column]) == 1 for column in ("calipers", "text"))
        return Tag(row["data_set"], row["name"], calipers, text, How(row["how"]))
    except (KeyError, ValueError) as error:
        raise DataSetError(
            f"{file} has the row {row}; expected data_set, name, calipers and text as 0 or 1, and "
            "how as detector or eye. Correct the row."
        ) from error


def _caliper_score(pixels: Gray, mask: Bools) -> float:
    if not mask.any():
        return 0.0
    reach = round(REACH * max(pixels.shape))
    around = reach + _SIDE
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    window = (
        slice(max(0, int(rows[0]) - around), int(rows[-1]) + around + 1),
        slice(max(0, int(columns[0]) - around), int(columns[-1]) + around + 1),
    )
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    inside = np.ascontiguousarray(mask[window]).astype(np.uint8)
    near = cv2.dilate(inside, disc) > 0
    passed = _high_pass(pixels[window])
    if _dotted(passed, near):
        return 1.0
    edge = near & (cv2.erode(inside, disc) == 0)
    return _two_likeliest(np.where(edge, _likeness(passed), 0).astype(np.float32))


def _high_pass(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Without what is coarser than strokes, and without lines along the rows: interfaces."""
    plain = pixels.astype(np.float32)
    fine = plain - cv2.GaussianBlur(plain, (0, 0), _SIGMA)
    return np.asarray(fine - cv2.blur(fine, (_INTERFACE, 1)), dtype=np.float32)


def _kernels() -> tuple[NDArray[np.float32], ...]:
    """The glyphs as the high pass shows them, with mean 0 and norm 1."""
    kernels = []
    inner = slice(_INTERFACE, -_INTERFACE)
    for line in _GLYPHS.strip().split("\n\n"):
        for glyph in zip(*(row.split("|") for row in line.split("\n")), strict=True):
            drawn = np.array([[float(pixel == "#") for pixel in row] for row in glyph])
            passed = _high_pass(np.pad(drawn, _INTERFACE))[inner, inner]
            passed -= passed.mean()
            kernels.append((passed / np.linalg.norm(passed)).astype(np.float32))
    return tuple(kernels)


_KERNELS = _kernels()


def _likeness(passed: NDArray[np.float32]) -> NDArray[np.float32]:
    """(rows, columns), -1 to 1: the highest normalised correlation with any of the glyphs."""
    best = cv2.filter2D(passed, cv2.CV_32F, _KERNELS[0])
    for kernel in _KERNELS[1:]:
        np.maximum(best, cv2.filter2D(passed, cv2.CV_32F, kernel), out=best)
    mean = cv2.blur(passed, (_SIDE, _SIDE))
    variance = cv2.sqrBoxFilter(passed, cv2.CV_32F, (_SIDE, _SIDE)) - mean * mean
    return np.asarray(best / (_SIDE * np.sqrt(np.maximum(variance, 0) + _NOISE**2)), np.float32)


def _two_likeliest(likeness: NDArray[np.float32]) -> float:
    """Mean of the two highest places: a lesion is measured from one edge to the other."""
    _, first, _, (x, y) = cv2.minMaxLoc(likeness)
    likeness[max(0, y - _APART) : y + _APART + 1, max(0, x - _APART) : x + _APART + 1] = 0
    return (first + cv2.minMaxLoc(likeness)[1]) / 2


def _dotted(passed: NDArray[np.float32], near: Bools) -> bool:
    """Whether `_DOTS` dots stand in line at equal gaps, each within a pixel of where it should."""
    bright = ((passed > _DOT_CONTRAST) & near).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    dots = stats[1:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP]][sides <= _DOT_SIDE].astype(np.intp)
    number = np.full(passed.shape, -1.0)
    number[dots[:, 1], dots[:, 0]] = np.arange(len(dots))
    number = cv2.dilate(number, np.ones((3, 3), np.uint8)).astype(np.intp)
    apart = np.linalg.norm(dots[:, None] - dots, axis=2)
    here, there = np.nonzero((apart >= _DOT_GAP[0]) & (apart <= _DOT_GAP[1]))
    for _ in range(_DOTS - 2):
        expected = np.clip(2 * dots[there] - dots[here], 0, np.array(passed.shape[::-1]) - 1)
        following = number[expected[:, 1], expected[:, 0]]
        goes_on = (following >= 0) & (following != there)
        here, there = there[goes_on], following[goes_on]
    return len(here) > 0


def _letters(pixels: Gray) -> int:
    """The most upright strokes whose tops and bottoms are level, not further apart than a word."""
    thin = cv2.morphologyEx(pixels, cv2.MORPH_TOPHAT, np.ones((1, 9), np.uint8))
    column = np.ones((_STROKE_HEIGHT[0], 1), np.uint8)
    contrast = max(_STROKE_CONTRAST, _STROKE_TO_GRAIN * float(thin.mean()))
    upright = (cv2.morphologyEx(thin, cv2.MORPH_OPEN, column) > contrast).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(upright)
    left, top, width, height = stats[1:, : cv2.CC_STAT_AREA].T
    corner = CORNER * max(pixels.shape)
    stroke = (height <= _STROKE_HEIGHT[1]) & (width <= _STROKE_WIDTH)
    stroke &= (left >= corner) | (top >= corner)
    left, top, height = left[stroke], top[stroke], height[stroke]
    bottom = top + height
    level = (abs(top[:, None] - top) <= 1) & (abs(bottom[:, None] - bottom) <= 1)
    beside = abs(left[:, None] - left) <= _WORD * height
    return int((level & beside).sum(axis=1).max(initial=0))
