"""Whether what is read of a recording is what was read of it live."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np

from senoscope.domain.reading import Finding, Reading


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `compared` frames that were read both times, `same` have the very same reading."""

    compared: int
    same: int


class RecordedReadings:
    """Hears both, in any order, and compares them frame by frame, bit for bit."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[int, Reading] = {}
        self._compared = self._same = 0

    def hear(self, reading: Reading) -> None:
        """One of either kind. Frames that were not read say nothing of the reader."""
        if reading.unsuitable is not None:
            return
        with self._lock:
            other = self._waiting.pop(reading.frame_index, None)
            if other is None:
                self._waiting[reading.frame_index] = reading
            else:
                self._compared += 1
                self._same += same_reading(reading, other)

    @property
    def agreement(self) -> Agreement:
        """So far."""
        with self._lock:
            return Agreement(self._compared, self._same)


def same_reading(first: Reading, second: Reading) -> bool:
    """Whether both say the very same; the time it took does not matter."""
    return (
        first.frame_index == second.frame_index
        and first.presence == second.presence
        and first.dismissed == second.dismissed
        and first.unsuitable == second.unsuitable
        and len(first.findings) == len(second.findings)
        and all(map(_same_finding, first.findings, second.findings))
    )


def _same_finding(first: Finding, second: Finding) -> bool:
    own, other = first.lesion, second.lesion
    return (
        first.probability == second.probability
        and first.suspicion == second.suspicion
        and own.area_px == other.area_px
        and own.presence == other.presence
        and np.array_equal(own.contour, other.contour)
    )
