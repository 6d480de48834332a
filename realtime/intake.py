"""What is known of a captured frame before anything reads it: its field, its twin, its fitness."""

from __future__ import annotations

import time
from dataclasses import replace

from senoscope.domain.frame import Frame
from senoscope.realtime.picture import Picture, View, same_pixels
from senoscope.realtime.suitability import SuitabilityGate
from senoscope.realtime.timing import StageTimes


class Intake:
    """Makes pictures of frames, on the capture thread, in their order.

    `judges` False: whatever comes is read.
    """

    def __init__(self, times: StageTimes, judges: bool = True) -> None:
        self._times, self._judges = times, judges
        self._count = 0
        self._previous: Picture | None = None
        self._gate = SuitabilityGate()

    def take(self, frame: Frame, view: View) -> Picture:
        """The next picture. ImageError where the frame doesn't hold the scan area."""
        came_at_ns = time.monotonic_ns()
        with self._times.timed("screen"):
            seen = view.screen.take(frame)
        view = replace(view, scan_area=seen.scan_area, finding=seen.finding)
        previous = self._previous
        if previous is None or previous.view != view:
            self._gate = SuitabilityGate(view.stills)
        unsuitable = seen.unsuitable
        if unsuitable is None and self._judges:
            with self._times.timed("judge"):
                unsuitable = self._gate.judge(seen.frame)
        picture = Picture(
            seen.frame,
            self._count,
            view,
            unsuitable=unsuitable,
            drawn_on=self._gate.drawn_on,
            came_at_ns=came_at_ns,
        )
        if not picture.abstains:
            picture.twin = _twin(picture, previous)
        self._count += 1
        self._previous = picture
        return picture


def _twin(picture: Picture, previous: Picture | None) -> Picture | None:
    """The earlier picture with these pixels whose reading holds for them too."""
    if previous is None or previous.view != picture.view:
        return None
    original = previous.original
    if original.was_dropped or original.abstains:
        return None
    return original if same_pixels(original.frame.pixels, picture.frame.pixels) else None
