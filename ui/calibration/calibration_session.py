"""What the calibration page may ask of the running loop: its screen, its scale, a test of both."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Protocol

import cv2

from senoscope.calibration.measurement import distance
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.calibration.screen.standing_marks import StandingMarks
from senoscope.calibration.spacing import FARTHEST_MM, Point
from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.domain.frame import Frame, Gray
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.realtime.published import LoopStatus
from senoscope.realtime.screen import Screen
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.calibration.calibration_steps import (
    field_header,
    known_field,
    latency_header,
    scale_header,
    source_header,
    steps,
)
from senoscope.ui.calibration.screen_templates import ScreenTemplates
from senoscope.ui.frames.measured_facts import interval
from senoscope.ui.frames.overlay import Header, framing_header
from senoscope.ui.frames.packed import packed

HELD = 4
"""Whole pictures, in memory only: points are set on one of them, of each browser the newest."""
PICTURES, APART_S = 4, 0.25
"""That a template is made of: what moves in them, such as a clock, is no mark of the screen."""


class Watched(Protocol):
    """A source whose whole picture can be looked at while it runs."""

    latest: Frame | None

    @property
    def name(self) -> str:
        """As the page calls it."""

    @property
    def usual_cut(self) -> Cut:
        """Its usual framing."""

    @property
    def comes_back(self) -> bool:
        """Whether it is a device or stream, which a latency can be measured of."""


class ShownLoop(Protocol):
    """What is needed of the loop."""

    @property
    def screen(self) -> Screen:
        """Of its present source."""

    def status(self) -> LoopStatus:
        """How it is doing now."""


@dataclass(frozen=True, eq=False, slots=True)
class _Held:
    """A whole picture that a page shows, and the scale that stood on it."""

    pixels: Gray
    spacing: CalibratedSpacing | None


class CalibrationSession:
    """Of one loop. Any thread's; each method raises SenoscopeError where it cannot be done.

    `watched` gives the present source. Points are [x, y] on the whole picture of that number.
    """

    def __init__(
        self,
        loop: ShownLoop,
        watched: Callable[[], Watched],
        templates: ScreenTemplates,
        latency_report: Path,
    ) -> None:
        self.templates = templates
        self._loop, self._watched = loop, watched
        self._latency_report = latency_report
        self._held: OrderedDict[int, _Held] = OrderedDict()
        self._numbers = count(1)
        self._lock = Lock()
        self._checked: tuple[CalibratedSpacing, Header] | None = None

    def state(self) -> Header:
        """All that the page says, JSON-ready; whole pictures apart."""
        source, screen, status = self._watched(), self._loop.screen, self._loop.status()
        latest, spacing = source.latest, self._spacing()
        checked = self._checked
        known: Header = {
            "source": source_header(source.name, latest, status, source.comes_back),
            "field": field_header(screen, latest, source.usual_cut, self.templates.known),
            "scale": scale_header(spacing, screen),
            "test": checked[1] if checked is not None and checked[0] == spacing else None,
            "latency": latency_header(status, self._latency_report),
        }
        return {
            **known,
            "steps": steps(known),
            "templates": [
                {"name": each.name, "area": str(each.field.area)} for each in self.templates.known
            ],
            "unread": [{"file": each.file, "why": each.why} for each in self.templates.unread],
        }

    def picture(self) -> bytes:
        """The newest whole picture, packed with its number, size, field of view and ticks."""
        pixels, spacing = self._latest().pixels, self._spacing()
        number = next(self._numbers)
        with self._lock:
            self._held[number] = _Held(pixels, spacing)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        rows, columns = pixels.shape
        field = known_field(self._loop.screen, (columns, rows))
        header: Header = {
            "number": number,
            "size": [columns, rows],
            "area": None if field is None else framing_header(field.area),
            "outline": None if field is None or field.outline is None else list(field.outline),
            "ticks": self._ticks(spacing),
        }
        return packed(header, cv2.imencode(".jpg", pixels)[1].tobytes())

    def set_points(self, number: int, a: Point, b: Point, distance_mm: float) -> None:
        """The scale at which they are so far apart, while what they are set on stands there."""
        self._require_unknown()
        marks = StandingMarks.set_on(self._picture(number).pixels, a, b, distance_mm)
        if not marks.still_there(self._latest().pixels):
            raise SettingsError(
                "What the points were set on has moved or changed since this picture came. Take a "
                "new picture and set both on the scanner's own ruler, which stands still."
            )
        self._loop.screen.set_points(a, b, distance_mm)

    def set_depth(self, depth_mm: float) -> None:
        """The scale of the ruler on the newest picture, whose depth the screen says."""
        self._require_unknown()
        self._loop.screen.set_depth(depth_mm)

    def forget(self) -> None:
        """No millimetres but those the source itself says, until a ruler is found again."""
        self._loop.screen.forget_scale()

    def measure(self, number: int, a: Point, b: Point, expected_mm: float | None) -> Header:
        """How far apart they are, with the 95 % interval, and whether it holds what is expected."""
        held = self._picture(number)
        if held.spacing is None or held.spacing != self._spacing():
            raise SettingsError(
                "This picture's millimetres are not known, or the scale has changed since it came. "
                "Set the scale, take a new picture, then measure."
            )
        if expected_mm is not None and not 0 < expected_mm <= FARTHEST_MM:
            raise SettingsError(
                f"{expected_mm:g} mm were expected between the points; give more than 0 and at "
                f"most {FARTHEST_MM:g}, in millimetres."
            )
        rows, columns = held.pixels.shape
        if not all(-0.5 <= x < columns and -0.5 <= y < rows for x, y in (a, b)):
            raise SettingsError("A point is not on the picture. Set both on it.")
        found = distance(a, b, held.spacing)
        holds = None if expected_mm is None else found.lower <= expected_mm <= found.upper
        said = {**(interval(found) or {}), "expected": expected_mm, "holds": holds}
        self._checked = held.spacing, said
        return said

    def save_template(self, name: str) -> None:
        """Keep the present field of view and what stands round it. It takes a second."""
        first = self._latest()
        field = known_field(self._loop.screen, first.size)
        if field is None:
            raise SettingsError(
                "There is no field of view to save; expected one that was found or set by hand. "
                "Set it in the source dialog first."
            )
        pictures = [first.pixels]
        for _ in range(PICTURES - 1):
            time.sleep(APART_S)
            pictures.append(self._latest().pixels)
        if len({each.shape for each in pictures}) > 1:
            raise SettingsError("The picture's size has just changed. Save the template again.")
        template = ScreenTemplate.of(name, field, pictures)
        if not template.matches(pictures[-1]):
            raise SettingsError(
                "Too little stands still beside the tissue for this screen to be known again. Show "
                "the scanner's usual screen with its menus, then save."
            )
        self.templates.keep(template)

    def _latest(self) -> Frame:
        latest = self._watched().latest
        if latest is None:
            raise SourceUnavailable("No picture has come yet. Start a source, or wait for it.")
        return latest

    def _picture(self, number: int) -> _Held:
        with self._lock:
            held = self._held.get(number)
        if held is None:
            raise SettingsError("This picture is no longer held. Take a new one, and set again.")
        return held

    def _spacing(self) -> CalibratedSpacing | None:
        latest = self._watched().latest
        own = None if latest is None else latest.spacing
        return own or self._loop.screen.spacing

    def _require_unknown(self) -> None:
        if self._latest().spacing is not None:
            raise SettingsError(
                "This source says itself how many millimetres a pixel has; there is nothing to set."
            )

    def _ticks(self, spacing: CalibratedSpacing | None) -> list[list[float]]:
        """Of the ruler that gives the scale."""
        ruler = self._loop.screen.ruler
        return [] if ruler is None or spacing is None else ruler.ticks.round(1).tolist()
