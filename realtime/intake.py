"""What is known of a captured frame before anything reads it: its field, its twin, its fitness."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol, runtime_checkable

from senoscope.domain.frame import Frame
from senoscope.domain.reading import Unsuitable
from senoscope.realtime.picture import Picture, View, same_pixels
from senoscope.realtime.suitability import SuitabilityGate
from senoscope.realtime.timing import StageTimes


@runtime_checkable
class Stills(Protocol):
    """A source whose frames each stand for themselves, as in a folder of images."""

    @property
    def stills(self) -> bool:
        """False for one whose frames follow each other."""


class Intake:
    """Makes pictures of frames, on the capture thread, in their order.

    `judges` False: whatever comes is read.
    """

    def __init__(self, times: StageTimes, judges: bool = True) -> None:
        self._times, self._judges = times, judges
        self._count = 0
        self._previous: Picture | None = None
        self._gate = SuitabilityGate()

    def take(self, frame: Frame, view: View, source: object) -> Picture:
        """The next picture. ImageError where the frame doesn't hold the scan area."""
        came_at_ns = time.monotonic_ns()
        seen = view.screen.take(frame)
        self._times.add("screen", (time.monotonic_ns() - came_at_ns) / 1e6)
        view = replace(view, scan_area=seen.scan_area, finding=seen.finding)
        previous = self._previous
        if previous is None or previous.view != view:
            self._gate = SuitabilityGate(isinstance(source, Stills) and source.stills)
        unsuitable = seen.unsuitable
        if unsuitable is None and self._judges:
            unsuitable = self._judged(seen.frame)
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

    def _judged(self, frame: Frame) -> Unsuitable | None:
        started = time.perf_counter()
        unsuitable = self._gate.judge(frame)
        self._times.add("judge", (time.perf_counter() - started) * 1e3)
        return unsuitable


def _twin(picture: Picture, previous: Picture | None) -> Picture | None:
    """The earlier picture with these pixels whose reading holds for them too."""
    if previous is None or previous.view != picture.view:
        return None
    original = previous.original
    if original.was_dropped or original.abstains:
        return None
    return original if same_pixels(original.frame.pixels, picture.frame.pixels) else None
