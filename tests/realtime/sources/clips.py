"""Clips, images and devices that the tests of sources share."""

from pathlib import Path

import cv2
import numpy as np

from senoscope.realtime.sources.opencv import Picture


def write_clip(file: Path, frames: int, size: tuple[int, int] = (160, 120)) -> Path:
    """A clip at 25 frames a second whose frame n is grey n * 5; the ending picks the container."""
    code = cv2.VideoWriter_fourcc(*("MJPG" if file.suffix == ".avi" else "mp4v"))
    writer = cv2.VideoWriter(str(file), code, 25, size)
    assert writer.isOpened()
    for index in range(frames):
        writer.write(np.full((size[1], size[0], 3), index * 5, np.uint8))
    writer.release()
    return file


def picture(columns: int = 160, rows: int = 120, level: int = 90) -> Picture:
    """One even picture in blue, green, red."""
    return np.full((rows, columns, 3), level, np.uint8)


class FakeDevice:
    """Delivers the given pictures, then nothing more, as a device that was unplugged."""

    def __init__(self, *pictures: Picture, frame_count: int = 0) -> None:
        self._pictures = list(pictures)
        self._frame_count = frame_count
        self.released = 0

    def read(self) -> tuple[bool, Picture | None]:
        return (True, self._pictures.pop(0)) if self._pictures else (False, None)

    def get(self, property_id: int, /) -> float:
        return self._frame_count if property_id == cv2.CAP_PROP_FRAME_COUNT else 0.0

    def release(self) -> None:
        self.released += 1
