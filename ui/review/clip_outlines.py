"""Outlines that a reader drew over those of the AI, with a way back."""

from __future__ import annotations

from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.domain.lesion import Lesion

FINE = 4
"""Strokes are painted on so many times finer cells: an outline must not shrink with each."""
MOST_POINTS = 2000
LARGEST_RADIUS = 500.0
SMALLEST_AREA = 4.0
"""Square pixels. Less is no outline that anybody drew on purpose."""

Points = NDArray[np.float32]
Key = tuple[int, int]
"""The frame's place and the lesion's number."""


class ClipOutlines:
    """What was drawn, each change kept so that it can be undone. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._drawn: dict[Key, list[Points]] = {}

    def draw(self, key: Key, outline: Points) -> None:
        """Put `outline`, (n, 2) [x, y], in place of what is there. SettingsError: it is none."""
        require_outline(outline)
        with self._lock:
            self._drawn.setdefault(key, []).append(outline)

    def undo(self, key: Key) -> None:
        """Take the last change back; the AI's own outline is never taken back."""
        with self._lock:
            drawn = self._drawn.get(key, [])
            if drawn:
                drawn.pop()
            if not drawn:
                self._drawn.pop(key, None)

    def reset(self, key: Key) -> None:
        """Back to the AI's outline."""
        with self._lock:
            self._drawn.pop(key, None)

    def lesion(self, key: Key, read: Lesion) -> Lesion:
        """`read` with the outline that was drawn, or as it is."""
        with self._lock:
            drawn = self._drawn.get(key)
        if not drawn:
            return read
        return Lesion(drawn[-1], float(cv2.contourArea(drawn[-1])), read.presence)

    def places(self, number: int) -> tuple[int, ...]:
        """The frames on which that lesion's outline was drawn, in their order."""
        with self._lock:
            return tuple(sorted(place for place, drawn in self._drawn if drawn == number))

    def __len__(self) -> int:
        return len(self._drawn)


def require_outline(outline: Points) -> None:
    """Raise SettingsError unless (n, 2) points enclose an area."""
    if outline.ndim != 2 or outline.shape[1] != 2 or not 3 <= len(outline) <= MOST_POINTS:
        raise SettingsError(
            f"An outline of shape {outline.shape} was given; expected 3 to {MOST_POINTS} points "
            "[x, y]. Draw it again."
        )
    if not np.isfinite(outline).all() or cv2.contourArea(outline) < SMALLEST_AREA:
        raise SettingsError("The outline encloses next to nothing. Draw it again, or undo.")


def painted(
    outline: Points, stroke: Points, radius: float, adds: bool, size: tuple[int, int]
) -> Points:
    """`outline` with a brush stroke of `radius` pixels added to it or taken from it.

    `stroke` is (n, 2) [x, y] of the brush's middle, `size` (columns, rows) of the frame, beyond
    which nothing is drawn. Of several parts the largest stays. SettingsError where nothing is left.
    """
    if not (stroke.ndim == 2 and stroke.shape[1] == 2 and 1 <= len(stroke) <= MOST_POINTS):
        raise SettingsError(
            f"A stroke of shape {stroke.shape} was given; expected 1 to {MOST_POINTS} points."
        )
    if not (np.isfinite(stroke).all() and 0.5 <= radius <= LARGEST_RADIUS):
        raise SettingsError(
            f"A brush of {radius} pixels was given; expected 0.5 to {LARGEST_RADIUS:g}."
        )
    last = np.asarray(size, np.float32) - 1
    stroke = np.clip(stroke, -radius - 1, last + radius + 1)
    everything = np.concatenate([outline, stroke - radius, stroke + radius])
    low = np.floor(np.clip(everything.min(axis=0), 0, last)).astype(int) - 1
    high = np.ceil(np.clip(everything.max(axis=0), 0, last)).astype(int) + 2
    columns, rows = (high - low) * FINE
    mask = np.zeros((rows, columns), np.uint8)
    cv2.fillPoly(mask, [_cells(outline, low)], (1,))
    value, thickness = (1 if adds else 0), max(1, round(2 * radius * FINE))
    brush = _cells(stroke, low)
    cv2.polylines(mask, [brush], False, (value,), thickness)
    for x, y in brush[:, 0]:
        cv2.circle(mask, (int(x), int(y)), thickness // 2, (value,), -1)
    found, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cells = max(found, key=cv2.contourArea, default=None)
    if cells is None or cv2.contourArea(cells) < SMALLEST_AREA * FINE**2:
        raise SettingsError("The stroke would leave nothing of the outline. Use a smaller brush.")
    fine = cv2.approxPolyDP(cells, 1.0, True)[:, 0].astype(np.float32)
    drawn = np.clip((fine + 0.5) / FINE - 0.5 + low, 0, last)
    return np.asarray(drawn, np.float32)


def _cells(points: Points, low: NDArray[np.int_]) -> NDArray[np.int32]:
    """(n, 1, 2) of the finer cells, pixel centres at integers in both."""
    fine = (points - low + 0.5) * FINE - 0.5
    return np.asarray(np.rint(fine), np.int32)[:, None]
