"""Mammograms as the hanging shows them, a few at a time in memory."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.studies.images.hung_mammogram import HungMammogram
from senoscope.studies.images.hung_tomosynthesis import HungTomosynthesis
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.studies.quality import sides
from senoscope.ui.frames.overlay import Header
from senoscope.ui.studies.lately_used import LatelyUsed

MOST_BYTES = 192 * 2**20
"""Of stored values that stay in memory: two exams of four views at 3000 x 2400."""
MOST_PICTURE_BYTES = 64 * 2**20
"""Of pictures under a window, for the magnifier."""
CROP = 512
"""Pixels of a crop's side."""
_EDGES: dict[Edge, sides.Edge] = {Edge.LEFT: "left", Edge.RIGHT: "right"}
_QUALITY = 95

Grey = NDArray[np.uint8]
Picture = tuple[Grey, str, tuple[str, ...]]
Window = tuple[int, Contrast]


class HungMammograms:
    """Any thread may ask; one is decoded at a time, which takes several times its own memory.

    SourceUnavailable or ImageError says why an image cannot be shown, SettingsError why not so.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._hung: LatelyUsed[str, HungMammogram] = LatelyUsed(
            MOST_BYTES, lambda each: each.given.values.nbytes
        )
        self._pictures: LatelyUsed[tuple[str, Window], Picture] = LatelyUsed(
            MOST_PICTURE_BYTES, lambda each: each[0].nbytes
        )

    def reduced(self, image: StoredImage, rows: int, window: Window) -> tuple[Header, bytes]:
        """What is said of it and the picture as JPEG, of at most so many rows."""
        with self._turn:
            hung = self._of(image)
            grey, name, cautions = self._picture(image, window)
        facts = facts_of(hung, hung.given.image, hung.given.windows, name, cautions)
        return facts, reduced_to(grey, rows)

    def crop(self, image: StoredImage, left: int, top: int, window: Window) -> bytes:
        """PNG of all that was stored there: up to CROP x CROP pixels from [left, top] as shown."""
        with self._turn:
            grey, _, _ = self._picture(image, window)
        return part_of(grey, left, top)

    def _of(self, image: StoredImage) -> HungMammogram:
        key = str(image.path)
        return self._hung.get(key) or self._hung.put(key, HungMammogram.of(image))

    def _picture(self, image: StoredImage, window: Window) -> Picture:
        key = str(image.path), window
        known = self._pictures.get(key)
        return known or self._pictures.put(key, self._of(image).picture(*window))


def facts_of(
    hung: HungMammogram | HungTomosynthesis,
    image: StoredImage,
    windows: Sequence[str],
    window: str,
    cautions: Sequence[str],
) -> Header:
    """How it lies, JSON-ready. `size` and `breast` in pixels of the whole picture as shown."""
    wall = None if hung.hanging is None else hung.hanging.wall
    edge = None if wall is None else _EDGES.get(wall)
    if edge is not None and sides.contradicts_side(image, edge):
        cautions = (*cautions, "side_contradicted")
    rows, columns = hung.shape
    spacing, box = hung.spacing, hung.breast
    return {
        "size": [columns, rows],
        "spacing": None if spacing is None else [spacing.column_mm, spacing.row_mm],
        "breast": [box.top, box.bottom, box.reach],
        "from_stored": [round(float(each), 6) for each in hung.from_stored.ravel()],
        "wall": None if wall is None else wall.name.lower(),
        "windows": list(windows),
        "window": window,
        "cautions": list(dict.fromkeys(cautions)),
    }


def reduced_to(grey: Grey, rows: int) -> bytes:
    """JPEG of at most so many rows."""
    if rows < grey.shape[0]:
        size = max(1, round(grey.shape[1] * rows / grey.shape[0])), rows
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _encoded(".jpg", grey, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))


def part_of(grey: Grey, left: int, top: int) -> bytes:
    """PNG of up to CROP x CROP pixels from there on. SettingsError where it begins outside."""
    part = grey[max(top, 0) : top + CROP, max(left, 0) : left + CROP]
    if min(left, top) < 0 or not part.size:
        raise SettingsError(
            f"A part at {left}, {top} was asked of a picture of {grey.shape[1]} x "
            f"{grey.shape[0]} pixels. Ask for one within it."
        )
    return _encoded(".png", np.ascontiguousarray(part), (cv2.IMWRITE_PNG_COMPRESSION, 1))


def _encoded(ending: str, grey: Grey, how: tuple[int, int]) -> bytes:
    return cv2.imencode(ending, grey, how)[1].tobytes()
