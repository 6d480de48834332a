from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.programmed.region import lesion_region
from senoscope.models.programmed.shape import FEATURES, measure_shape
from tests.models.programmed.outlines import Outline, ellipse, frame, star


def shape_of(outline: Outline, aspect: float = 1.0) -> dict[str, float]:
    return dict(measure_shape(lesion_region(frame(outline), outline, aspect)))


def test_every_feature_is_measured_and_no_other() -> None:
    assert set(shape_of(ellipse(50, 30))) == {feature.name for feature in FEATURES}


def test_a_circle_is_as_round_as_can_be() -> None:
    measured = shape_of(ellipse(60, 60))
    for name in ("circularity", "convexity", "solidity", "axis_ratio", "depth_to_width"):
        assert measured[name] == pytest.approx(1, abs=0.01), name
    for name in ("lobulation", "deepest_dent", "ellipse_residual", "radial_deviation"):
        assert measured[name] == pytest.approx(0, abs=0.005), name


@pytest.mark.parametrize("tilt", [0, 20, 45, 70, 90])
def test_the_long_axis_is_measured_against_the_skin(tilt: float) -> None:
    for mirrored in (tilt, -tilt):
        measured = shape_of(ellipse(70, 35, tilt=mirrored))
        assert measured["orientation"] == pytest.approx(tilt, abs=1)
        assert measured["axis_ratio"] == pytest.approx(0.5, abs=0.01)
        assert measured["ellipse_residual"] == pytest.approx(0, abs=0.005)


def test_taller_than_wide_is_over_one() -> None:
    assert shape_of(ellipse(30, 60))["depth_to_width"] == pytest.approx(2, rel=0.01)
    assert shape_of(ellipse(60, 30))["depth_to_width"] == pytest.approx(0.5, rel=0.01)


def test_shape_is_measured_on_square_pixels() -> None:
    measured = shape_of(ellipse(60, 30), aspect=2.0)
    assert measured["axis_ratio"] == pytest.approx(1, abs=0.01)


def test_a_square_has_the_circularity_of_a_square() -> None:
    side = np.linspace(0, 99, 100)
    flat, full = np.zeros(100), np.full(100, 99.0)
    square = np.concatenate(
        [np.c_[side, flat], np.c_[full, side], np.c_[side[::-1], full], np.c_[flat, side[::-1]]]
    )
    assert shape_of(square + 100)["circularity"] == pytest.approx(np.pi / 4, abs=0.015)


@pytest.mark.parametrize("lobes", [5, 8])
def test_lobes_are_counted_by_the_dents_between_them(lobes: int) -> None:
    measured = shape_of(star(lobes, depth=0.2))
    assert measured["lobulation"] == lobes
    assert measured["radial_crossings"] == 2 * lobes
    assert measured["solidity"] < 0.95
    assert measured["convexity"] < 0.95


def test_a_shallow_dent_is_no_lobe() -> None:
    assert shape_of(star(8, depth=0.02))["lobulation"] == 0


def test_shape_does_not_change_with_size() -> None:
    small, large = shape_of(star(6, 0.15, radius=25)), shape_of(star(6, 0.15, radius=100))
    for name, value in small.items():
        assert value == pytest.approx(large[name], rel=0.03, abs=0.5), name
