"""A folder of still images, shown one after the other."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np

from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.domain.frame import LARGEST_SIDE, Frame, Gray, require_usable, require_usable_size
from senoscope.realtime.sources.numbering import Numbering, grey
from senoscope.realtime.sources.opencv import Picture, opencv
from senoscope.realtime.sources.pacing import Pace

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
RATE_HZ = 10.0
LARGEST_FILE = 256 * 2**20
"""Bytes. More than any still image of a usable size takes."""


class ImagesSource:
    """The images of one folder in natural order: 2 before 10.

    Each is shown for one frame period, fitted onto a canvas of `size` (columns, rows) with black
    around it. An image that cannot be used raises ImageError and is passed over by the next grab.
    `rate_hz` None: as fast as they decode.
    """

    name = "image folder"
    simulated = False
    stills = True

    def __init__(
        self,
        folder: Path,
        rate_hz: float | None = RATE_HZ,
        size: tuple[int, int] = (1024, 768),
        repeat: bool = False,
    ) -> None:
        require_usable_size(*size)
        self._folder, self._size, self._repeat = folder, size, repeat
        self._pace = Pace(rate_hz)
        self._numbering = Numbering(self.name)
        self._files: list[Path] = []
        self._shown = 0

    def open(self) -> None:
        """List the folder; the images themselves are read as they are shown."""
        opencv()
        try:
            # Reading a pipe or a device would wait for ever.
            found = [
                each
                for each in self._folder.iterdir()
                if each.suffix.lower() in ENDINGS and each.is_file()
            ]
        except OSError as error:
            raise SourceUnavailable(
                f"The folder {self._folder} cannot be read: {error.strerror}. Check its name and "
                "that you may open it."
            ) from error
        if not found:
            raise SourceUnavailable(
                f"The folder {self._folder} holds no images; expected files ending in "
                f"{', '.join(ENDINGS)}. Choose another folder."
            )
        self._files = sorted(found, key=_natural)

    def grab(self) -> Frame | None:
        """Wait for the next image; None after the last. ImageError names one that is unusable."""
        if self._shown >= len(self._files):
            if not (self._repeat and self._files):
                return None
            self._shown = 0
        if not self._pace.wait():
            return None
        file = self._files[self._shown]
        self._shown += 1
        return self._numbering.frame(fitted(read_image(file), self._size))

    def close(self) -> None:
        """Stop; also ends a waiting grab."""
        self._pace.stop()


def _natural(file: Path) -> tuple[list[tuple[int, str]], str]:
    parts = re.findall(r"\d+|\D+", file.name.lower())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], file.name


def read_image(file: Path) -> Gray:
    """One image as 8-bit grey (rows, columns), see `grey`. ImageError says what to do."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ImageError(f"It is larger than {LARGEST_FILE // 2**20} MB.")
        pixels = grey(_decoded(file.read_bytes()))
        require_usable(pixels)
    except OSError as error:
        raise ImageError(f"The image {file} cannot be read: {error.strerror}. {_REMEDY}") from error
    except ImageError as error:
        raise ImageError(f"The image {file} cannot be used. {error} {_REMEDY}") from error
    return pixels


def _decoded(content: bytes) -> Picture:
    cv2 = opencv()
    # Said here where it is easily known: OpenCV refuses a huge picture without its size.
    if content[:8] == _PNG and len(content) >= 24:
        require_usable_size(*struct.unpack_from(">II", content, 16))
    try:
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise ImageError(
            f"It is empty, damaged or of more than {LARGEST_SIDE}x{LARGEST_SIDE} pixels."
        ) from error
    if picture is None:
        raise ImageError(
            f"Its {len(content)} bytes are no image; expected a whole PNG, JPEG, BMP or TIFF."
        )
    return np.asarray(picture)


_PNG = b"\x89PNG\r\n\x1a\n"
_REMEDY = "Export it again or take it out of the folder."


def fitted(pixels: Gray, size: tuple[int, int]) -> Gray:
    """The picture as large as fits a black canvas of `size` (columns, rows), in its middle."""
    cv2 = opencv()
    rows, columns = pixels.shape
    scale = min(size[0] / columns, size[1] / rows)
    width, height = max(1, round(columns * scale)), max(1, round(rows * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    canvas = np.zeros(size[::-1], np.uint8)
    canvas[top : top + height, left : left + width] = cv2.resize(
        pixels, (width, height), interpolation=how
    )
    return canvas
