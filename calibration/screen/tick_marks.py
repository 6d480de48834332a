"""Short bright marks in a picture, and those of them that stand in one column at even steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

Values = NDArray[np.float64]

FEWEST = 4
"""Marks of a column. Three evenly spaced strokes are in many letters."""
SMALLEST_STEP = 3.6
"""Rows. Nearer marks touch once a grabber has scaled them."""
LEAST_FILLED, LEAST_ALONE = 0.6, 0.6
"""Of the places of the column, the share with a mark; of its marks, the share on a place."""
CONTRAST = 30
"""Grey levels of a mark over the rows above and below it."""
WIDEST_SPREAD = 0.7
"""Rows, standard deviation about the even steps. Ticks lie within a row; letters do not."""
LEAST_LONG = 0.4
"""Of the picture's height. A list of settings is shorter, the depth scale of a picture is not."""
STRONGEST = 16.0
"""A mark's strength counts up to this: few and glaring ones are not a ruler."""
_COLUMNS = 12
"""Columns that are tried: where marks are aligned and the picture around them is quiet."""


@dataclass(frozen=True, eq=False)
class Marks:
    """One value a mark, in pixels: `row` is its middle, weighed by brightness; ends inclusive."""

    row: Values
    left: Values
    right: Values
    strength: Values

    def __len__(self) -> int:
        return len(self.row)

    def some(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Marks:
        """Those chosen, in the order chosen."""
        return Marks(self.row[chosen], self.left[chosen], self.right[chosen], self.strength[chosen])


@dataclass(frozen=True, eq=False)
class TickColumn:
    """Marks at rows `first + step * place`, `place` whole numbers from 0, ascending.

    `step_error` is the standard error of `step`; `score` is for choosing among columns.
    """

    marks: Marks
    place: NDArray[np.intp]
    first: float
    step: float
    step_error: float
    score: float

    @property
    def places(self) -> int:
        """From the first mark to the last, those without a mark included."""
        return int(self.place[-1]) + 1

    def row(self, place: float) -> float:
        """Of a place on the column."""
        return self.first + self.step * place


def reach(rows: int) -> int:
    """How far above and below a mark the picture must be darker, in rows."""
    return max(3, round(rows / 160))


def detail(pixels: Gray) -> Gray:
    """(rows, columns): how much brighter than both the rows `reach` above and below; 0 if not."""
    away = reach(pixels.shape[0])
    padded = cv2.copyMakeBorder(pixels, away, away, 0, 0, cv2.BORDER_CONSTANT, value=(0,))
    around = cv2.max(padded[: -2 * away], padded[2 * away :])
    return np.asarray(cv2.subtract(pixels, around), np.uint8)


def find_marks(pixels: Gray) -> Marks:
    """What could be a tick, a dot or a stroke of a letter; of tissue, echoes too.

    `strength` is the mark's brightness over what surrounds it, less where much does.
    """
    seen, away = detail(pixels), reach(pixels.shape[0])
    unquiet = cv2.blur(seen, (8 * away + 1, 8 * away + 1))
    bright = seen > CONTRAST
    # Half the time in 16 bits; there are never more labels than bright pixels.
    kind = cv2.CV_16U if cv2.countNonZero(bright.view(np.uint8)) < 2**16 else cv2.CV_32S
    count, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        bright.view(np.uint8), 8, kind, cv2.CCL_DEFAULT
    )
    at = np.flatnonzero(bright)
    label, weight = labels.ravel()[at], seen.ravel()[at].astype(np.float64)
    total = np.bincount(label, weight, count)[1:]
    middle = np.bincount(label, weight * (at // pixels.shape[1]), count)[1:] / total
    noise = np.bincount(label, unquiet.ravel()[at], count)[1:]
    left, _, width, height, area = (stats[1:, each].astype(np.float64) for each in range(5))
    strength = total / area / (6 + noise / area)
    small = (height <= 2 * away) & (width <= 6 * away) & (area > 1)
    return Marks(middle, left, left + width - 1, strength).some(small)


def tick_columns(marks: Marks, picture: tuple[int, int]) -> list[TickColumn]:
    """The best first, no two alike. `picture` is (rows, columns)."""
    found = [
        column
        for aligned in _aligned(marks, picture)
        if (column := _fitted(marks.some(aligned), 2.4 * reach(picture[0]))) is not None
        and column.step * (column.places - 1) >= LEAST_LONG * picture[0]
    ]
    found.sort(key=lambda column: -column.score)
    kept: list[TickColumn] = []
    for column in found:
        if not any(_same_marks(column, other) for other in kept):
            kept.append(column)
    return kept


def _same_marks(one: TickColumn, other: TickColumn) -> bool:
    apart = np.abs(one.marks.left.mean() - other.marks.left.mean())
    return bool(apart < 25 and abs(one.step / other.step - 1) < 0.004)


def _aligned(marks: Marks, picture: tuple[int, int]) -> Iterator[NDArray[np.intp]]:
    """By left end, middle or right end: the marks of each promising column, by row."""
    middle = (marks.left + marks.right) / 2
    weighed = []
    for ends in (marks.left, middle, marks.right):
        at = np.rint(ends).astype(np.intp)
        votes = np.bincount(at, np.minimum(marks.strength, STRONGEST) ** 2, picture[1] + 2)
        near = np.convolve(votes, (1, 1, 1), "same")
        for column in np.argsort(-near)[: 3 * _COLUMNS]:
            weighed.append((float(near[column]), int(column), ends))
    weighed.sort(key=lambda each: -each[0])
    tried: list[NDArray[np.bool_]] = []
    for _, column, ends in weighed:
        chosen = np.abs(ends - column) <= 1.5
        few = chosen.sum() < FEWEST or np.ptp(marks.row[chosen]) < LEAST_LONG * picture[0]
        if few or any(_alike(chosen, other) for other in tried):
            continue
        tried.append(chosen)
        among = np.flatnonzero(chosen)
        yield among[np.argsort(marks.row[among])]
        if len(tried) >= _COLUMNS:
            return


def _alike(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    return bool((one & other).sum() >= 0.75 * (one | other).sum())


def _fitted(marks: Marks, high: float) -> TickColumn | None:
    """The even steps that explain most of the marks, where any do."""
    strong = marks.strength > 0.35 * np.sort(marks.strength)[-min(len(marks), 6) :].mean()
    kept = marks.some(strong)
    whole = _joined(kept, high)
    columns = (
        _refined(each, step, anchor)
        for each in ((kept,) if len(whole) == len(kept) else (kept, whole))
        if len(each) >= FEWEST
        for step in _likely_steps(each.row)
        for anchor in _anchors(each.row, step)
    )
    return max(
        (column for column in columns if column is not None),
        key=lambda column: column.score,
        default=None,
    )


def _joined(marks: Marks, high: float) -> Marks:
    """Marks nearer than `high` rows as one: the upper and lower edges of a ring or diamond."""
    starts = np.flatnonzero(np.diff(marks.row, prepend=-np.inf) > high)
    count = np.diff(np.append(starts, len(marks)))
    last = starts + count - 1
    return Marks(
        (marks.row[starts] + marks.row[last]) / 2,
        np.minimum.reduceat(marks.left, starts),
        np.maximum.reduceat(marks.right, starts),
        np.add.reduceat(marks.strength, starts) / count,
    )


def _likely_steps(row: Values) -> list[float]:
    """The commonest distances of neighbours, and of next neighbours, in rows."""
    apart = np.concatenate([row[skip:] - row[:-skip] for skip in (1, 2)])
    apart = apart[(apart >= SMALLEST_STEP) & (apart < np.ptp(row) / 2.5)]
    if not len(apart):
        return []
    tolerance = np.maximum(0.7, 0.03 * apart)
    votes = (np.abs(apart[:, None] - apart) <= tolerance[:, None]).sum(axis=1)
    steps: list[float] = []
    while len(steps) < 2 and votes.any():
        best = int(np.argmax(votes))
        near = np.abs(apart - apart[best]) <= tolerance[best]
        steps.append(float(apart[near].mean()))
        votes[near] = 0
    return steps


def _anchors(row: Values, step: float) -> list[float]:
    """Marks with a neighbour a step away, from the middle of the column and its two ends."""
    to_next = np.abs(row[:, None] + step - row).min(axis=1)
    good = row[to_next <= max(0.8, 0.05 * step)]
    return [float(good[len(good) // 2])] if len(good) < 8 else list(good[[len(good) // 2, 2]])


def _refined(marks: Marks, step: float, anchor: float) -> TickColumn | None:
    """Grown outward from the anchor, so that a step a little wrong does not lose its count."""
    row, first, tolerance = marks.row, anchor, min(max(0.9, 0.05 * step), 2.5, 0.3 * step)
    for span in (3, 10, 40, 1000):
        place = np.rint((row - first) / step)
        fits = (np.abs(place) <= span) & (np.abs(row - first - step * place) <= tolerance)
        if np.ptp(place[fits]) < 2:
            return None
        step, first = _line(place[fits], row[fits])
        if step < SMALLEST_STEP:
            return None
    return _judged(marks, fits, place.astype(np.intp), float(step), float(first))


def _line(place: Values, row: Values) -> tuple[float, float]:
    """Step and first of the least squares fit."""
    middle, level = place.mean(), row.mean()
    away = place - middle
    step = float(away @ (row - level) / (away @ away))
    return step, float(level - step * middle)


def _judged(
    marks: Marks, fits: NDArray[np.bool_], place: NDArray[np.intp], step: float, first: float
) -> TickColumn | None:
    places, kept = np.unique(place[fits], return_index=True)
    chosen = np.flatnonzero(fits)[kept]
    within = (place >= places[0]) & (place <= places[-1])
    alone = len(chosen) / max(int(within.sum()), 1)
    filled = len(chosen) / (places[-1] - places[0] + 1)
    if len(chosen) < FEWEST or filled < LEAST_FILLED or alone < LEAST_ALONE:
        return None
    left_over = marks.row[chosen] - first - step * places
    spread = float(np.sqrt(np.sum(left_over**2) / (len(chosen) - 2) + 0.01))
    if spread > min(0.12 * step, WIDEST_SPREAD):
        return None
    step_error = spread / float(np.sqrt(np.sum((places - places.mean()) ** 2)))
    strength = float(np.minimum(marks.strength[chosen], STRONGEST).sum())
    score = strength * filled * alone * min(1.0, 1.5 - spread)
    start = first + step * int(places[0])
    return TickColumn(marks.some(chosen), places - places[0], start, step, step_error, score)
