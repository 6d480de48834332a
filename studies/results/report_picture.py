"""A finding's key frame for a report: outlined, numbered, with a scale bar, as a JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from senoscope.domain.errors import ImageError
from senoscope.domain.reading import Suspicion
from senoscope.domain.spacing import PixelSpacing

Colour = NDArray[np.uint8]
"""(rows, columns, 3), red first."""
Points = NDArray[np.float64]

COLOURS = {
    Suspicion.LOW: (86, 180, 233),
    Suspicion.UNCERTAIN: (240, 162, 2),
    Suspicion.HIGH: (239, 108, 26),
}
"""Red, green, blue, after Okabe and Ito, as on the pages; the words say it too."""
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
DASHES = {Suspicion.UNCERTAIN: (11.0, 7.0)}
"""Pixels drawn and left out."""
DOTS = (1.0, 7.0)
LONGEST_SIDE = 960
"""Pixels, of the picture in the report: 2 of them are a line that shows in print."""
LARGEST_SIDE = 16384
QUALITY = 92
CLOSE, CLOSE_PX = 2.5, 60
"""A close-up shows so many times the mark, and so many pixels either way at least."""
BARS_MM = (50, 20, 10, 5, 2, 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of `columns` x `rows` square pixels."""

    jpeg: bytes
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn: the software's outline and, where a person drew another, theirs. [x, y]."""

    number: int
    suspicion: Suspicion
    contour: NDArray[np.float32]
    by_hand: NDArray[np.float32] | None = None


def drawn(frame: NDArray[np.uint8], mark: Mark, spacing: PixelSpacing | None) -> Picture:
    """The frame, (rows, columns) or (rows, columns, 3) RGB, with the mark on it.

    Low suspicion is a solid line, uncertain a dashed and high a double one; a person's outline is
    dotted white. Pixels that are not square are made so. ImageError for another kind of array.
    """
    picture, scale = _enlarged(_colour(frame), spacing)
    closed = _closed(mark.contour, scale)
    colour = COLOURS[mark.suspicion]
    if mark.suspicion is Suspicion.HIGH:
        _line(picture, closed, BLACK, 8)
        _line(picture, closed, colour, 6)
        _line(picture, closed, BLACK, 2)
    else:
        _line(picture, closed, BLACK, 4)
        dash = DASHES.get(mark.suspicion)
        for part in [closed] if dash is None else _parts(closed, *dash):
            _line(picture, part, colour, 2)
    if mark.by_hand is not None:
        for x, y in (part[0] for part in _parts(_closed(mark.by_hand, scale), *DOTS)):
            place = (round(x * 16), round(y * 16))
            cv2.circle(picture, place, 40, BLACK, -1, cv2.LINE_AA, 4)
            cv2.circle(picture, place, 28, WHITE, -1, cv2.LINE_AA, 4)
    image = Image.fromarray(picture)
    _number(ImageDraw.Draw(image), closed, mark.number, colour, image.size)
    if spacing is not None:
        _bar(ImageDraw.Draw(image), spacing.column_mm / scale[0], image.size)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY, subsampling=0)
    return Picture(file.getvalue(), *image.size)


def close_up(frame: NDArray[np.uint8], mark: Mark) -> tuple[NDArray[np.uint8], Mark]:
    """What lies around the mark, and the mark in it: on a whole mammogram it is a speck."""
    points = mark.contour if mark.by_hand is None else np.vstack([mark.contour, mark.by_hand])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    half = max(CLOSE_PX, CLOSE * float(np.ptp(points, axis=0).max()) / 2)
    rows, columns = frame.shape[:2]
    left, top = np.clip(np.floor(middle - half), 0, [columns - 1, rows - 1]).astype(int).tolist()
    right, low = np.clip(np.ceil(middle + half), [left + 1, top + 1], [columns, rows]).astype(int)
    off = np.array([left, top], np.float32)
    by_hand = None if mark.by_hand is None else mark.by_hand - off
    return frame[top:low, left:right], replace(mark, contour=mark.contour - off, by_hand=by_hand)


def _colour(frame: NDArray[np.uint8]) -> Colour:
    is_grey = frame.ndim == 2
    if frame.dtype != np.uint8 or not (is_grey or (frame.ndim == 3 and frame.shape[2] == 3)):
        raise ImageError(
            f"A key frame of {frame.dtype} and shape {frame.shape} was given; expected uint8 and "
            "(rows, columns) or (rows, columns, 3). Give it as a display shows it."
        )
    if not 1 <= min(frame.shape[:2]) <= max(frame.shape[:2]) <= LARGEST_SIDE:
        raise ImageError(
            f"A key frame of shape {frame.shape} was given; expected 1 to {LARGEST_SIDE} pixels a "
            "side. Give the frame itself."
        )
    return np.repeat(frame[:, :, None], 3, axis=2) if is_grey else frame


def _enlarged(frame: Colour, spacing: PixelSpacing | None) -> tuple[Colour, Points]:
    """The frame of square pixels, LONGEST_SIDE on its longer side, and pixels a pixel, [x, y]."""
    rows, columns = frame.shape[:2]
    tall = 1.0 if spacing is None else spacing.row_mm / spacing.column_mm
    scale = LONGEST_SIDE / max(columns, rows * tall)
    size = max(1, round(columns * scale)), max(1, round(rows * tall * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    enlarged = np.ascontiguousarray(cv2.resize(frame, size, interpolation=way), np.uint8)
    return enlarged, np.array([size[0] / columns, size[1] / rows])


def _closed(contour: NDArray[np.float32], scale: Points) -> Points:
    """(n + 1, 2). Pixel centres are at integers: the picture's corner is at -0.5."""
    points = (contour.astype(np.float64) + 0.5) * scale - 0.5
    return np.concatenate([points, points[:1]])


def _line(picture: Colour, points: Points, colour: tuple[int, int, int], width: int) -> None:
    # Sixteenths of a pixel, as far as OpenCV's whole numbers go.
    fine = np.rint(np.clip(points, -1e5, 1e5) * 16).astype(np.int32)[:, None]
    cv2.polylines(picture, [fine], False, colour, width, cv2.LINE_AA, 4)


def _parts(closed: Points, on: float, off: float) -> list[Points]:
    """The closed outline in as many even dashes as fit; (k, 2) each, its corners kept."""
    within = np.clip(closed, -1e4, 1e4)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(within, axis=0).T))])
    count = max(3, round(along[-1] / (on + off)))
    starts = np.linspace(0, along[-1], count, endpoint=False)
    parts = []
    for start in starts:
        end = start + along[-1] / count * on / (on + off)
        corners = along[(along > start) & (along < end)]
        at = np.concatenate([[start], corners, [end]])
        parts.append(np.stack([np.interp(at, along, within[:, axis]) for axis in (0, 1)], axis=1))
    return parts


def _number(
    draw: ImageDraw.ImageDraw,
    closed: Points,
    number: int,
    colour: tuple[int, int, int],
    size: tuple[int, int],
) -> None:
    """Above the outline's highest point, within the picture."""
    font = ImageFont.load_default(30)
    width = round(draw.textlength(str(number), font)) + 22
    x, y = closed[closed[:, 1].argmin()]
    left = int(np.clip(x - width / 2, 2, max(2, size[0] - width - 2)))
    top = int(np.clip(y - 54, 2, max(2, size[1] - 42)))
    box = (left, top, left + width, top + 40)
    draw.rounded_rectangle(box, 6, fill=BLACK, outline=colour, width=2)
    draw.text((left + width / 2, top + 20), str(number), WHITE, font, anchor="mm")


def _bar(draw: ImageDraw.ImageDraw, mm_a_pixel: float, size: tuple[int, int]) -> None:
    """A length that a ruler can be held against, at the lower left."""
    for length in BARS_MM:
        across = length / mm_a_pixel
        if across <= size[0] / 4:
            break
    else:
        return
    left, bottom = 18, size[1] - 18
    for colour, width in ((BLACK, 8), (WHITE, 3)):
        draw.line((left, bottom, left + across, bottom), colour, width)
        for x in (left, left + across):
            draw.line((x, bottom - 9, x, bottom + 5), colour, width)
    font = ImageFont.load_default(24)
    draw.text(
        (left + 2, bottom - 40), f"{length} mm", WHITE, font, stroke_width=3, stroke_fill=BLACK
    )
