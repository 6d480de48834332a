"""From an outline to the pixels within it and back, and to the two axes that are drawn."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.spacing import PixelSpacing

ON_EDGE = 1e-4
"""Pixels by which a centre may miss an edge and still lie on it: contours are of 32 bit."""

Floats = NDArray[np.float64]


def mask_of(contour: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.bool_]:
    """(rows, columns), True where a pixel's centre lies in the closed outline or on it.

    `contour` is (n, 2), [x, y], pixel centres at integers, as `Outlined` has it; where it crosses
    itself, what it encloses twice is outside. What reaches beyond the picture is cut off.
    ImageError where it has a point that is no number.
    """
    if not np.isfinite(contour).all():
        raise ImageError(
            "An outline was given with a point that is no number; expected [x, y] in pixels. Read "
            "the study again."
        )
    mask = np.zeros((rows, columns), np.bool_)
    # Only around the outline: a mammogram has millions of pixels and many small pieces.
    left, top = np.clip(np.floor(contour.min(axis=0)).astype(int), 0, [columns, rows]).tolist()
    right, low = np.clip(np.ceil(contour.max(axis=0)).astype(int) + 1, 0, [columns, rows]).tolist()
    mask[top:low, left:right] = _mask_of(
        contour.astype(np.float64) - [left, top], max(0, low - top), max(0, right - left)
    )
    return mask


def _mask_of(contour: Floats, rows: int, columns: int) -> NDArray[np.bool_]:
    starts, ends, at = _spans(contour, rows)
    # One more from a span's first column on, one less after its last.
    steps = np.zeros((rows, columns + 1), np.int32)
    first = np.clip(np.ceil(starts - ON_EDGE), 0, columns).astype(np.intp)
    behind = np.clip(np.floor(ends + ON_EDGE) + 1, 0, columns).astype(np.intp)
    np.add.at(steps, (at, first), 1)
    np.add.at(steps, (at, behind), -1)
    return np.asarray(steps.cumsum(axis=1)[:, :-1] > 0)


def outlines_of(mask: NDArray[np.bool_], *, holes: bool = False) -> list[NDArray[np.float32]]:
    """Of (rows, columns), each piece, the largest first; with `holes`, those of its holes too.

    A quarter of a pixel within the edges of its pixels: `mask_of` gives the same pixels back, and
    the outline of a single one is a square and no point.
    """
    doubled = np.pad(np.kron(mask.astype(np.uint8), np.ones((2, 2), np.uint8)), 1)
    how = cv2.RETR_CCOMP if holes else cv2.RETR_EXTERNAL
    found, _ = cv2.findContours(np.asarray(doubled, np.uint8), how, cv2.CHAIN_APPROX_SIMPLE)
    return [
        ((each[:, 0] - 1.5) / 2).astype(np.float32)
        for each in sorted(found, key=cv2.contourArea, reverse=True)
        if len(each) >= 3
    ]


def axes_of(
    contour: NDArray[np.float32], spacing: PixelSpacing | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of the long and of the short axis, each (2, 2), [x, y] in pixels.

    The largest diameter, and the extent at right angles to it, in millimetres where `spacing` is
    known: as `calibration.measurement` takes them. The short one is drawn where it is widest.
    """
    scale = np.array([1.0, 1.0] if spacing is None else [spacing.column_mm, spacing.row_mm])
    points = contour.astype(np.float64) * scale
    offsets = points[:, None] - points[None]
    start, end = divmod(int((offsets**2).sum(axis=2).argmax()), len(points))
    long = points[[start, end]]
    length = float(np.hypot(*(long[1] - long[0])))
    if not length:
        return long / scale, long / scale
    along = (long[1] - long[0]) / length
    across = np.array([-along[1], along[0]])
    sideways = (points - long[0]) @ across
    widest = points[[sideways.argmin(), sideways.argmax()]]
    middle = long[0] + along * float(((widest - long[0]) @ along).mean())
    short = middle + np.outer([sideways.min(), sideways.max()], across)
    return long / scale, short / scale


def _spans(contour: Floats, rows: int) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Where the outline encloses centres of a row: from, to, both included, and in which row."""
    x, y = contour.T
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    grid = np.arange(rows)[:, None]
    row, edge = np.nonzero((y <= grid) != (next_y <= grid))
    slope = (next_x[edge] - x[edge]) / (next_y[edge] - y[edge])
    crossing = x[edge] + (row - y[edge]) * slope
    order = np.lexsort((crossing, row))
    # A row is crossed an even number of times: each second one enters, the others leave.
    entered, left = crossing[order][::2], crossing[order][1::2]
    # An edge that lies along a row, and a corner that only touches it, cross nothing.
    on_row = (y == np.rint(y)) & (y >= 0) & (y < rows)
    end_x = np.where(next_y == y, next_x, x)[on_row]
    return (
        np.concatenate([entered, np.minimum(x[on_row], end_x)]),
        np.concatenate([left, np.maximum(x[on_row], end_x)]),
        np.concatenate([row[order][::2], y[on_row].astype(np.intp)]),
    )
