"""Mammograms as the hanging shows them, a few at a time in memory."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.studies.images.hung_mammogram import HungMammogram
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.studies.quality import sides
from senoscope.ui.frames.overlay import Header

MOST_BYTES = 192 * 2**20
"""Of stored values that stay in memory: two exams of four views at 3000 x 2400."""
MOST_PICTURE_BYTES = 64 * 2**20
"""Of pictures under a window, for the magnifier."""
CROP = 512
"""Pixels of a crop's side."""
_EDGES: dict[Edge, sides.Edge] = {Edge.LEFT: "left", Edge.RIGHT: "right"}
_QUALITY = 95

Picture = tuple[NDArray[np.uint8], str, tuple[str, ...]]
Window = tuple[int, Contrast]


class HungMammograms:
    """Any thread may ask; one is decoded at a time, which takes several times its own memory.

    SourceUnavailable or ImageError says why an image cannot be shown, SettingsError why not so.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._hung: OrderedDict[str, HungMammogram] = OrderedDict()
        self._pictures: OrderedDict[tuple[str, Window], Picture] = OrderedDict()

    def reduced(self, image: StoredImage, rows: int, window: Window) -> tuple[Header, bytes]:
        """What is said of it and the picture as JPEG, of at most so many rows."""
        with self._turn:
            hung = self._of(image)
            grey, name, cautions = self._picture(image, window)
        facts = _facts(hung, name, cautions)
        if rows < grey.shape[0]:
            size = max(1, round(grey.shape[1] * rows / grey.shape[0])), rows
            grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        return facts, _encoded(".jpg", grey, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))

    def crop(self, image: StoredImage, left: int, top: int, window: Window) -> bytes:
        """PNG of all that was stored there: up to CROP x CROP pixels from [left, top] as shown."""
        with self._turn:
            grey, _, _ = self._picture(image, window)
        part = grey[max(top, 0) : top + CROP, max(left, 0) : left + CROP]
        if min(left, top) < 0 or not part.size:
            raise SettingsError(
                f"A part at {left}, {top} was asked of a picture of {grey.shape[1]} x "
                f"{grey.shape[0]} pixels. Ask for one within it."
            )
        return _encoded(".png", np.ascontiguousarray(part), (cv2.IMWRITE_PNG_COMPRESSION, 1))

    def _of(self, image: StoredImage) -> HungMammogram:
        key = str(image.path)
        if key not in self._hung:
            self._hung[key] = HungMammogram.of(image)
            while len(self._hung) > 1 and _bytes(self._hung) > MOST_BYTES:
                self._hung.popitem(last=False)
        self._hung.move_to_end(key)
        return self._hung[key]

    def _picture(self, image: StoredImage, window: Window) -> Picture:
        key = str(image.path), window
        if key not in self._pictures:
            self._pictures[key] = self._of(image).picture(*window)
            sizes = [each[0].nbytes for each in self._pictures.values()]
            while len(sizes) > 1 and sum(sizes) > MOST_PICTURE_BYTES:
                self._pictures.popitem(last=False)
                sizes.pop(0)
        self._pictures.move_to_end(key)
        return self._pictures[key]


def _bytes(hung: OrderedDict[str, HungMammogram]) -> int:
    return sum(each.given.values.nbytes for each in hung.values())


def _facts(hung: HungMammogram, window: str, cautions: tuple[str, ...]) -> Header:
    """JSON-ready. `size` and `breast` in pixels of the whole picture as it is shown."""
    wall = None if hung.hanging is None else hung.hanging.wall
    edge = None if wall is None else _EDGES.get(wall)
    if edge is not None and sides.contradicts_side(hung.given.image, edge):
        cautions = (*cautions, "side_contradicted")
    rows, columns = hung.shape
    spacing, box = hung.spacing, hung.breast
    return {
        "size": [columns, rows],
        "spacing": None if spacing is None else [spacing.column_mm, spacing.row_mm],
        "breast": [box.top, box.bottom, box.reach],
        "from_stored": [round(float(each), 6) for each in hung.from_stored.ravel()],
        "wall": None if wall is None else wall.name.lower(),
        "windows": list(hung.given.windows),
        "window": window,
        "cautions": list(dict.fromkeys(cautions)),
    }


def _encoded(ending: str, grey: NDArray[np.uint8], how: tuple[int, int]) -> bytes:
    return cv2.imencode(ending, grey, how)[1].tobytes()
