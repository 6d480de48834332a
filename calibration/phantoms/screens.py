"""Made scanner screens with a burned-in depth scale, and how many millimetres a row is.

    tissue (linear, curved, dual) --> ruler --> what else is on a screen --> scaling --> JPEG

Five families of ticks; none is a copy of a maker's. They test a reader of rulers, and say nothing
of a scanner whose ruler looks otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from senoscope.calibration.phantoms.screen_parts import (
    DrawnText,
    clutter,
    scale_bar,
    tissue,
)
from senoscope.domain.frame import Gray

_SIZES = ((1024, 768), (1280, 960), (800, 600), (1280, 720), (1440, 1080))


class TickStyle(StrEnum):
    """How the depth is marked; NONE where the screen shows no ruler."""

    DOTS = "dots"
    LINES = "lines"
    DASHES = "dashes"
    DIAMONDS = "diamonds"
    BAR = "bar"
    NONE = "none"


class Layout(StrEnum):
    """What the tissue looks like."""

    LINEAR = "linear"
    CURVED = "curved"
    DUAL = "dual"


@dataclass(frozen=True, eq=False)
class MadeScreen:
    """`pixels` (rows, columns); `row_mm` is None without a ruler, whatever the tissue's depth.

    `depth_mm` is what the scanner would print; `numbered` whether the ruler has numbers.
    """

    pixels: Gray
    style: TickStyle
    layout: Layout
    numbered: bool
    depth_mm: float
    row_mm: float | None


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where zero is, and rows a millimetre has; `column` is where the ticks begin.

    `outward` is 1 where ticks grow to the right and -1 to the left.
    """

    column: int
    zero: float
    rows_per_mm: float
    depth_mm: float
    outward: int
    grey: int
    thick: int

    def row(self, mm: float) -> float:
        return self.zero + mm * self.rows_per_mm


def made_screen(seed: int, depth_mm: float | None = None) -> MadeScreen:
    """The screen of `seed`: the same pixels each time.

    `depth_mm` puts another depth in place of the seed's, as when an operator turns the knob.
    """
    random = np.random.default_rng([seed, 77])
    columns, rows = _SIZES[random.integers(len(_SIZES))]
    style = random.choice(np.array(list(TickStyle)), p=(0.19, 0.19, 0.19, 0.18, 0.18, 0.07))
    layout = random.choice(np.array(list(Layout)), p=(0.5, 0.3, 0.2))
    screen = np.full((rows, columns), random.integers(0, 14), np.uint8)
    drawn_mm = float(random.integers(4, 21) * 5)
    depth_mm = drawn_mm if depth_mm is None else depth_mm
    top, bottom = int(rows * random.uniform(0.06, 0.14)), int(rows * random.uniform(0.85, 0.96))
    boxes = _boxes(random, Layout(layout), columns, top, bottom)
    for box in boxes:
        tissue(random, screen, box, layout == Layout.CURVED)
    rows_per_mm = (bottom - top) / depth_mm
    clutter(random, screen, boxes[0])
    numbered = False
    if style == TickStyle.NONE:
        scale_bar(random, screen, boxes[-1])
    else:
        numbered = _ruler(random, screen, TickStyle(style), boxes, depth_mm, rows_per_mm)
    pixels, factor = _captured(random, screen)
    row_mm = None if style == TickStyle.NONE else 1 / (rows_per_mm * factor)
    return MadeScreen(pixels, TickStyle(style), Layout(layout), numbered, depth_mm, row_mm)


def _boxes(
    random: np.random.Generator, layout: Layout, columns: int, top: int, bottom: int
) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of each picture of tissue."""
    left = int(columns * random.uniform(0.14, 0.2))
    right = int(columns * random.uniform(0.8, 0.88))
    if layout != Layout.DUAL:
        return [(left, top, right, bottom)]
    middle = (left + right) // 2
    gap = int(columns * 0.05)
    return [(left, top, middle - gap, bottom), (middle + gap, top, right, bottom)]


def _ruler(
    random: np.random.Generator,
    screen: Gray,
    style: TickStyle,
    boxes: list[tuple[int, int, int, int]],
    depth_mm: float,
    rows_per_mm: float,
) -> bool:
    """Draw it beside one picture, or all of them; whether it has numbers."""
    at_right, everywhere = random.random() < 0.6, random.random() < 0.5
    over = style == TickStyle.DIAMONDS and random.random() < 0.5
    gap = int(random.integers(4, 16)) * (-2 if over else 1)
    grey, thick = int(random.integers(130, 256)), int(random.integers(1, 3))
    numbered = style in (TickStyle.DASHES, TickStyle.DIAMONDS) or random.random() < 0.6
    text = DrawnText.drawn(random, screen.shape[0], grey)
    draw = _STYLES[style]
    fine = random.random() < 0.5
    for box in boxes if everywhere else boxes[-1:] if at_right else boxes[:1]:
        column = box[2] + gap if at_right else box[0] - gap
        outward = 1 if at_right else -1
        scale = _Scale(column, box[1], rows_per_mm, depth_mm, outward, grey, thick)
        widest = draw(screen, scale, fine)
        if numbered:
            _numbers(screen, scale, text, widest)
        if random.random() < 0.25:
            _cover(random, screen, scale)
    return numbered


def _numbers(screen: Gray, scale: _Scale, text: DrawnText, beyond: int) -> None:
    """At each centimetre, and each second where they would touch."""
    step = 10 if scale.rows_per_mm * 10 > 1.8 * text.height else 20
    for mm in range(step, int(scale.depth_mm) + 1, step):
        column = scale.column + scale.outward * (beyond + 5)
        text.put(screen, f"{mm // 10}", column, scale.row(mm), scale.outward)


def _stroke(screen: Gray, scale: _Scale, mm: float, length: int) -> None:
    row = round(scale.row(mm) * 16)
    ends = sorted((scale.column, scale.column + scale.outward * length))
    top, bottom = row - 8 * scale.thick, row + 8 * scale.thick
    patch = np.array([[ends[0] * 16, top], [ends[1] * 16, top], [ends[1] * 16, bottom]], np.int32)
    corner = np.array([[ends[0] * 16, bottom]], np.int32)
    whole = np.concatenate((patch, corner))
    cv2.fillConvexPoly(screen, whole - 8, (scale.grey,), cv2.LINE_AA, 4)


def _steps(scale: _Scale, step_mm: float) -> list[float]:
    return [float(mm) for mm in np.arange(0, scale.depth_mm + 0.01, step_mm)]


def _lines(screen: Gray, scale: _Scale, fine: bool) -> int:
    """A line each millimetre, longer at 5 and longest at 10; from 5 on where there is no room."""
    step = 1.0 if scale.rows_per_mm > 3.5 * scale.thick else 5.0
    long = 14 if fine else 18
    for mm in _steps(scale, step):
        _stroke(screen, scale, mm, long if mm % 10 == 0 else long * 2 // 3 if mm % 5 == 0 else 6)
    return long


def _dashes(screen: Gray, scale: _Scale, fine: bool) -> int:
    """One a centimetre."""
    for mm in _steps(scale, 10.0):
        _stroke(screen, scale, mm, 6 if fine else 10)
    return 10


def _bar(screen: Gray, scale: _Scale, fine: bool) -> int:
    """A line down the whole depth, with ticks at 5, longer at 10 mm."""
    ends = (scale.column, round(scale.zero)), (scale.column, round(scale.row(scale.depth_mm)))
    cv2.line(screen, *ends, (scale.grey,), scale.thick)
    for mm in _steps(scale, 5.0):
        _stroke(screen, scale, mm, (12 if fine else 16) if mm % 10 == 0 else 7)
    return 16


def _dots(screen: Gray, scale: _Scale, fine: bool) -> int:
    """A dot each 5 mm or each centimetre, larger at 10 or 50."""
    step, large = (5.0, 10) if fine else (10.0, 50)
    for mm in _steps(scale, step):
        radius = (2 if mm % large == 0 else 1) + scale.thick
        _dot(screen, scale, mm, radius * 8)
    return 6


def _dot(screen: Gray, scale: _Scale, mm: float, radius: int) -> None:
    centre = scale.column * 16, round(scale.row(mm) * 16)
    cv2.circle(screen, centre, radius, (scale.grey,), -1, cv2.LINE_AA, 4)


def _diamonds(screen: Gray, scale: _Scale, fine: bool) -> int:
    """Diamonds and dots in turn: 5 and 2.5 mm, or 10 and 5 mm where the depth is great."""
    step = 2.5 if fine and scale.rows_per_mm > 6 else 5.0
    for turn, mm in enumerate(_steps(scale, step)):
        if turn % 2:
            _dot(screen, scale, mm, 20)
            continue
        x, y = scale.column * 16, round(scale.row(mm) * 16)
        shape = np.array([[x, y - 64], [x + 64, y], [x, y + 64], [x - 64, y]], np.int32)
        cv2.polylines(screen, [shape], True, (scale.grey,), 1, cv2.LINE_AA, 4)
    return 6


_STYLES: dict[TickStyle, Callable[[Gray, _Scale, bool], int]] = {
    TickStyle.DOTS: _dots,
    TickStyle.LINES: _lines,
    TickStyle.DASHES: _dashes,
    TickStyle.DIAMONDS: _diamonds,
    TickStyle.BAR: _bar,
}


def _cover(random: np.random.Generator, screen: Gray, scale: _Scale) -> None:
    """A menu, a pointer or a note over part of the ruler, 5 to 20 % of its height."""
    high = int(scale.depth_mm * scale.rows_per_mm * random.uniform(0.05, 0.2))
    top = int(random.uniform(scale.zero, scale.row(scale.depth_mm) - high))
    left = max(scale.column - int(random.integers(10, 40)), 0)
    screen[top : top + high, left : left + int(random.integers(30, 120))] = random.integers(0, 90)


def _captured(random: np.random.Generator, screen: Gray) -> tuple[Gray, float]:
    """As a grabber gives it, scaled alike both ways, and its rows over the screen's."""
    rows, columns = screen.shape
    factor = float(random.choice([1.0, 1.0, random.uniform(0.62, 1.35)]))
    high = round(rows * factor)
    size = round(columns * high / rows), high
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    scaled = screen if factor == 1 else cv2.resize(screen, size, interpolation=how)
    noisy = scaled + random.normal(0, random.uniform(0, 4), scaled.shape)
    grey = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    quality = int(random.integers(55, 98))
    _, coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8), high / rows
