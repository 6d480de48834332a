"""A picture from a scanner, and the part of it that may be read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing

SMALLEST_SIDE = 64
"""Pixels. Below this a lesion has too few pixels to outline."""
LARGEST_SIDE = 4096
"""Pixels. Above this a picture is no scanner's screen, and would stall the loop."""

_ANY_SIZE = (LARGEST_SIDE, LARGEST_SIDE)

Gray = NDArray[np.uint8]
"""(rows, columns), 0 black to 255 white."""

ColourMap = NDArray[np.bool_]
"""(rows, columns) of cells that divide a picture evenly; True where one is of a strong colour."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One grey picture as captured.

    `pixels` is (rows, columns) uint8. `index` counts captured frames of one run from 0.
    `captured_at_ns` is `time.monotonic_ns()` when the picture was in memory.
    `spacing` is None when millimetres are unknown. `colour` says where the picture was
    coloured before it was made grey; None where it came grey.
    """

    pixels: Gray
    index: int
    captured_at_ns: int
    spacing: CalibratedSpacing | None = None
    simulated: bool = False
    colour: ColourMap | None = None

    def __post_init__(self) -> None:
        require_usable(self.pixels)

    @property
    def pixel_spacing(self) -> PixelSpacing | None:
        """None when millimetres are unknown."""
        return None if self.spacing is None else self.spacing.spacing

    @property
    def colour_share(self) -> float:
        """Of the picture's area, 0..1, in a strong colour; 0 where it came grey."""
        return 0.0 if self.colour is None else float(self.colour.mean())

    @property
    def size(self) -> tuple[int, int]:
        """(columns, rows), the order people say it in: 1024 x 768."""
        rows, columns = self.pixels.shape
        return columns, rows


@dataclass(frozen=True, slots=True)
class ScanArea:
    """The rectangle of a source's picture that holds tissue, in pixels from the top left.

    Nothing outside it is read, shown or saved. `picture` is the size (columns, rows) of the
    pictures it was drawn for, None where it holds for every size it fits in.
    """

    left: int
    top: int
    width: int
    height: int
    picture: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        small = min(self.width, self.height) < SMALLEST_SIDE
        if self.left < 0 or self.top < 0 or small or not self.fits(self.picture or _ANY_SIZE):
            raise SettingsError(
                f"Scan area {self} is not usable; expected LEFT,TOP,WIDTH,HEIGHT in pixels within "
                f"the picture, with a width and height of at least {SMALLEST_SIDE}. Draw another "
                "rectangle."
            )

    def __str__(self) -> str:
        area = f"{self.left},{self.top},{self.width},{self.height}"
        return area if self.picture is None else f"{area} of {self.picture[0]}x{self.picture[1]}"

    @classmethod
    def parse(cls, text: str) -> ScanArea:
        """Read what `str` gives; " of COLUMNSxROWS" may be left out. SettingsError says why not."""
        area, _, picture = text.partition(" of ")
        try:
            left, top, width, height = (int(part) for part in area.split(","))
            if picture:
                columns, rows = (int(side) for side in picture.split("x"))
        except ValueError:
            raise SettingsError(
                f"Scan area {text!r} was given; expected four whole numbers "
                "LEFT,TOP,WIDTH,HEIGHT in pixels, for example 120,80,800,600."
            ) from None
        return cls(left, top, width, height, (columns, rows) if picture else None)

    def fits(self, size: tuple[int, int]) -> bool:
        """Whether it may be cut from a picture of `size` (columns, rows)."""
        within = self.left + self.width <= size[0] and self.top + self.height <= size[1]
        return within and self.picture in (None, size)

    def crop(self, frame: Frame) -> Frame:
        """The same frame, holding a copy of this area's pixels only. ImageError if it won't fit."""
        if not self.fits(frame.size):
            raise ImageError(
                f"Scan area {self} reaches outside the {frame.size[0]}x{frame.size[1]} picture, or "
                "was set for pictures of another size. Set the scan area again for this source."
            )
        pixels = frame.pixels[self.top : self.top + self.height, self.left : self.left + self.width]
        colour = None if frame.colour is None else self._cells(frame.colour, frame.size)
        return replace(frame, pixels=pixels.copy(), colour=colour)

    def _cells(self, colour: ColourMap, size: tuple[int, int]) -> ColourMap:
        """Those whose middle lies in this area: of what is outside, none may count."""
        rows, columns = (
            (np.arange(cells) + 0.5) * side / cells
            for cells, side in zip(colour.shape, size[::-1], strict=True)
        )
        inside_rows = (rows >= self.top) & (rows < self.top + self.height)
        inside_columns = (columns >= self.left) & (columns < self.left + self.width)
        return colour[np.ix_(inside_rows, inside_columns)]


def require_usable(pixels: NDArray[np.generic]) -> None:
    """Raise ImageError unless `pixels` is (rows, columns) uint8 of a size that can be read."""
    if pixels.dtype != np.uint8 or pixels.ndim != 2:
        raise ImageError(
            f"A picture of type {pixels.dtype} and shape {pixels.shape} was given; expected 8-bit "
            "grey (rows, columns). Convert it where it is read."
        )
    rows, columns = pixels.shape
    require_usable_size(columns, rows)


def require_usable_size(columns: int, rows: int) -> None:
    """Raise ImageError unless a picture of that size can be read."""
    if min(rows, columns) < SMALLEST_SIDE or max(rows, columns) > LARGEST_SIDE:
        raise ImageError(
            f"The picture is {columns}x{rows}; expected {SMALLEST_SIDE} to {LARGEST_SIDE} pixels "
            "a side. Change the source's resolution or scale the file."
        )
