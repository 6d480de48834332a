"""A picture from a scanner, and the part of it that may be read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError

SMALLEST_SIDE = 64
"""Pixels. Below this a lesion has too few pixels to outline."""
LARGEST_SIDE = 4096
"""Pixels. Above this a picture is no scanner's screen, and would stall the loop."""

Gray = NDArray[np.uint8]
"""(rows, columns), 0 black to 255 white."""


@dataclass(frozen=True, slots=True)
class PixelSpacing:
    """Millimetres between pixel centres, (row, column) as in DICOM PixelSpacing (0028,0030)."""

    row_mm: float
    column_mm: float

    def __post_init__(self) -> None:
        if not (0.001 <= self.row_mm <= 10 and 0.001 <= self.column_mm <= 10):
            raise SettingsError(
                f"Pixel spacing {self.row_mm} x {self.column_mm} mm is not plausible; "
                "expected 0.001 to 10 mm per pixel. Check the calibration."
            )


@dataclass(frozen=True, slots=True)
class Frame:
    """One grey picture as captured.

    `pixels` is (rows, columns) uint8. `index` counts captured frames of one run from 0.
    `captured_at_ns` is `time.monotonic_ns()` when the picture was in memory.
    `pixel_spacing` is None when millimetres are unknown.
    """

    pixels: Gray
    index: int
    captured_at_ns: int
    pixel_spacing: PixelSpacing | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        require_usable(self.pixels)

    @property
    def size(self) -> tuple[int, int]:
        """(columns, rows), the order people say it in: 1024 x 768."""
        rows, columns = self.pixels.shape
        return columns, rows


@dataclass(frozen=True, slots=True)
class ScanArea:
    """The rectangle of a source's picture that holds tissue, in pixels from the top left.

    Nothing outside it is read, shown or saved.
    """

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.left < 0 or self.top < 0 or min(self.width, self.height) < SMALLEST_SIDE:
            raise SettingsError(
                f"Scan area {self} is not usable; expected LEFT,TOP,WIDTH,HEIGHT in pixels with "
                f"a width and height of at least {SMALLEST_SIDE}. Draw a larger rectangle."
            )

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width},{self.height}"

    @classmethod
    def parse(cls, text: str) -> ScanArea:
        """Read "LEFT,TOP,WIDTH,HEIGHT"; SettingsError says what was wrong."""
        try:
            left, top, width, height = (int(part) for part in text.split(","))
        except ValueError:
            raise SettingsError(
                f"Scan area {text!r} was given; expected four whole numbers "
                "LEFT,TOP,WIDTH,HEIGHT in pixels, for example 120,80,800,600."
            ) from None
        return cls(left, top, width, height)

    def crop(self, frame: Frame) -> Frame:
        """The same frame, holding only this area's pixels (a view). ImageError if it sticks out."""
        columns, rows = frame.size
        if self.left + self.width > columns or self.top + self.height > rows:
            raise ImageError(
                f"Scan area {self} reaches outside the {columns}x{rows} picture. "
                "Set the scan area again for this source."
            )
        pixels = frame.pixels[self.top : self.top + self.height, self.left : self.left + self.width]
        return replace(frame, pixels=pixels)


def require_usable(pixels: NDArray[np.generic]) -> None:
    """Raise ImageError unless `pixels` is (rows, columns) uint8 of a size that can be read."""
    if pixels.dtype != np.uint8 or pixels.ndim != 2:
        raise ImageError(
            f"A picture of type {pixels.dtype} and shape {pixels.shape} was given; expected 8-bit "
            "grey (rows, columns). Convert it where it is read."
        )
    rows, columns = pixels.shape
    if min(rows, columns) < SMALLEST_SIDE or max(rows, columns) > LARGEST_SIDE:
        raise ImageError(
            f"The picture is {columns}x{rows}; expected {SMALLEST_SIDE} to {LARGEST_SIDE} pixels "
            "a side. Change the source's resolution or scale the file."
        )
