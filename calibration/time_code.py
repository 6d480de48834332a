"""A clock that a camera can read: milliseconds as black and white blocks, drawn and read back.

    a ring of white, a cell wide, by which the pattern is found; in it a ring of black; in that
    W W B W B B W B     REFERENCE: which way is up, and how bright white and black are
    b b b b b b b b     BITS bits of the Gray code, the highest first
    b b b b b b b b
    i i i i i i i i     the same bits inverted: the check
    i i i i i i i i
    B B W B W W B W     REFERENCE inverted

Neighbours in a Gray code differ in one bit. A picture that was exposed while the pattern changed
mixes two moments: the bits in which they differ lie between white and black, and the picture is
read as the span of all moments that agree with the rest. So it is where only a part of the screen
had changed: a bit and its inverse, which stand apart, then contradict each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

BITS = 16
WRAP_MS = 1 << BITS
"""The clock begins anew after so many milliseconds, 65.5 s."""
COLUMNS, ROWS = 12, 10
"""Cells of the whole pattern, its ring included."""
REFERENCE = (1, 1, 0, 1, 0, 0, 1, 0)
"""1 white, 0 black. With its inverse below, unlike itself turned or mirrored."""

LEAST_CONTRAST = 30.0
"""Grey values between white and black: below, noise is read."""
REFERENCE_TOLERANCE = 0.3
"""Of the contrast, by which a block of REFERENCE may be off."""
SURE = 0.5
"""Of the contrast, by which a bit and its inverse must differ to be believed."""
MOST_UNSURE = 7
WIDEST_SPAN_MS = 100
"""A picture that mixes moments further apart is not read."""
SMALLEST_SHARE = 0.01
"""Of the picture that the pattern must cover."""
_CELL = 16
"""Pixels of a cell in the straightened picture; its middle half is looked at."""

Floats = NDArray[np.float64]
Corners = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TimeCode:
    """What a picture says: a moment within `earliest_ms` + 0 .. `span_ms`, modulo WRAP_MS.

    `span_ms` is 0 where the picture shows one moment alone.
    """

    earliest_ms: int
    span_ms: int

    @property
    def middle_ms(self) -> float:
        """0 .. WRAP_MS."""
        return (self.earliest_ms + self.span_ms / 2) % WRAP_MS

    def age_ms(self, at_ms: float) -> float:
        """How long before `at_ms` of the same clock it was, -1000 .. WRAP_MS - 1000.

        A little less than 0 where two clocks were set by each other.
        """
        return (at_ms - self.middle_ms + 1000) % WRAP_MS - 1000


def cells(ms: int) -> NDArray[np.uint8]:
    """(ROWS, COLUMNS), 1 white and 0 black: the pattern that shows `ms`, modulo WRAP_MS."""
    counted = ms % WRAP_MS
    grey_code = counted ^ (counted >> 1)
    bits = np.array([grey_code >> place & 1 for place in reversed(range(BITS))], np.uint8)
    pattern = np.zeros((ROWS, COLUMNS), np.uint8)
    pattern[[0, -1]] = pattern[:, [0, -1]] = 1
    reference, halves = np.array([REFERENCE], np.uint8), bits.reshape(2, -1)
    pattern[2:-2, 2:-2] = np.vstack([reference, halves, 1 - halves, 1 - reference])
    return pattern


def drawn(ms: int, size: tuple[int, int]) -> Gray:
    """The pattern on a black picture of `size` (columns, rows), nine tenths as large as fits."""
    cell = int(min(size[0] / COLUMNS, size[1] / ROWS) * 0.9)
    pattern = np.kron(cells(ms), np.full((cell, cell), 255, np.uint8))
    picture = np.zeros(size[::-1], np.uint8)
    top, left = (size[1] - pattern.shape[0]) // 2, (size[0] - pattern.shape[1]) // 2
    picture[top : top + pattern.shape[0], left : left + pattern.shape[1]] = pattern
    return picture


def read_code(picture: Gray) -> TimeCode | None:
    """What a (rows, columns) picture of the pattern says; None where it cannot be told.

    The pattern may be anywhere in it, turned and seen from the side, not mirrored.
    """
    for corners in _quadrangles(picture):
        for turn in range(4):
            blocks = _straightened(picture, np.roll(corners, turn, axis=0))
            levels = _levels(blocks)
            if levels is not None:
                return _moment(blocks, *levels)
    return None


def _quadrangles(picture: Gray) -> list[Corners]:
    """Four corners each, clockwise, of what may be the ring's outer edge; the largest first."""
    # A ring that reaches to the picture's edge needs something outside to stand out from.
    framed = cv2.copyMakeBorder(picture, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0)
    _, white = cv2.threshold(framed, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(white, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found: list[tuple[float, Corners]] = []
    for contour in contours:
        area = cv2.contourArea(contour)
        if area < SMALLEST_SHARE * picture.size:
            continue
        hull = cv2.convexHull(contour)
        corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True)
        if len(corners) == 4:
            points = corners[:, 0].astype(np.float32) - 2
            clockwise = cv2.contourArea(points, oriented=True) > 0
            found.append((area, points if clockwise else points[::-1]))
    return [corners for _, corners in sorted(found, key=lambda each: -each[0])]


def _straightened(picture: Gray, corners: Corners) -> Floats:
    """(6, 8): the mean grey of the middle of each block, `corners` top left first, clockwise."""
    right, bottom = COLUMNS * _CELL - 1, ROWS * _CELL - 1
    onto = np.array([(0, 0), (right, 0), (right, bottom), (0, bottom)], np.float32)
    to_pattern = cv2.getPerspectiveTransform(np.ascontiguousarray(corners), onto)
    straight = cv2.warpPerspective(picture, to_pattern, (right + 1, bottom + 1))
    split = straight.reshape(ROWS, _CELL, COLUMNS, _CELL)
    middle = slice(_CELL // 4, -_CELL // 4)
    means = split[:, middle, :, middle].mean(axis=(1, 3), dtype=np.float64)
    return np.asarray(means[2:-2, 2:-2], np.float64)


def _levels(blocks: Floats) -> tuple[float, float] | None:
    """(black, white) by both rows of REFERENCE; None where they are not there."""
    known = blocks[[0, -1]]
    expected = np.array([REFERENCE, [1 - block for block in REFERENCE]])
    black, white = float(known[expected == 0].mean()), float(known[expected == 1].mean())
    if white - black < LEAST_CONTRAST:
        return None
    off = np.abs((known - black) / (white - black) - expected)
    return (black, white) if off.max() <= REFERENCE_TOLERANCE else None


def _moment(blocks: Floats, black: float, white: float) -> TimeCode | None:
    bits, inverted = blocks[1:3].ravel(), blocks[3:5].ravel()
    apart = (bits - inverted) / (white - black)
    unsure = np.flatnonzero(np.abs(apart) < SURE)
    if len(unsure) > MOST_UNSURE:
        return None
    gray_code = apart > 0
    moments = []
    for filled in product((False, True), repeat=len(unsure)):
        gray_code[unsure] = filled
        moments.append(_counted(gray_code))
    return _span(moments)


def _counted(gray_code: NDArray[np.bool_]) -> int:
    """The number of a Gray code, its highest bit first: each bit is the parity so far."""
    binary = np.bitwise_xor.accumulate(gray_code.astype(np.int64))
    return int(binary @ (1 << np.arange(BITS - 1, -1, -1)))


def _span(moments: list[int]) -> TimeCode | None:
    half = WRAP_MS // 2
    offsets = [(moment - moments[0] + half) % WRAP_MS - half for moment in moments]
    span = max(offsets) - min(offsets)
    if span > WIDEST_SPAN_MS:
        return None
    return TimeCode((moments[0] + min(offsets)) % WRAP_MS, span)
