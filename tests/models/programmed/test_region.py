from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.region import DIAMETER, lesion_region, signed_area
from tests.models.programmed.outlines import ellipse, frame


@pytest.mark.parametrize("radius", [12, 40, 90])
def test_every_lesion_gets_the_same_area(radius: float) -> None:
    outline = ellipse(radius, radius)
    region = lesion_region(frame(outline), outline)
    circle = np.pi * DIAMETER**2 / 4
    assert signed_area(region.contour) == pytest.approx(circle, rel=0.001)
    assert region.inside.sum() == pytest.approx(circle, rel=0.05)
    assert region.scale == pytest.approx(DIAMETER / 2 / radius, rel=0.001)


@pytest.mark.parametrize("direction", [1, -1])
def test_the_outline_runs_clockwise_however_it_was_given(direction: int) -> None:
    outline = ellipse(50, 30)[::direction]
    assert signed_area(lesion_region(frame(outline), outline).contour) > 0


def test_inside_is_where_the_frame_is_dark() -> None:
    outline = ellipse(70, 40, tilt=20)
    region = lesion_region(frame(outline), outline)
    deep, beyond = region.distance < -4, region.band(0.05, 0.5)
    assert region.pixels[deep].max() < 0.2
    assert region.pixels[beyond].min() > 0.4


def test_distance_is_negative_inside_and_grows_outward() -> None:
    outline = ellipse(50, 50)
    region = lesion_region(frame(outline), outline)
    assert region.distance.min() == pytest.approx(-DIAMETER / 2, abs=1.5)
    rows, columns = np.nonzero(region.inside)
    middle = int(rows.mean()), int(columns.mean())
    assert region.distance[middle] == pytest.approx(region.distance.min(), abs=1)


def test_what_lies_beyond_the_frame_is_not_seen() -> None:
    outline = ellipse(50, 50) - [190, 0]
    pixels = frame(outline)
    region = lesion_region(pixels, outline)
    assert not region.seen.all()
    assert region.seen.sum() / region.seen.size > 0.5
    left_of_frame = region.inside & ~region.seen
    assert left_of_frame.any()


def test_pixels_taller_than_wide_are_made_square() -> None:
    outline = ellipse(60, 30)
    region = lesion_region(frame(outline), outline, aspect=2.0)
    width, height = np.ptp(region.contour, axis=0)
    assert width == pytest.approx(height, rel=0.01)


@pytest.mark.parametrize("outline", [np.zeros((5, 2)), [[0, 0], [50, 0], [100, 0]]])
def test_an_outline_that_encloses_nothing_is_refused(outline: object) -> None:
    with pytest.raises(ImageError, match="encloses 0"):
        lesion_region(np.zeros((100, 100), np.uint8), np.asarray(outline, float))
