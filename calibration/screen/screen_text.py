"""Where a scanner's screen is written on: lines of letters, on flat ground and on tissue.

    bright strokes -> letters -> lines of three or more -> what is written in the same hand

Letters of a line stand on one foot, are of one height and of one grey; the speckle's bright spots
are not. Once a line is found, its height and grey are known, and shorter and fainter writing is
believed. What a line says is never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

LETTERS = 3
"""So many in a row are a line. Two are a mark, as beside calipers, but where a line is known."""

_STROKE = 9  # pixels: wider things are no strokes of letters
_BOLD = 40, 110  # grey values over what surrounds a stroke: faint ones, and bold that touch
_CONTRASTS = 40, 55, 75, 110
_CLEAR_OF_TISSUE = 40, 75  # of those, looked at again in the rows of a line
_LOWEST, _HIGHEST = 6, 40
_WIDEST = 3  # heights to a letter, where several touch: a streak of tissue has fewer
_ALIKE_GREY = 24
_OUT, _KIN_OUT = 60, 30  # grey values over what is usual above and below
_EVEN, _EVEN_WITHIN = 4, 0.15
_KIN_GREY, _KIN_HEIGHT = 16, 0.08
_REST_GREY = 40
_FAR = 4  # heights of a letter: from a line to what is still beside it, as a number is to its mark


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

    def holds(self, other: Box) -> bool:
        """Whether all of the other is in it."""
        return self.joined(other) == self


class _Letter(NamedTuple):
    """One, or several that touch: `letters` is how many at least."""

    box: Box
    grey: float
    letters: int


class _Line(NamedTuple):
    """`height` and `grey` are the median letter's, `darkest` and `brightest` are letters' greys.

    `even`: of several letters that stand apart, of one height to the pixel, as speckle never is.
    """

    box: Box
    height: float
    grey: float
    darkest: float
    brightest: float
    letters: int
    even: bool

    @classmethod
    def of(cls, letters: Sequence[_Letter]) -> _Line:
        """At least one letter."""
        greys = [each.grey for each in letters]
        heights = [each.box.height for each in letters]
        height = float(np.median(heights))
        return cls(
            reduce(Box.joined, (each.box for each in letters)),
            height,
            float(np.median(greys)),
            min(greys),
            max(greys),
            sum(each.letters for each in letters),
            len(letters) >= _EVEN and max(heights) - min(heights) <= _EVEN_WITHIN * height,
        )


def text_lines(pixels: Gray) -> list[Box]:
    """Of a (rows, columns) picture, letters 6 to 40 pixels high. A line's box is not padded.

    Of a whole screen: short words are left out, for among a screen's many lines tissue looks like
    one of them somewhere.
    """
    thin = _thin(pixels)
    seen = [line for contrast in _BOLD for line in _lines_at(pixels, thin, contrast, streaks=True)]
    return [
        each.box for each in seen if each.letters >= LETTERS and _is_brighter(pixels, each, _OUT)
    ]


def writing_on_tissue(pixels: Gray) -> list[Box]:
    """Of a (rows, columns) picture that is tissue all over: `text_lines` and what is akin to them.

    That is words of two letters, faint ones, and letters beside a line. Boxes are not padded.
    """
    thin = _thin(pixels)
    seen = [
        line for contrast in _CONTRASTS for line in _lines_at(pixels, thin, contrast, streaks=False)
    ]
    found = [each for each in seen if each.letters >= LETTERS and _stands_out(pixels, each, _OUT)]
    for _ in range(2):  # so that what is far from a line is reached by what stands between
        found += [each for each in seen if _is_news(each, found, pixels)]
    return [_with_its_rest(pixels, thin, line) for line in _largest(found)]


def _thin(pixels: Gray) -> Gray:
    kernel = np.ones((_STROKE, _STROKE), np.uint8)
    return np.asarray(cv2.morphologyEx(pixels, cv2.MORPH_TOPHAT, kernel), np.uint8)


def _lines_at(pixels: Gray, thin: Gray, contrast: int, *, streaks: bool) -> list[_Line]:
    """Where not `streaks`, without what is too wide for the letters counted in it."""
    _, bright = cv2.threshold(thin, contrast, 255, cv2.THRESH_BINARY)
    letters = sorted(_letters(pixels, np.asarray(bright, np.uint8)))
    kept = [each for each in letters if streaks or not _is_streak(each)]
    return [_Line.of(line) for line in _lines(kept)]


def _is_streak(letter: _Letter) -> bool:
    box = letter.box
    return box.right - box.left > _WIDEST * letter.letters * box.height


def _stands_out(pixels: Gray, line: _Line, by: int) -> bool:
    """From what is around it; an even line does on white tissue, too."""
    return line.even or _is_brighter(pixels, line, by)


def _is_brighter(pixels: Gray, line: _Line, by: int) -> bool:
    """Than the rows above and below, of which another line covers less than a quarter."""
    box = line.box
    high = round(1.5 * box.height)
    above = pixels[max(0, box.top - high) : max(0, box.top - 2), box.left : box.right]
    below = pixels[box.bottom + 2 : box.bottom + high, box.left : box.right]
    around = np.concatenate((above.ravel(), below.ravel()))
    usual = float(np.percentile(around, 75)) if len(around) else 0.0
    return line.grey >= usual + by


def _is_news(line: _Line, found: Sequence[_Line], pixels: Gray) -> bool:
    """Whether it is written as a found line is, and not a part of one."""
    return (
        any(_is_kin(line, known) for known in found)
        and not any(known.box.holds(line.box) for known in found)
        and _stands_out(pixels, line, _KIN_OUT)
    )


def _is_kin(line: _Line, known: _Line) -> bool:
    """Two letters as high and as bright as a known line's, or fewer beside it.

    Letters that touch and cannot be counted are believed one line above or below, too.
    """
    height = known.height
    if not (
        abs(line.height - height) <= max(1, _KIN_HEIGHT * height)
        and line.darkest >= known.grey - _KIN_GREY
        and line.brightest <= known.grey + _KIN_GREY
    ):
        return False
    one, other = line.box, known.box
    across = max(one.left - other.right, other.left - one.right)
    down = max(one.top - other.bottom, other.top - one.bottom)
    on_one_foot = abs(one.bottom - other.bottom) <= max(1, 0.12 * height)
    is_wide = one.right - one.left > 1.6 * height
    is_beside = across <= _FAR * height and (on_one_foot or (is_wide and down <= 1.5 * height))
    return line.letters >= 2 or is_beside


def _largest(lines: Sequence[_Line]) -> list[_Line]:
    """Those that lie in no other."""
    by_size = sorted(lines, key=lambda line: line.box.height * (line.box.left - line.box.right))
    kept: list[_Line] = []
    for line in by_size:
        if not any(known.box.holds(line.box) for known in kept):
            kept.append(line)
    return kept


def _with_its_rest(pixels: Gray, thin: Gray, line: _Line) -> Box:
    """Its box, and beside it what is as bright in its own rows.

    That is small letters, and some that touch tissue above or below.
    """
    box, height = line.box, line.box.height
    rows = np.s_[box.top : box.bottom]
    bright = pixels[rows] > line.grey - _REST_GREY
    spans: list[tuple[int, int]] = []
    for contrast in _CLEAR_OF_TISSUE:
        strokes = np.asarray(bright & (thin[rows] > contrast), np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
        left, top, width, high = np.asarray(stats[1:], np.int32).T[:4]
        fits = (high >= 0.55 * height) & (top + high >= height - max(1, 0.12 * height))
        spans += zip(left[fits].tolist(), (left + width)[fits].tolist(), strict=True)
    first, last = box.left, box.right
    for left, right in sorted(spans):
        last = max(last, right) if left - last <= 1.5 * height else last
    for left, right in sorted(spans, key=lambda span: -span[1]):
        first = min(first, left) if first - right <= 1.5 * height else first
    return Box(first, box.top, last, box.bottom)


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
