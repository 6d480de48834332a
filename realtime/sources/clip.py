"""A clip, played as it was taken."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.clip import Clip
from senoscope.domain.frame import Frame
from senoscope.domain.spacing import CalibratedSpacing, SpacingOrigin
from senoscope.realtime.sources.framing import Cut
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.sources.opencv import opencv
from senoscope.realtime.sources.pacing import Pace, Timetable

SINGLE_MS = 1000 / 30
"""How long a clip of one frame shows it."""


class ClipSource:
    """The frames of one clip, once or, with `repeat`, without end.

    Of a clip that knows its scan area, that part alone is delivered: what a scanner writes beside
    it may be a name. `rate_hz` None: as far apart as they were taken. `flat_out`: as fast as they
    decode, each captured when it would be shown, so that lesions are followed as they are live.
    """

    simulated = False

    def __init__(
        self,
        clip: Clip,
        rate_hz: float | None = None,
        flat_out: bool = False,
        repeat: bool = False,
    ) -> None:
        Pace(rate_hz)  # says what is wrong with a rate
        self._clip, self._flat_out, self._repeat = clip, flat_out, repeat
        self._due_ms = _due_ms(clip, rate_hz)
        spacing = None
        if clip.pixel_spacing is not None:
            spacing = CalibratedSpacing(clip.pixel_spacing, SpacingOrigin.DICOM_REGION)
        self._numbering = Numbering(clip.name, spacing)
        self._shown = 0
        self._timetable = Timetable(flat_out)
        self._closed = Event()

    @property
    def name(self) -> str:
        """What the page calls it: "DICOM cine"."""
        return self._clip.name

    @property
    def stills(self) -> bool:
        """True where it is one frame."""
        return len(self._clip.frames) == 1

    @property
    def usual_cut(self) -> Cut:
        """The part that the file says is tissue is delivered alone, and may be written on still."""
        return Cut.FOUND if self._clip.scan_area is None else Cut.CLEARED

    @property
    def share(self) -> float:
        """How much of the clip has come, 0..1."""
        return min(1.0, self._shown / len(self._clip.frames))

    @property
    def frames(self) -> int:
        """How many the clip has."""
        return len(self._clip.frames)

    @property
    def place(self) -> int:
        """In the clip, from 0, of the frame that came last: those that cannot be decoded count."""
        return (self._shown - 1) % len(self._clip.frames)

    def open(self) -> None:
        """Nothing to open: each frame is read when it is shown."""
        opencv()

    def grab(self) -> Frame | None:
        """Wait for the next frame; None at the end. ImageError: this one cannot be decoded."""
        count = len(self._clip.frames)
        if self._closed.is_set() or (self._shown >= count and not self._repeat):
            return None
        rounds, place = divmod(self._shown, count)
        since_ms = rounds * self._due_ms[-1] + self._due_ms[place]
        due_ns = self._timetable.due_ns(round(since_ms * 1e6))
        self._shown += 1
        picture = self._within(self._clip.frames[place])
        if picture.ndim == 3:
            picture = opencv().cvtColor(picture, opencv().COLOR_RGB2BGR)
        if not self._flat_out and self._closed.wait(max(0, due_ns - time.monotonic_ns()) / 1e9):
            return None
        frame = self._numbering.frame(picture)
        return replace(frame, captured_at_ns=due_ns)

    def close(self) -> None:
        """Stop; also ends a waiting grab."""
        self._closed.set()

    def _within(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        area = self._clip.scan_area
        if area is None:
            return picture
        rows, columns = (
            slice(area.top, area.top + area.height),
            slice(area.left, area.left + area.width),
        )
        return np.ascontiguousarray(picture[rows, columns])


def _due_ms(clip: Clip, rate_hz: float | None) -> tuple[float, ...]:
    """When each frame is due, from 0, and last when the next round begins."""
    if rate_hz is not None:
        return tuple(place * 1000 / rate_hz for place in range(len(clip.frames) + 1))
    times = clip.frame_times_ms
    last_ms = times[-1] / (len(times) - 1) if len(times) > 1 else SINGLE_MS
    return (*times, times[-1] + last_ms)
