"""What a screen shows beside its field of view: while that stays, the field is where it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.screen.field_of_view import FieldOfView
from senoscope.domain.frame import Gray

APART = 4
"""Rows and columns between the pixels that are looked at."""
DRAWN = 40
"""Grey values from the ground, and from what was there: more than a coded ground has."""
CHANGED = 0.5
"""Of the pixels drawn on then or now. A menu that opens beside the picture changes fewer."""
FEWEST = 50
"""Drawn pixels. A screen with fewer beside its picture cannot be told from another."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Taken from one picture of a screen; of others, `still_there` says whether it is the same.

    It is for every frame; `ScreenTemplate.matches` looks closer, and takes its time.
    """

    shape: tuple[int, int]
    _outside: NDArray[np.bool_]
    _seen: NDArray[np.int16]
    _drawn: NDArray[np.bool_]
    _ground: int

    @classmethod
    def of(cls, field: FieldOfView, pixels: Gray) -> Surroundings:
        """Of a picture, (rows, columns), of the screen on which the field was found."""
        outside = ~field.inside[::APART, ::APART]
        seen = pixels[::APART, ::APART][outside].astype(np.int16)
        ground = int(np.median(seen)) if seen.size else 0
        shape = pixels.shape[0], pixels.shape[1]
        return cls(shape, outside, seen, abs(seen - ground) > DRAWN, ground)

    def still_there(self, pixels: Gray) -> bool:
        """Whether a screen shows the same beside its picture; False for another size."""
        if pixels.shape != self.shape:
            return False
        now = pixels[::APART, ::APART][self._outside].astype(np.int16)
        changed = np.count_nonzero(abs(now - self._seen) > DRAWN)
        drawn = np.count_nonzero(self._drawn | (abs(now - self._ground) > DRAWN))
        return bool(changed < FEWEST or changed <= CHANGED * drawn)
