"""One exam's field of view: found once, and kept until the screen is another or is written on."""

from __future__ import annotations

from functools import reduce

import numpy as np

from senoscope.calibration.field_of_view import (
    MOST_PICTURES,
    STANDS,
    FieldOfView,
    NoField,
    find_field_of_view,
    lines_reaching_into,
)
from senoscope.calibration.screen_template import ScreenTemplate
from senoscope.domain.frame import Gray

LOOK_EVERY = 15
"""Pictures; half a second of live ones."""
TO_LET_GO = 3
"""Looks in a row at another screen: a menu that opens for a moment is none."""


class SteadyField:
    """The pictures of one source in their order. Not for several threads."""

    def __init__(self) -> None:
        self._count = self._strange = 0
        self._kept: list[Gray] = []
        self._found: FieldOfView | NoField = NoField.NO_TISSUE
        self._screen: ScreenTemplate | None = None

    def see(self, pixels: Gray) -> FieldOfView | NoField:
        """The field for this picture. ImageError where it cannot be used."""
        if self._kept and self._kept[-1].shape != pixels.shape:
            self._count, self._kept, self._screen = 0, [], None
        if self._count % LOOK_EVERY == 0:
            self._look(pixels)
        self._count += 1
        return self._found

    def _look(self, pixels: Gray) -> None:
        self._kept = [*self._kept[1 - MOST_PICTURES :], pixels]
        if self._screen is None or not isinstance(self._found, FieldOfView):
            self._search()
            return
        if lines_reaching_into(self._found, reduce(np.minimum, self._kept[-STANDS:])):
            self._search()
            return
        self._strange = 0 if self._screen.matches(pixels) else self._strange + 1
        if self._strange >= TO_LET_GO:
            self._kept = self._kept[-TO_LET_GO:]
            self._search()

    def _search(self) -> None:
        """It may still change until enough pictures were seen to tell what moves."""
        self._strange, self._screen = 0, None
        self._found = find_field_of_view(self._kept)
        settled = len(self._kept) == MOST_PICTURES
        if settled and isinstance(self._found, FieldOfView):
            self._screen = ScreenTemplate.of("this exam", self._found, self._kept)
