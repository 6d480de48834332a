"""What a camera and a network stream have in common: they set the pace, and may go away."""

from __future__ import annotations

import logging
from collections import deque
from statistics import median
from time import monotonic

from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.realtime.sources.framing import Cut
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.sources.opencv import ClosableDevice, OpenDevice, Picture
from senoscope.realtime.timing import FEWEST_INTERVALS, LAST_INTERVALS, STALL_NS, STALL_TIMES

log = logging.getLogger(__name__)


class LiveSource:
    """A device that delivers at its own rate. `remedy` ends every message about it.

    After a stall it goes on with the newest picture: what was held back meanwhile comes all at
    once, and would be shown as if it were of now.
    """

    simulated = False
    comes_back = True
    usual_cut = Cut.FOUND

    def __init__(self, name: str, open_device: OpenDevice, remedy: str) -> None:
        self._name, self._open_device, self._remedy = name, open_device, remedy
        self._numbering = Numbering(name)
        self._device: ClosableDevice | None = None
        self._first: Picture | None = None
        self._gaps_s: deque[float] = deque(maxlen=LAST_INTERVALS)
        self._came_s = monotonic()

    @property
    def name(self) -> str:
        """What the page calls it."""
        return self._name

    def open(self) -> None:
        """Open the device and take one picture, since some open and never deliver."""
        device = self._open_device()
        if device is None:
            raise SourceUnavailable(f"{self._name} could not be opened. {self._remedy}")
        self._device = ClosableDevice(device)
        self._first = self._device.read()
        if self._first is None:
            self._device.close()
            raise SourceUnavailable(f"{self._name} opened but sends no picture. {self._remedy}")

    def grab(self) -> Frame | None:
        """Wait for the next frame; None once closed. SourceLost when the device is gone."""
        device = self._device
        if device is None:
            raise SourceLost(f"{self._name} was not opened; open it before grabbing from it.")
        first, self._first = self._first, None
        picture = self._newest(device) if first is None else first
        if device.closed:
            return None
        if picture is None:
            raise SourceLost(
                f"{self._name} stopped sending after {self._numbering.count} frames. {self._remedy}"
            )
        return self._numbering.frame(picture)

    def close(self) -> None:
        """Let go of the device, as soon as a waiting read of it ends."""
        if self._device is not None:
            self._device.close()

    def _newest(self, device: ClosableDevice) -> Picture | None:
        picture, gap_s = device.read(), self._gap_s()
        usual_s = median(self._gaps_s) if len(self._gaps_s) >= FEWEST_INTERVALS else gap_s
        if gap_s <= max(STALL_TIMES * usual_s, STALL_NS / 1e9):
            self._gaps_s.append(gap_s)
            return picture
        passed_over = 0
        while picture is not None:
            picture, passed_over = device.read(), passed_over + 1
            # One that had to be waited for is of now.
            if self._gap_s() > usual_s / 2:
                break
        log.info("%s: %d pictures held back by a stall passed over", self._name, passed_over)
        return picture

    def _gap_s(self) -> float:
        """From one picture's coming to the next."""
        before_s, self._came_s = self._came_s, monotonic()
        return self._came_s - before_s
