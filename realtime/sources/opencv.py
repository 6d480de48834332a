"""OpenCV, loaded on first use, and its captures behind a seam a fake can stand in for."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from threading import Event, Lock
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import InstallationError
from senoscope.domain.frame import LARGEST_SIDE

Picture = NDArray[np.generic]
"""(rows, columns) or (rows, columns, 3 or 4) in the order blue, green, red, alpha."""


class Device(Protocol):
    """The three verbs of `cv2.VideoCapture` that are used once it is open."""

    def read(self) -> tuple[bool, Any]:
        """Wait for the next picture; (False, None) where none comes."""

    def get(self, property_id: int, /) -> float:
        """A `cv2.CAP_PROP_` figure; 0 or less where unknown."""

    def release(self) -> None:
        """Let go."""


OpenDevice = Callable[[], Device | None]
"""Opens a device, or answers None where it cannot be opened."""


def opencv() -> ModuleType:
    """OpenCV, its own messages silenced. InstallationError says what the site must install."""
    # Read by OpenCV while it loads: a small file may unpack to many gigabytes.
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(LARGEST_SIDE**2))
    try:
        cv2 = importlib.import_module("cv2")
    except ImportError as error:
        raise InstallationError(
            f"OpenCV could not be loaded ({error}); expected opencv-python with its system "
            "libraries. On Debian or Ubuntu: apt-get install libgl1 libglib2.0-0; where Python "
            "lacks it: pip install opencv-python."
        ) from error
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    # Read by OpenCV when it first opens a video; -8 is FFmpeg's AV_LOG_QUIET.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    return cv2


def open_capture(target: str | int, backend: str, settings: Mapping[str, int]) -> Device | None:
    """A `cv2.VideoCapture` on `target`; None where it does not open.

    `backend` and the keys of `settings` are OpenCV's names, such as "CAP_FFMPEG".
    """
    cv2 = opencv()
    flat = [figure for name, value in settings.items() for figure in (getattr(cv2, name), value)]
    device = cv2.VideoCapture(target, getattr(cv2, backend), flat)
    if device.isOpened():
        opened: Device = device
        return opened
    device.release()
    return None


class ClosableDevice:
    """A device that another thread may close while a read waits.

    OpenCV crashes when a capture is released under a read, so whoever comes last releases it.
    """

    def __init__(self, device: Device) -> None:
        self._device: Device | None = device
        self._busy = Lock()
        self._closed = Event()

    @property
    def closed(self) -> bool:
        """True from the moment `close` was called."""
        return self._closed.is_set()

    def read(self) -> Picture | None:
        """The next picture; None where none comes or the device was closed."""
        try:
            with self._busy:
                if self._device is None or self.closed:
                    return None
                came, picture = self._device.read()
        finally:
            if self.closed:
                self._release()
        return np.asarray(picture) if came and not self.closed else None

    def close(self) -> None:
        """Let go, now or as soon as the waiting read ends. Safe to call twice."""
        self._closed.set()
        self._release()

    def _release(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                if self._device is not None:
                    self._device.release()
                self._device = None
            finally:
                self._busy.release()
