"""Outlines burnt into a picture that leaves the program, drawn as the pages draw them."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope import __version__
from senoscope.domain.frame import Gray
from senoscope.domain.reading import Suspicion
from senoscope.domain.track import Track

Colour = NDArray[np.uint8]
"""(rows, columns, 3), blue first as OpenCV wants it."""

BLUE_FIRST = {
    Suspicion.LOW: (233, 180, 86),
    Suspicion.UNCERTAIN: (2, 162, 240),
    Suspicion.HIGH: (26, 108, 239),
    None: (208, 208, 208),
}
"""After Okabe and Ito, as on the pages."""
EDITED = (255, 255, 255)
STRIP = 28
"""Rows below the picture, for what it is. An even number: video codecs want one."""
DASH = {Suspicion.UNCERTAIN: (10.0, 6.0), None: (2.0, 5.0)}
"""Pixels drawn and left out."""


def drawn(pixels: Gray, tracks: Iterable[tuple[Track, bool]], said: str) -> Colour:
    """The picture with the outlines and numbers of `tracks`, and a strip below saying what it is.

    With each track comes whether a person drew its outline: it is white then. `said` goes before
    the words every such picture carries; only ASCII can be drawn.
    """
    picture = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    for track, by_hand in tracks:
        _outline(picture, track, by_hand)
    columns = picture.shape[1]
    strip = np.zeros((STRIP, columns, 3), np.uint8)
    words = f"{said}  Senoscope {__version__}: suggestion, not a diagnosis"
    scale = min(0.5, 0.5 * columns / max(cv2.getTextSize(words, FONT, 0.5, 1)[0][0] + 16, 1))
    cv2.putText(strip, words, (8, 19), FONT, scale, (220, 220, 220), 1, cv2.LINE_AA)
    return np.asarray(np.vstack([picture, strip]), np.uint8)


FONT = cv2.FONT_HERSHEY_SIMPLEX


def _outline(picture: Colour, track: Track, by_hand: bool) -> None:
    colour = EDITED if by_hand else BLUE_FIRST[track.suspicion]
    points = track.lesion.contour
    closed = np.rint(points * 16).astype(np.int32)[:, None]
    edge, line = (7, 5) if track.suspicion is Suspicion.HIGH and not by_hand else (4, 2)
    cv2.polylines(picture, [closed], True, (0, 0, 0), edge, cv2.LINE_AA, 4)
    dash = None if by_hand else DASH.get(track.suspicion)
    if dash is None:
        cv2.polylines(picture, [closed], True, colour, line, cv2.LINE_AA, 4)
    else:
        for part in _dashes(points, *dash):
            cv2.polylines(picture, [part], False, colour, line, cv2.LINE_AA, 4)
    if line == 5:
        # Double: what only colour told would be lost on paper.
        cv2.polylines(picture, [closed], True, (0, 0, 0), 1, cv2.LINE_AA, 4)
    if track.number:
        _number(picture, points, track.number, colour)


def _dashes(points: NDArray[np.float32], on: float, off: float) -> list[NDArray[np.int32]]:
    """Parts of the closed outline, in sixteenths of a pixel."""
    closed = np.concatenate([points, points[:1]]).astype(np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    parts = []
    for start in np.arange(0.0, along[-1], on + off):
        at = np.linspace(start, min(start + on, along[-1]), 5)
        part = np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=1)
        parts.append(np.rint(part * 16).astype(np.int32)[:, None])
    return parts


def _number(
    picture: Colour, points: NDArray[np.float32], number: int, colour: tuple[int, int, int]
) -> None:
    """Above the highest point, within the picture."""
    x, y = points[points[:, 1].argmin()]
    rows, columns = picture.shape[:2]
    width = 14 + 12 * len(str(number))
    left = int(np.clip(x - width / 2, 0, columns - width))
    top = int(np.clip(y - 34, 0, rows - 26))
    cv2.rectangle(picture, (left, top), (left + width, top + 26), (0, 0, 0), -1)
    cv2.rectangle(picture, (left, top), (left + width, top + 26), colour, 1)
    cv2.putText(
        picture, str(number), (left + 7, top + 19), FONT, 0.6, (255, 255, 255), 1, cv2.LINE_AA
    )
