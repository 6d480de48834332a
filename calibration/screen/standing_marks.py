"""A scale between two points set by hand, for as long as what they were set on stands still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.spacing import Point, spacing_from_two_points
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Gray
from senoscope.domain.spacing import CalibratedSpacing

REACH = 24
"""Pixels round each point: a tick and the number beside it."""
ASIDE = 8
"""Pixels beside the line between them."""
STILL_LIKE = 0.8
"""Correlation with what was there."""
FAINTEST = 4.0
"""Grey values, standard deviation: what is evener than that holds no mark."""


@dataclass(frozen=True, eq=False)
class StandingMarks:
    """Two points on the marks of a screen, usually of its ruler, and what they looked like."""

    spacing: CalibratedSpacing
    _shape: tuple[int, int]
    _places: tuple[tuple[slice, slice], ...]
    _looks: tuple[NDArray[np.float32], ...]

    @classmethod
    def set_on(cls, pixels: Gray, a: Point, b: Point, distance_mm: float) -> StandingMarks:
        """On a picture, (rows, columns), that shows `a` and `b` [x, y] `distance_mm` apart.

        SettingsError where that is no scale, or a point lies outside or on nothing.
        """
        spacing = spacing_from_two_points(a, b, distance_mm)
        rows, columns = pixels.shape
        places = []
        for x, y in (a, b):
            if not (0 <= x < columns and 0 <= y < rows):
                raise SettingsError(
                    f"A point at {x:.0f}, {y:.0f} was set; expected one on the picture of "
                    f"{columns}x{rows} pixels. Set both points on marks that the scanner draws."
                )
            place = np.s_[
                max(0, round(y) - REACH) : round(y) + REACH,
                max(0, round(x) - REACH) : round(x) + REACH,
            ]
            if pixels[place].std() < FAINTEST:
                raise SettingsError(
                    f"There is no mark at {x:.0f}, {y:.0f}; expected a tick or a number. Set both "
                    "points on the scanner's own ruler: when its depth changes, that moves."
                )
            places.append(place)
        # What stands between them too: a ruler's ends may look alike at two depths.
        left, right = sorted((round(a[0]), round(b[0])))
        top, bottom = sorted((round(a[1]), round(b[1])))
        places.append(
            np.s_[max(0, top - ASIDE) : bottom + ASIDE, max(0, left - ASIDE) : right + ASIDE]
        )
        looks = tuple(_normed(pixels[place]) for place in places)
        return cls(spacing, (rows, columns), tuple(places), looks)

    def still_there(self, pixels: Gray) -> bool:
        """Whether both marks stand where they stood; False for another picture size."""
        if pixels.shape != self._shape:
            return False
        return all(
            float(np.vdot(look, _normed(pixels[place]))) >= STILL_LIKE
            for place, look in zip(self._places, self._looks, strict=True)
        )


def _normed(part: Gray) -> NDArray[np.float32]:
    seen = part.astype(np.float32)
    # Without what is the same all along, such as the bar that ticks stand on.
    seen -= seen.mean(axis=0 if seen.shape[0] >= seen.shape[1] else 1, keepdims=True)
    return seen / max(float(np.linalg.norm(seen)), 1e-6)
