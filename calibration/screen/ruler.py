"""Millimetres from the depth scale that a scanner burned into its picture.

    picture --> marks --> columns of even steps --> what a step is: numbers, lengths, operator
                                                        `--> Ruler, or why there is none

A step's millimetres are never guessed. They follow from printed numbers, or from the pattern of
long and short ticks where only one scale has it, or from the depth the operator reads off the
screen. What is known twice has to agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.screen.depth_numbers import (
    LONGEST_MM,
    STEPS_MM,
    NumberedStep,
    read_step,
)
from senoscope.calibration.screen.tick_marks import TickColumn, find_marks, reach, tick_columns
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Gray, require_usable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin

SAME_SPACING = 0.015
"""Two rulers of one picture, as a dual layout has, may differ by this share."""
STILL_LIKE = 0.8
"""Correlation with the ticks, and with the numbers, that were found."""
END_ROWS = 0.5
"""Standard error of a ruler's length, in rows: ticks are drawn on whole rows, then scaled."""
_Z95 = 1.96
SHORTEST_TENTHS = 10
"""Short ticks to be seen, at least, before a tenth is called long; places, twice as many."""
WHOLE_DEPTH = 0.6
"""Of the picture's height: only a scale as long as that may end where the depth does."""
LEAST_SCORE = 20.0
"""Of a column that nothing but the said depth gives its step: echoes and strokes of text may stand
evenly too, but not as clearly."""
_NUMBERS = 3
"""That are looked at again in each frame: at another depth all are others, or elsewhere."""
_COLUMNS = 4
"""Of the columns found, as many are asked for their millimetres."""


class RulerRefusal(StrEnum):
    """Why a picture has no ruler that can be trusted, and what to do."""

    NO_TICKS = "no evenly spaced ticks were found; set two points on a known distance"
    STEP_UNKNOWN = "ticks were found, not what they stand for; give the depth shown on the screen"
    DISAGREE = "the picture's scales do not agree; set two points on a known distance"


@dataclass(frozen=True, eq=False)
class Ruler:
    """A depth scale found in one picture.

    `row_mm` is millimetres a row and `uncertainty_percent` its standard uncertainty. `ticks` is
    (n, 2): [x, y] of each tick's middle, downward. `step_mm` is what a tick stands for.
    """

    row_mm: float
    uncertainty_percent: float
    step_mm: float
    ticks: NDArray[np.float64]
    picture: tuple[int, int]
    _looks: tuple[_Look, ...]

    def spacing(self, pixel_aspect: float = 1.0) -> CalibratedSpacing:
        """Of rows, as found, and of columns, by the width of a pixel over its height.

        Scanners draw tissue with square pixels, so 1 holds where the capture keeps the screen's
        shape: 1920x1080 of a 1920x1080 output. A ruler down the side cannot show that it does not.
        """
        spacing = PixelSpacing(self.row_mm, self.row_mm * pixel_aspect)
        return CalibratedSpacing(spacing, SpacingOrigin.RULER, _Z95 * self.uncertainty_percent)

    def still_there(self, pixels: Gray) -> bool:
        """Whether ticks and numbers stand where they stood; False for another picture size."""
        if pixels.shape != self.picture:
            return False
        return all(look.still_there(pixels) for look in self._looks)


@dataclass(frozen=True, eq=False)
class _Look:
    """What one part of the ruler looked like. `place` is rows and columns of it."""

    place: tuple[slice, slice]
    normed: NDArray[np.float32]

    @classmethod
    def of(cls, pixels: Gray, left: int, top: int, right: int, bottom: int) -> _Look:
        margin = reach(pixels.shape[0]) + 1
        place = (
            slice(max(top - margin, 0), bottom + margin),
            slice(max(left - 2, 0), right + 2),
        )
        return cls(place, _normed(pixels, place))

    def still_there(self, pixels: Gray) -> bool:
        return float(np.vdot(self.normed, _normed(pixels, self.place))) >= STILL_LIKE


def _normed(pixels: Gray, place: tuple[slice, slice]) -> NDArray[np.float32]:
    away = reach(pixels.shape[0])
    part = pixels[place]
    around = cv2.max(part[: -2 * away], part[2 * away :])
    seen = cv2.subtract(part[away:-away], around).astype(np.float32)
    seen -= seen.mean()
    return seen / max(float(np.linalg.norm(seen)), 1e-6)


def find_ruler(pixels: Gray, depth_mm: float | None = None) -> Ruler | RulerRefusal:
    """The depth scale of a grey picture, (rows, columns) uint8, as the scanner's screen shows it.

    `depth_mm` is the depth of the picture's last row of tissue as the operator reads it off the
    screen; it settles what a tick stands for and never how many rows it is apart. SettingsError
    where it is not 10 to 300, ImageError where the picture is unusable.
    """
    require_usable(pixels)
    if depth_mm is not None and not 10 <= depth_mm <= 300:
        raise SettingsError(
            f"A depth of {depth_mm} mm was given; expected 10 to 300. Give the depth that the "
            "scanner's screen shows, in millimetres."
        )
    columns = tick_columns(find_marks(pixels), (pixels.shape[0], pixels.shape[1]))
    if not columns:
        return RulerRefusal.NO_TICKS
    known = []
    for column in columns[:_COLUMNS]:
        numbered = read_step(pixels, column)
        long = column.step * (column.places - 1) >= WHOLE_DEPTH * pixels.shape[0]
        told = long and column.score >= LEAST_SCORE
        step_mm = _step_mm(column, numbered, depth_mm if told else None)
        if isinstance(step_mm, RulerRefusal):
            return step_mm
        if step_mm is not None:
            known.append(_ruler(pixels, column, step_mm, numbered))
    if not known:
        return RulerRefusal.STEP_UNKNOWN
    best = known[0]
    if any(abs(other.row_mm / best.row_mm - 1) > SAME_SPACING for other in known):
        return RulerRefusal.DISAGREE
    return best


def _step_mm(
    column: TickColumn, numbered: NumberedStep | None, depth_mm: float | None
) -> float | RulerRefusal | None:
    """None where nothing says it."""
    said = [
        None if numbered is None else numbered.step_mm,
        step_of_lengths(column),
        None if depth_mm is None else _step_of_depth(column, depth_mm),
    ]
    known = {each for each in said if each is not None}
    if len(known) > 1:
        return RulerRefusal.DISAGREE
    return known.pop() if known else None


def step_of_lengths(column: TickColumn) -> float | None:
    """1 where ticks are longer at each 5th and longest at each 10th, or longer at each 10th only.

    Longer at each 5th alone may be 1 and 5 or 10 and 50 mm; at each 2nd, 5 and 10 or 2.5 and 5.
    """
    if not 2 * SHORTEST_TENTHS <= column.places <= LONGEST_MM:
        return None
    width = column.marks.right - column.marks.left
    for phase in range(10):
        tenth = (column.place - phase) % 10 == 0
        fifth = (column.place - phase) % 10 == 5
        others = ~(tenth | fifth)
        if tenth.sum() < 2 or others.sum() < SHORTEST_TENTHS:
            continue
        shortest, longest = np.percentile(width[tenth], 20), np.percentile(width[others], 95)
        if shortest >= longest + 2 and (not fifth.any() or np.median(width[fifth]) < shortest):
            return 1.0
    return None


def _step_of_depth(column: TickColumn, depth_mm: float) -> float | None:
    """The one step with which the ruler ends within the depth and reaches most of it."""
    fitting = [
        step_mm
        for step_mm in STEPS_MM
        if 0.8 * depth_mm - 0.5 * step_mm <= step_mm * (column.places - 1) <= 1.03 * depth_mm
    ]
    return fitting[0] if len(fitting) == 1 else None


def _ruler(
    pixels: Gray, column: TickColumn, step_mm: float, numbered: NumberedStep | None
) -> Ruler:
    marks = column.marks
    length = column.step * (column.places - 1)
    relative = np.hypot(column.step_error / column.step, END_ROWS / length)
    ends = int(marks.left.min()), int(marks.right.max()) + 1
    rows = int(marks.row[0]), int(marks.row[-1]) + 1
    looks = [_Look.of(pixels, ends[0], rows[0], ends[1], rows[1])]
    if numbered is not None:
        deepest = sorted(numbered.numbers, key=lambda number: number.row)[-_NUMBERS:]
        looks += [_Look.of(pixels, *number.box) for number in deepest]
    middle = (marks.left + marks.right) / 2
    ticks = np.stack([middle, column.first + column.step * column.place], axis=1)
    picture = (pixels.shape[0], pixels.shape[1])
    return Ruler(
        step_mm / column.step, float(100 * relative), step_mm, ticks, picture, tuple(looks)
    )
