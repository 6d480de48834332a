"""One exam's field of view: found once, and kept until the screen is another or is written on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from senoscope.calibration.screen.field_of_view import (
    MOST_PICTURES,
    STANDS,
    FieldOfView,
    NoField,
    find_field_of_view,
    lines_reaching_into,
)
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.frame import Gray

MOST_KNOWN = 4
TO_LET_GO = 3
"""Looks in a row at another screen: a menu that opens for a moment is none."""


class SteadyField:
    """Looks at pictures of one source in their order, half a second apart. Not for several threads.

    A screen that one of `templates` knows has its field at once, another when MOST_PICTURES were
    seen: only then is it certain what moves. `each`: every picture is a screen of its own.
    """

    def __init__(self, templates: Sequence[ScreenTemplate] = (), each: bool = False) -> None:
        self._templates, self._enough = templates, 1 if each else MOST_PICTURES
        # Screens of this exam: a scanner goes from one to the other and back.
        self._known: list[ScreenTemplate] = []
        self._strange = 0
        self._kept: list[Gray] = []
        self._found: FieldOfView | NoField | None = None
        self._screen: ScreenTemplate | None = None

    @property
    def sure(self) -> bool:
        """Whether the last picture was of the screen that has this field."""
        return not self._strange

    def look(self, pixels: Gray) -> FieldOfView | NoField | None:
        """The field for this picture, None while it is not known. ImageError: it cannot be used."""
        if self._enough == 1 or (self._kept and self._kept[-1].shape != pixels.shape):
            self._kept, self._screen = [], None
        self._kept = [*self._kept[1 - MOST_PICTURES :], pixels]
        if self._screen is None or not isinstance(self._found, FieldOfView):
            self._search()
        else:
            self._hold_against(pixels, self._found, self._screen)
        return self._found

    def _hold_against(self, pixels: Gray, field: FieldOfView, screen: ScreenTemplate) -> None:
        written_on = lines_reaching_into(field, reduce(np.minimum, self._kept[-STANDS:]))
        if screen.matches(pixels):
            self._strange = 0
            if written_on:
                self._known = [each for each in self._known if each is not screen]
                self._search(by_template=False)
            return
        self._strange += 1
        if written_on or self._strange >= TO_LET_GO:
            # Of the screen before nothing may be mixed into what is found on this one.
            self._kept = self._kept[-self._strange :]
            self._search()

    def _search(self, by_template: bool = True) -> None:
        self._strange, self._screen, self._found = 0, None, None
        known = (*self._known, *self._templates) if by_template else ()
        self._screen = next((each for each in known if each.matches(self._kept[-1])), None)
        if self._screen is not None:
            self._found = self._screen.field
            return
        if len(self._kept) < self._enough:
            return
        self._found = find_field_of_view(self._kept)
        if isinstance(self._found, FieldOfView):
            self._screen = ScreenTemplate.of("this exam", self._found, self._kept)
            self._known = [*self._known[1 - MOST_KNOWN :], self._screen]
