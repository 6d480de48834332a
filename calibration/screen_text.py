"""Where a scanner's screen is written on: lines of letters, on flat ground and on tissue.

Letters of a line stand on one foot, are of one height and of one grey; the speckle's bright spots
are not. What a line says is never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

LETTERS = 3
"""So many in a row are a line. Two are a mark, as beside calipers."""

_STROKE = 9  # pixels: wider things are no strokes of letters
_CONTRASTS = 40, 110  # grey values over what surrounds a stroke: faint ones, and bold that touch
_LOWEST, _HIGHEST = 6, 40
_ALIKE_GREY = 24
_OUT = 60  # grey values over what is usual above and below


class Box(NamedTuple):
    """Pixels: `right` and `bottom` are the first outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    def joined(self, other: Box) -> Box:
        """The smallest that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


class _Letter(NamedTuple):
    """One, or several that touch: `letters` is how many at least."""

    box: Box
    grey: float
    letters: int


def text_lines(pixels: Gray) -> list[Box]:
    """Of a (rows, columns) picture, letters 6 to 40 pixels high. A line's box is not padded."""
    kernel = np.ones((_STROKE, _STROKE), np.uint8)
    thin = cv2.morphologyEx(pixels, cv2.MORPH_TOPHAT, kernel)
    return [line for contrast in _CONTRASTS for line in _lines_at(pixels, thin, contrast)]


def _lines_at(pixels: Gray, thin: cv2.typing.MatLike, contrast: int) -> list[Box]:
    _, bright = cv2.threshold(thin, contrast, 255, cv2.THRESH_BINARY)
    letters = sorted(_letters(pixels, np.asarray(bright, np.uint8)))
    return [
        _around(line)
        for line in _lines(letters)
        if sum(each.letters for each in line) >= LETTERS and _stands_out(pixels, line)
    ]


def _stands_out(pixels: Gray, line: Sequence[_Letter]) -> bool:
    """From the rows above and below, of which another line covers less than a quarter."""
    box = _around(line)
    high = round(1.5 * box.height)
    above = pixels[max(0, box.top - high) : max(0, box.top - 2), box.left : box.right]
    below = pixels[box.bottom + 2 : box.bottom + high, box.left : box.right]
    around = np.concatenate((above.ravel(), below.ravel()))
    usual = float(np.percentile(around, 75)) if len(around) else 0.0
    return float(np.median([each.grey for each in line])) >= usual + _OUT


def _letters(pixels: Gray, bright: Gray) -> Iterator[_Letter]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=8)
    for label in np.flatnonzero(_of_letters_size(np.asarray(stats, np.int32))):
        left, top, width, height, _ = (int(each) for each in stats[label])
        place = np.s_[top : top + height, left : left + width]
        strokes = labels[place] == label
        grey = float(np.percentile(pixels[place][strokes], 90))
        touching = 1 if width <= 1.6 * height else _touching(strokes)
        if touching:
            yield _Letter(Box(left, top, left + width, top + height), grey, touching)


def _of_letters_size(stats: NDArray[np.int32]) -> NDArray[np.bool_]:
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    share = area / (width * height)
    fits = (height >= _LOWEST) & (height <= _HIGHEST) & (width <= 14 * height)
    fits &= (share >= 0.15) & (share <= 0.75) | (width <= 0.5 * height)
    fits[0] = False  # the ground
    return fits


def _touching(strokes: NDArray[np.bool_]) -> int:
    """Letters in a wide component: by how often its rows cross a stroke; a streak has one."""
    starts = np.count_nonzero(strokes[:, 1:] & ~strokes[:, :-1], axis=1) + strokes[:, 0]
    return int(np.median(starts)) // 2 if np.median(starts) >= 3 else 0


def _lines(letters: Sequence[_Letter]) -> list[list[_Letter]]:
    """Letters in the order of their left edges; each goes to the line it continues."""
    lines: list[list[_Letter]] = []
    for letter in letters:
        line = next((line for line in reversed(lines) if _continues(line[-1], letter)), None)
        if line is None:
            lines.append([letter])
        else:
            line.append(letter)
    return lines


def _continues(last: _Letter, letter: _Letter) -> bool:
    before, after = last.box, letter.box
    height = max(before.height, after.height)
    return (
        -2 <= after.left - before.right <= 1.5 * height
        and abs(after.bottom - before.bottom) <= max(1, 0.12 * height)
        and min(before.height, after.height) >= 0.65 * height
        and abs(last.grey - letter.grey) <= _ALIKE_GREY
    )


def _around(line: Sequence[_Letter]) -> Box:
    box = line[0].box
    for letter in line[1:]:
        box = box.joined(letter.box)
    return box
