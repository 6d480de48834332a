"""How many millimetres a tick stands for, from the numbers printed beside a column of ticks.

A digit is never read alone: each step a scanner may have says which numbers would stand where, and
the one that all the numbers agree with, by some way, is believed. Where two would do, none is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from senoscope.calibration.screen.tick_marks import TickColumn
from senoscope.domain.frame import Gray

STEPS_MM = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 50.0)
"""What ticks of scanners stand for."""
SHORTEST_MM, LONGEST_MM = 12.0, 250.0
"""Of a ruler, first tick to last."""

_READ_MM = (*STEPS_MM, 25.0)
"""No scanner's, but with it 5, 10, 15 may be centimetres at each second tick, or millimetres."""
LEAST_LIKE, LEAST_AHEAD = 0.62, 0.07
"""Mean correlation of the numbers with what should stand there, and how far ahead of the next."""
LEAST_HELD = 0.45
"""Correlation of a number that is looked at again in later frames."""
_SHARE = 0.6
"""Of the numbers beside a column, those that have to read as they should."""
_HIDDEN_MM = 30.0
"""Of the ruler, above its first mark that is seen."""
_SIDE = 60
"""Columns beside the ticks in which numbers are looked for, at 768 rows."""
_GLYPH = (12, 18)  # columns, rows
_FACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN)

_Box = tuple[int, int, int, int]  # left, top, right, bottom
Likeness = NDArray[np.float32]
"""(glyphs, 10): correlation with each digit."""


@dataclass(frozen=True, eq=False)
class PrintedNumber:
    """Glyphs side by side. `box` is left, top, right, bottom in pixels, the last two exclusive."""

    row: float
    box: tuple[int, int, int, int]
    likeness: Likeness

    def like(self, text: str) -> float:
        """Correlation of its least like digit; 0 where the text has more digits or fewer."""
        if len(text) != len(self.likeness):
            return 0.0
        digits = [int(digit) for digit in text]
        return float(self.likeness[np.arange(len(digits)), digits].min())

    @cached_property
    def reading(self) -> str:
        """The digit that each glyph is most like."""
        return "".join(str(digit) for digit in self.likeness.argmax(axis=1))


@dataclass(frozen=True, eq=False)
class NumberedStep:
    """What the numbers say of a tick, and those that say it."""

    step_mm: float
    numbers: tuple[PrintedNumber, ...]


def read_step(pixels: Gray, column: TickColumn) -> NumberedStep | None:
    """None where there are no numbers, or they do not settle it."""
    beside = [_agreed(column, numbers) for numbers in _numbers_beside(pixels, column)]
    found = [each for each in beside if each is not None]
    return max(found, key=lambda each: len(each.numbers), default=None)


def _agreed(column: TickColumn, numbers: list[PrintedNumber]) -> NumberedStep | None:
    nothing: tuple[float, tuple[PrintedNumber, ...]] = (0.0, ())
    best = dict.fromkeys(_READ_MM, nothing)
    for step_mm, first, in_mm in _readings(column):
        score, held = _agreement(column, numbers, step_mm, first, in_mm)
        if score > best[step_mm][0]:
            best[step_mm] = score, held
    ranked = sorted(best, key=lambda step_mm: -best[step_mm][0])
    score, held = best[ranked[0]]
    if ranked[0] not in STEPS_MM or score < LEAST_LIKE or score - best[ranked[1]][0] < LEAST_AHEAD:
        return None
    return NumberedStep(ranked[0], held)


def _readings(column: TickColumn) -> Iterator[tuple[float, int, bool]]:
    """Step, how many ticks are above the first, and whether numbers are in mm rather than cm."""
    for step_mm in _READ_MM:
        length = step_mm * (column.places - 1)
        if not SHORTEST_MM <= length <= LONGEST_MM:
            continue
        for above in range(int(_HIDDEN_MM / step_mm) + 2):
            yield step_mm, above, False
            yield step_mm, above, True


def _agreement(
    column: TickColumn, numbers: list[PrintedNumber], step_mm: float, above: int, in_mm: bool
) -> tuple[float, tuple[PrintedNumber, ...]]:
    """Mean likeness of the numbers that stand where numbers may, were the ticks of that step."""
    places = [round((number.row - column.first) / column.step) + above for number in numbers]
    texts = [_text(place * step_mm, in_mm) for place in places]
    pairs = [pair for pair in zip(numbers, texts, strict=True) if pair[1] is not None]
    read = sum(number.reading == text for number, text in pairs)
    few = read == len(numbers) == 2 and column.places >= 7
    if read < max(3, _SHARE * len(numbers)) and not few:
        return 0.0, ()
    likeness = [number.like(text or "") for number, text in pairs]
    held = [pair[0] for pair, each in zip(pairs, likeness, strict=True) if each >= LEAST_HELD]
    return sum(max(each, 0.0) for each in likeness) / len(numbers), tuple(held)


def _text(depth_mm: float, in_mm: bool) -> str | None:
    """What is printed at a depth; None where no scanner prints."""
    if depth_mm < 0:
        return None
    if in_mm:
        return f"{depth_mm:.0f}" if depth_mm % 5 == 0 else None
    return f"{depth_mm / 10:.0f}" if depth_mm % 10 == 0 else None


def _numbers_beside(pixels: Gray, column: TickColumn) -> Iterator[list[PrintedNumber]]:
    """To the left and to the right, where there are two or more."""
    rows, columns = pixels.shape
    wide = _SIDE * rows // 768
    left, right = column.marks.left.min(), column.marks.right.max()
    top = max(int(column.first - column.step) - 8, 0)
    bottom = min(int(column.row(column.places)) + 8, rows)
    for start, stop in ((int(left) - wide, int(left) - 1), (int(right) + 2, int(right) + wide)):
        start, stop = max(start, 0), min(stop, columns)  # noqa: PLW2901
        if stop - start < 6:
            continue
        numbers = _numbers(pixels[top:bottom, start:stop], start, top)
        on_tick = [each for each in numbers if _beside_tick(each, column)]
        yield from _aligned(on_tick, left if stop <= left else right)


def _beside_tick(number: PrintedNumber, column: TickColumn) -> bool:
    place = (number.row - column.first) / column.step
    return bool(abs(place - round(place)) * column.step <= max(4.0, 0.12 * column.step))


def _aligned(numbers: list[PrintedNumber], edge: float) -> Iterator[list[PrintedNumber]]:
    """Two or more that end or begin as far from the ticks; the most first, three such at most."""
    left = list(numbers)
    for _ in range(3):
        if len(left) < 2:
            return
        apart = np.array([min(abs(each.box[0] - edge), abs(each.box[2] - edge)) for each in left])
        near = np.abs(apart[:, None] - apart) <= 5
        chosen = near[int(np.argmax(near.sum(axis=1)))]
        if chosen.sum() >= 2:
            yield [each for each, is_near in zip(left, chosen, strict=True) if is_near]
        left = [each for each, is_near in zip(left, chosen, strict=True) if not is_near]


def _numbers(strip: Gray, left: int, top: int) -> list[PrintedNumber]:
    """Whatever in the strip has the size of one to three digits."""
    lifted = np.asarray(cv2.subtract(strip, cv2.blur(strip, (41, 41))), np.uint8)
    brightest = np.searchsorted(np.cumsum(np.bincount(lifted.ravel())), 0.995 * lifted.size)
    level = max(40.0, 0.45 * float(brightest))
    bright = (lifted > level).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=8)
    boxes = [
        (x, y, x + w, y + h)
        for x, y, w, h, area in stats[1:].tolist()
        if 6 <= h <= 32 and w <= 1.1 * h and area >= 6
    ]
    boxes.sort()
    numbers = []
    for group in _side_by_side(boxes):
        if not _stands_alone(group, boxes, strip.shape[1]):
            continue
        glyphs = np.stack([_glyph(lifted[t:b, x:r]) for x, t, r, b in group])
        x, t, r, b = (
            min(each[0] for each in group) + left,
            min(each[1] for each in group) + top,
            max(each[2] for each in group) + left,
            max(each[3] for each in group) + top,
        )
        numbers.append(PrintedNumber((t + b - 1) / 2, (x, t, r, b), _likeness(glyphs)))
    return numbers


def _side_by_side(
    boxes: list[_Box],
) -> list[list[_Box]]:
    groups: list[list[_Box]] = []
    for box in boxes:
        for group in groups:
            last = group[-1]
            high = last[3] - last[1]
            level = abs(box[1] - last[1]) <= 0.25 * high and abs(box[3] - last[3]) <= 0.25 * high
            if level and -1 <= box[0] - last[2] <= 0.6 * high:
                group.append(box)
                break
        else:
            groups.append([box])
    return [group for group in groups if len(group) <= 3]


def _stands_alone(group: list[_Box], boxes: list[_Box], columns: int) -> bool:
    """Whether no other glyph is beside it, as in a line of text, nor the strip's end through it."""
    left, top, right, bottom = group[0][0], group[0][1], group[-1][2], group[0][3]
    if left == 0 or right == columns:
        return False
    near = 1.3 * (bottom - top)
    return not any(
        box not in group
        and box[0] > 0
        and box[2] < columns
        and min(bottom, box[3]) - max(top, box[1]) > 0.3 * (bottom - top)
        and max(left - box[2], box[0] - right) <= near
        for box in boxes
    )


def _glyph(box: Gray) -> NDArray[np.float32]:
    """The glyph as wide as it is for its height, in the middle of a small picture, normed."""
    high, wide = box.shape
    columns, rows = _GLYPH
    width = min(max(round(wide * rows / high), 1), columns)
    placed = np.zeros((rows, columns), np.float32)
    start = (columns - width) // 2
    placed[:, start : start + width] = cv2.resize(
        box, (width, rows), interpolation=cv2.INTER_AREA if high > rows else cv2.INTER_LINEAR
    )
    soft = cv2.GaussianBlur(placed, (0, 0), 1.0)
    centred = soft - soft.mean()
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 1e-6), np.float32)


def _likeness(glyphs: NDArray[np.float32]) -> Likeness:
    """The best of all faces, digit by digit."""
    flat = glyphs.reshape(len(glyphs), -1) @ _templates().T
    return np.asarray(flat.reshape(len(glyphs), -1, 10).max(axis=1), np.float32)


@cache
def _templates() -> NDArray[np.float32]:
    """(faces x 10, pixels): each digit as `_glyph` makes it."""
    drawn = []
    for face in _FACES:
        for digit in "0123456789":
            sheet = np.zeros((60, 60), np.uint8)
            cv2.putText(sheet, digit, (10, 45), face, 1.2, (255,), 2, cv2.LINE_AA)
            drawn.append(_cut(sheet))
    for size in (18, 40):
        font = ImageFont.load_default(size)
        for digit in "0123456789":
            picture = Image.new("L", (60, 60))
            ImageDraw.Draw(picture).text((8, 4), digit, fill=255, font=font)
            drawn.append(_cut(np.asarray(picture, np.uint8)))
    return np.stack([each.ravel() for each in drawn])


def _cut(sheet: Gray) -> NDArray[np.float32]:
    left, top, wide, high = cv2.boundingRect((sheet > 100).astype(np.uint8))
    return _glyph(sheet[top : top + high, left : left + wide])
