"""A mammogram to be looked at: hung where its breast lies, under any window, with its own scale."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.breast import Edge, breast_mask
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.images.mammogram_greys import DecodedMammogram
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import (
    laterality_of,
    missing_of,
    spacing_of,
    turned,
    view_of,
)
from senoscope.studies.pixels.grey_windows import AS_STORED, Contrast

NOT_HUNG = "not_hung"
_SMALL_PX = 512
"""Longest side of the picture in which the breast's box is sought."""


@dataclass(frozen=True, slots=True)
class BreastBox:
    """Rows `top` to `bottom` and columns 0 to `reach` of a hung picture hold the breast."""

    top: int
    bottom: int
    reach: int


@dataclass(frozen=True, eq=False)
class HungMammogram:
    """`hanging` None: no breast stands out at one edge, and the picture is shown as it is stored.

    `spacing` is that of the picture as it is shown, and so is `breast`. `cautions` are the words of
    `StoredMammogram`, but those of a window, and "not_hung".
    """

    given: DecodedMammogram
    hanging: Hanging | None
    spacing: PixelSpacing | None
    breast: BreastBox
    cautions: tuple[str, ...]

    @classmethod
    def of(cls, image: StoredImage) -> HungMammogram:
        """SourceUnavailable or ImageError says why it cannot be shown."""
        given = DecodedMammogram.of(image)
        pixels, _, _ = given.greys()
        try:
            hanging = Hanging.of(pixels)
        except ImageError:  # a spot view may be all breast: it is shown, and said not to hang
            hanging = None
        shown = pixels if hanging is None else np.asarray(hanging.hang(pixels), np.float32)
        spacing = spacing_of(given.header)
        if hanging is not None:
            spacing = turned(spacing, hanging.wall)
        view = view_of(image, given.header)
        cautions = missing_of(image, laterality_of(image), view, spacing)
        if hanging is None:
            cautions.append(NOT_HUNG)
        return cls(given, hanging, spacing, box_of(shown), tuple(cautions))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns as it is shown."""
        return shape_as_hung(self.hanging, self.given.values.shape)

    @property
    def from_stored(self) -> NDArray[np.float64]:
        """See `from_stored`."""
        return from_stored(self.hanging)

    def picture(
        self, voi: int = 0, contrast: Contrast = AS_STORED
    ) -> tuple[NDArray[np.uint8], str, tuple[str, ...]]:
        """(rows, columns) as it is shown, the window's name, and `cautions` with those of it.

        SettingsError where there is no window of that place.
        """
        pixels, window, cautions = self.given.greys(voi, contrast)
        grey = np.asarray(np.rint(pixels * 255), np.uint8)
        if self.hanging is not None:
            grey = np.asarray(self.hanging.hang(grey), np.uint8)
        return grey, window, (*cautions, *self.cautions)


def shape_as_hung(hanging: Hanging | None, stored: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of a picture that is stored with these; None: shown as it is stored."""
    rows, columns = stored
    if hanging is None:
        return rows, columns
    if hanging.wall in (Edge.TOP, Edge.BOTTOM):
        rows, columns = columns, rows
    return rows, columns - hanging.behind_px


def from_stored(hanging: Hanging | None) -> NDArray[np.float64]:
    """(2, 3): times [x, y, 1] as stored it is [x, y] as shown; pixel centres at integers."""
    if hanging is None:
        return np.eye(2, 3)
    corners = np.array([[0, 0], [1, 0], [0, 1]], np.float32)
    start, right, down = hanging.points_back(corners).astype(np.float64)
    back = np.stack([right - start, down - start], axis=1)
    there = np.linalg.inv(back)
    return np.column_stack([there, -there @ start])


def box_of(shown: NDArray[np.float32]) -> BreastBox:
    """Of a picture as it hangs; all of it where no breast stands out."""
    rows, columns = shown.shape
    step = max(1.0, max(rows, columns) / _SMALL_PX)
    size = max(1, round(columns / step)), max(1, round(rows / step))
    small = cv2.resize(shown, size, interpolation=cv2.INTER_AREA)
    try:
        mask = breast_mask(np.asarray(small, np.float32))
    except ImageError:
        return BreastBox(0, rows, columns)
    down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(down):
        return BreastBox(0, rows, columns)
    top, bottom = int(down[0] * step), int((down[-1] + 1) * step)
    return BreastBox(top, min(bottom, rows), min(int((across[-1] + 1) * step), columns))
