"""Two points on the scanner's own marks give a scale for as long as these stand."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.screens import made_screen
from senoscope.calibration.screen.ruler import Ruler, find_ruler
from senoscope.calibration.screen.standing_marks import StandingMarks
from senoscope.calibration.spacing import Point
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Gray
from senoscope.domain.spacing import SpacingOrigin


def ends_of_a_ruler(seed: int) -> tuple[Gray, Point, Point, float]:
    """A made screen, its first and last tick, and the millimetres between them."""
    pixels = made_screen(seed).pixels
    ruler = find_ruler(pixels)
    assert isinstance(ruler, Ruler)
    (x, y), (other_x, other_y) = ruler.ticks[0], ruler.ticks[-1]
    return pixels, (x, y), (other_x, other_y), ruler.row_mm * (other_y - y)


SEEDS = [
    seed for seed in range(2000, 2024) if isinstance(find_ruler(made_screen(seed).pixels), Ruler)
]


@pytest.mark.parametrize("seed", SEEDS)
def test_it_holds_on_its_own_picture_and_not_at_another_depth(seed: int) -> None:
    pixels, a, b, distance_mm = ends_of_a_ruler(seed)
    marks = StandingMarks.set_on(pixels, a, b, distance_mm)
    made = made_screen(seed)
    assert marks.spacing.origin is SpacingOrigin.TWO_POINTS
    assert marks.spacing.spacing.row_mm == pytest.approx(made.row_mm, rel=0.01)
    assert marks.still_there(pixels)
    assert not marks.still_there(made_screen(seed, made.depth_mm * 1.25).pixels)
    assert not marks.still_there(pixels[:-2])


def test_points_on_nothing_and_outside_are_refused() -> None:
    pixels, a, b, distance_mm = ends_of_a_ruler(SEEDS[0])
    empty = np.zeros_like(pixels)
    with pytest.raises(SettingsError, match="no mark"):
        StandingMarks.set_on(empty, a, b, distance_mm)
    with pytest.raises(SettingsError, match="on the picture of"):
        StandingMarks.set_on(pixels, a, (b[0], float(len(pixels))), distance_mm)
    with pytest.raises(SettingsError, match="further apart"):
        StandingMarks.set_on(pixels, a, (a[0], a[1] + 5), 2)
