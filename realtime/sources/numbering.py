"""Pictures of a source become frames: grey, numbered, stamped and all of one size."""

from __future__ import annotations

import time
from typing import cast

import numpy as np

from senoscope.domain.errors import ImageError, SourceLost
from senoscope.domain.frame import ColourMap, Frame, Gray
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.realtime.sources.opencv import Picture, opencv

COLOUR_CELLS = 128
"""Along the longer side, about: a cell of a strong colour is a few pixels wide."""
COLOURED, SATURATED = 48, 0.4
"""Grey values between a pixel's strongest and weakest channel, and their share of the strongest.
JPEG's noise has less, and so has a grey map tinted blue or sepia."""
YELLOW = 0.25
"""Red and green this near to each other, of the strongest, and above blue: the scanners' writing
and calipers. A blood flow's yellow lies within its red."""


class Numbering:
    """Counts one source's frames from 0 and holds it to the size of the first."""

    def __init__(
        self, name: str, spacing: CalibratedSpacing | None = None, simulated: bool = False
    ) -> None:
        self._name, self._spacing, self._simulated = name, spacing, simulated
        self._count = 0
        self._size: tuple[int, int] | None = None

    @property
    def count(self) -> int:
        """How many frames came."""
        return self._count

    def frame(self, picture: Picture) -> Frame:
        """The next frame. ImageError: it cannot be used. SourceLost: its size changed."""
        pixels = grey(picture)
        frame = Frame(
            pixels,
            self._count,
            time.monotonic_ns(),
            self._spacing,
            self._simulated,
            coloured(picture),
        )
        if self._size not in (None, frame.size):
            raise SourceLost(
                f"{self._name} changed from {_said(self._size)} to {_said(frame.size)} pixels at "
                f"frame {self._count}; expected one size. Keep the scanner's output fixed, then "
                "open the source and set the scan area again."
            )
        self._size = frame.size
        self._count += 1
        return frame


def _said(size: tuple[int, int] | None) -> str:
    return "x".join(str(side) for side in size or ())


def grey(picture: Picture) -> Gray:
    """8-bit grey (rows, columns); alpha is dropped.

    Other depths than 8 bit are stretched from the picture's own lowest value, 0, to its own
    highest, 255; an even picture becomes 0. ImageError where it holds no finite numbers.
    """
    if picture.ndim == 3 and picture.shape[2] == 2:
        picture = picture[..., 0]
    if picture.dtype != np.uint8:
        picture = _stretched(picture)
    if picture.ndim == 3 and picture.shape[2] in (3, 4):
        colours = np.ascontiguousarray(picture[..., :3])
        return cast(Gray, opencv().cvtColor(colours, opencv().COLOR_BGR2GRAY))
    return cast(Gray, picture[..., 0] if picture.ndim == 3 else picture)


def coloured(picture: Picture) -> ColourMap | None:
    """Where a picture has a strong colour, as Doppler and elastography have; None if it is grey.

    A pixel of each cell is looked at. A line or a dot, which is no region, does not count.
    """
    if picture.ndim != 3 or picture.shape[2] not in (3, 4) or picture.dtype != np.uint8:
        return None
    cv2 = opencv()
    step = max(1, round(max(picture.shape[:2]) / COLOUR_CELLS))
    blue, green, red = cv2.split(
        np.ascontiguousarray(picture[step // 2 :: step, step // 2 :: step, :3])
    )
    high, low = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
    spread = cv2.subtract(high, low)
    strong = (spread > COLOURED) & (spread > SATURATED * high)
    yellow = (cv2.absdiff(red, green) < YELLOW * high) & (blue < red) & (blue < green)
    region = cv2.morphologyEx(
        (strong & ~yellow).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)
    )
    return np.asarray(region, np.bool_)


def _stretched(picture: Picture) -> Picture:
    values = picture[..., :3] if picture.ndim == 3 else picture
    numbers = values.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise ImageError(
            "The picture holds values that are no numbers; expected finite ones. Export it again."
        )
    lowest, highest = float(numbers.min()), float(numbers.max())
    scale = 255 / (highest - lowest) if highest > lowest else 0.0
    stretched: Picture = np.rint((numbers - lowest) * scale).astype(np.uint8)
    return stretched
