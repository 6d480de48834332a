"""What is known of the screen a source shows: where its tissue is, and what a pixel measures.

    frame --> capture thread: cut to the field, millimetres of the scale that still stands
                  |                            ^
                  `--> aside: looks for field and ruler, on the newest picture, when it has time

Nothing outside the field gets past this room, and no scale outlives the marks it was read from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

import numpy as np

from senoscope.calibration.screen.field_of_view import FieldOfView, NoField
from senoscope.calibration.screen.ruler import Ruler, RulerRefusal, find_ruler
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.calibration.screen.screen_text import Box
from senoscope.calibration.screen.standing_marks import StandingMarks
from senoscope.calibration.screen.steady_field import SteadyField
from senoscope.calibration.screen.surroundings import Surroundings
from senoscope.calibration.screen.writing import SteadyWriting, painted_over
from senoscope.calibration.spacing import Point
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame, Gray, ScanArea
from senoscope.domain.reading import Unsuitable
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.realtime.aside import Aside
from senoscope.realtime.sources.framing import Cut, Framing

LOOK_AT_FIRST, LOOK_EVERY, LOOK_SELDOM = 4, 15, 30
"""Pictures, of which live 30 come a second: until the field is settled, while something is not
known, and once all is."""
EDGE = 8
"""Pixels by which a field may be found otherwise and is the same: its edge is speckle."""
ABSENT = {
    None: Unsuitable.LOOKING,
    NoField.NO_TISSUE: Unsuitable.NO_FIELD,
    NoField.TOO_SMALL: Unsuitable.NO_FIELD,
    NoField.WRITTEN_ON: Unsuitable.WRITTEN_ON,
}


class Scale(Protocol):
    """A scale that was read off a screen."""

    def still_there(self, pixels: Gray) -> bool:
        """Whether its marks stand where they stood."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame as it may leave: cut, masked, with the millimetres that hold for it.

    `scan_area` is what it was cut from, None for all. `finding` counts up whenever field or scale
    became others: what was read before then is of another view. `unsuitable` says why there is no
    picture, which is then black.
    """

    frame: Frame
    scan_area: ScanArea | None
    finding: int
    unsuitable: Unsuitable | None = None


class Screen:
    """One source's, in one framing. `take` is the capture thread's; the rest any thread's.

    `in_line`: looked at by the capture thread itself, so that the same frames are cut the same.
    `each`: every picture stands for itself, as in a folder.
    """

    def __init__(
        self,
        framing: Framing,
        templates: Sequence[ScreenTemplate] = (),
        in_line: bool = False,
        each: bool = False,
    ) -> None:
        self.framing = framing
        self.refusal: RulerRefusal | None = None
        """Why no ruler was found, None where one was, or none was looked for."""
        self._steady = SteadyField(templates, each) if framing is Cut.FOUND else None
        self._writing = SteadyWriting() if framing is Cut.CLEARED else None
        self._written: tuple[Box, ...] | None = None
        self._field: tuple[FieldOfView, Surroundings] | NoField | None = None
        self._scale: tuple[Scale, CalibratedSpacing] | None = None
        self._last: CalibratedSpacing | None = None
        self._area: ScanArea | None = None
        self._before: tuple[object, ...] = ()
        self._finding = 0
        # Aside, a still would have gone before it was looked at.
        self._each = each and in_line
        self._newest: Gray | None = None
        self._looked = -LOOK_SELDOM
        self._stands = True
        self._counts = count()
        self._aside = Aside(self._look, in_line)

    @property
    def field(self) -> FieldOfView | NoField | None:
        """As it was last found; None before, and where it is not looked for."""
        found = self._field
        return found[0] if isinstance(found, tuple) else found

    @property
    def spacing(self) -> CalibratedSpacing | None:
        """Of the scale that stands on the newest picture."""
        scale = self._scale
        return None if scale is None else scale[1]

    @property
    def ruler(self) -> Ruler | None:
        """Whose scale stands, None where there is none or another gives the scale."""
        scale = self._scale
        return scale[0] if scale is not None and isinstance(scale[0], Ruler) else None

    def take(self, frame: Frame) -> Seen:
        """The frame without what may not leave. ImageError where the hand-drawn area won't fit."""
        pixels, own = frame.pixels, frame.spacing
        self._newest = pixels
        # First: of one that moved is let go, so that another is looked for at once.
        spacing = own or self._standing(pixels)
        self._look_when_due(pixels, own is None)
        spacing = spacing or self._standing(pixels)
        cut = self._cut(pixels)
        if isinstance(cut, Unsuitable):
            return self._absent(frame, cut)
        shown = frame
        if isinstance(cut, FieldOfView):
            shown = self._within(frame, cut)
        elif cut is not None:
            self._area, shown = cut, cut.crop(frame)
        area = self._area
        if self._written:
            shown = replace(shown, pixels=painted_over(pixels, self._written))
        finding = self._count(area, spacing, self._written)
        return Seen(replace(shown, spacing=spacing), area, finding)

    def set_points(self, a: Point, b: Point, distance_mm: float) -> None:
        """The scale at which `a` and `b`, of the whole newest picture, are that far apart.

        SettingsError where that is none, or no picture has come.
        """
        pixels = self._shown()
        marks = StandingMarks.set_on(pixels, a, b, distance_mm)
        self._scale = marks, marks.spacing

    def set_depth(self, depth_mm: float) -> None:
        """Of the newest picture, as its screen shows it. SettingsError where no ruler agrees."""
        found = find_ruler(self._shown(), depth_mm)
        if isinstance(found, RulerRefusal):
            raise SettingsError(f"With a depth of {depth_mm:g} mm, {found.value}.")
        self._scale = found, found.spacing()

    def forget_scale(self) -> None:
        """Show no millimetres of it; a ruler is looked for again."""
        self._scale = None

    @property
    def error(self) -> str:
        """The last fault of looking, "" before one."""
        return self._aside.error

    def close(self) -> None:
        """Look no more."""
        self._aside.close()

    def _shown(self) -> Gray:
        if self._newest is None:
            raise SettingsError("No picture has come yet. Wait for one, then try again.")
        return self._newest

    def _look_when_due(self, pixels: Gray, wants_ruler: bool) -> None:
        now = next(self._counts)
        framed = self._steady is None and self._writing is None
        if now < self._looked + self._pace(wants_ruler) or (framed and not wants_ruler):
            return
        self._looked = now
        self._aside.offer((pixels, wants_ruler))

    def _pace(self, wants_ruler: bool) -> int:
        """Pictures from one look to the next."""
        if self._each:
            return 1
        if self._steady is not None and (self._field is None or not self._stands):
            return LOOK_AT_FIRST
        return LOOK_EVERY if wants_ruler and self._scale is None else LOOK_SELDOM

    def _cut(self, pixels: Gray) -> ScanArea | FieldOfView | Unsuitable | None:
        """What of this picture may leave, or why nothing does."""
        if self._writing is not None:
            return Unsuitable.LOOKING if self._written is None else None
        if self._steady is None:
            return None if isinstance(self.framing, Cut) else self.framing
        field = self._field
        if not isinstance(field, tuple):
            return ABSENT[field]
        self._stands = field[1].still_there(pixels)
        return field[0] if self._stands else Unsuitable.LOOKING

    def _within(self, frame: Frame, field: FieldOfView) -> Frame:
        """Its field in the area of before where that holds it: a cut ends no recording."""
        if self._area is None or not _holds(self._area, field.area):
            self._area = field.area
        if self._area == field.area:
            return field.crop(frame)
        return self._area.crop(replace(frame, pixels=field.mask(frame.pixels)))

    def _standing(self, pixels: Gray) -> CalibratedSpacing | None:
        """Of the scale whose marks stand on this very picture; one that does not is let go."""
        scale = self._scale
        if scale is None:
            return None
        if scale[0].still_there(pixels):
            return scale[1]
        if self._scale is scale:  # another may have been set meanwhile
            self._scale = None
        self._looked = -LOOK_SELDOM
        return None

    def _look(self, asked: tuple[Gray, bool]) -> None:
        """Aside: for the field or for writing, as framed, and for a ruler where none stands."""
        pixels, wants_ruler = asked
        if self._steady is not None:
            found = self._steady.look(pixels)
            if not isinstance(found, FieldOfView):
                self._field = found
            elif self._steady.sure:
                # Anew each time: settings beside the picture change one by one.
                self._field = found, Surroundings.of(found, pixels)
        if self._writing is not None:
            self._written = self._writing.look(pixels)
        if wants_ruler and self._scale is None:
            ruler = find_ruler(pixels)
            self.refusal = ruler if isinstance(ruler, RulerRefusal) else None
            if isinstance(ruler, Ruler):
                self._scale = ruler, self._as_before(ruler.spacing())

    def _as_before(self, found: CalibratedSpacing) -> CalibratedSpacing:
        """The very scale of before, where a mark was only hidden and this one is no other."""
        last = self._last
        apart = 1.0 if last is None else abs(found.spacing.row_mm / last.spacing.row_mm - 1)
        if last is None or 100 * apart > found.uncertainty_percent:
            self._last = last = found
        return last

    def _absent(self, frame: Frame, why: Unsuitable) -> Seen:
        # Of one size through all of a recording, where it can be.
        area = self._area if self._area is not None and self._area.fits(frame.size) else None
        columns, rows = frame.size if area is None else (area.width, area.height)
        black = np.zeros((rows, columns), np.uint8)
        shown = replace(frame, pixels=black, colour=None, spacing=None)
        return Seen(shown, area, self._count(area, None), why)

    def _count(self, *known: object) -> int:
        if known != self._before:
            self._before = known
            self._finding += 1
        return self._finding


def _holds(outer: ScanArea, inner: ScanArea) -> bool:
    """Whether one area of a screen lies within another of the same, but for EDGE."""
    return (
        outer.picture == inner.picture
        and outer.left <= inner.left + EDGE
        and outer.top <= inner.top + EDGE
        and outer.left + outer.width >= inner.left + inner.width - EDGE
        and outer.top + outer.height >= inner.top + inner.height - EDGE
    )
