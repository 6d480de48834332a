from __future__ import annotations

from math import hypot, pi

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.studies.cases.breast_place import (
    BreastPlace,
    Third,
    ViewOffset,
    clock_hour,
    of_clock,
    operator_place,
    space_place,
    third_of,
    views_place,
)

LEFT, RIGHT = Laterality.LEFT, Laterality.RIGHT


@pytest.mark.parametrize(
    ("side", "hour", "lateral", "up"),
    [
        (LEFT, 12, 0, 40),
        (LEFT, 3, 40, 0),
        (LEFT, 6, 0, -40),
        (LEFT, 9, -40, 0),
        (RIGHT, 3, -40, 0),
        (RIGHT, 9, 40, 0),
        (RIGHT, 12, 0, 40),
        (LEFT, 1, 20, 20 * 3**0.5),
        (RIGHT, 11, 20, 20 * 3**0.5),
    ],
)
def test_three_is_lateral_on_the_left_and_medial_on_the_right(
    side: Laterality, hour: float, lateral: float, up: float
) -> None:
    assert of_clock(side, hour, 40.0) == pytest.approx((lateral, up), abs=1e-9)
    assert clock_hour(side, lateral, up) == pytest.approx(hour)


@pytest.mark.parametrize("side", Laterality)
@pytest.mark.parametrize("hour", range(1, 13))
def test_what_an_operator_says_is_said_again(side: Laterality, hour: int) -> None:
    place = operator_place(side, hour, 35.0)
    assert place.clock is not None
    assert place.clock.hour == pytest.approx(hour)
    assert 0.5 < place.clock.within < 2
    assert hypot(place.lateral_mm, place.up_mm) == pytest.approx(35.0)
    assert place.from_nipple_mm == 35.0


def test_quadrants_are_named_by_the_side_of_the_body() -> None:
    assert operator_place(LEFT, 2, 40.0).quadrant == "upper outer"
    assert operator_place(RIGHT, 2, 40.0).quadrant == "upper inner"
    assert operator_place(RIGHT, 8, 40.0).quadrant == "lower outer"
    assert operator_place(LEFT, 12, 40.0).quadrant == "upper"


def test_less_said_is_less_known() -> None:
    assert operator_place(None, 2, 40.0) == BreastPlace(None, from_nipple_mm=40.0)
    assert not operator_place(LEFT, None, None).is_known
    ring = operator_place(LEFT, None, 40.0)
    assert ring.is_known and ring.clock is None and ring.quadrant == ""
    ray = operator_place(LEFT, 3, None)
    assert ray.clock is not None and ray.from_nipple_mm is None
    assert ray.spread[0] > operator_place(LEFT, 3, 40.0).spread[0]


@pytest.mark.parametrize(("clock", "away"), [(0, 40.0), (13, 40.0), (3, -1.0), (3, 301.0)])
def test_what_no_clock_has_is_refused(clock: int, away: float) -> None:
    with pytest.raises(SettingsError, match="was given; expected"):
        operator_place(LEFT, clock, away)


def test_two_views_give_the_place_exactly() -> None:
    """Of a place 20 lateral and 10 up: CC sees 20, MLO at 45 degrees (20 + 10) / sqrt 2, ML 10."""
    cc, mlo, ml = (
        ViewOffset(angle, across, 8.0)
        for angle, across in ((0.0, 20.0), (pi / 4, 30 / 2**0.5), (pi / 2, 10.0))
    )
    for views in ([cc, mlo], [cc, ml], [mlo, ml], [cc, mlo, ml]):
        place = views_place(LEFT, views, 0.0)
        assert (place.lateral_mm, place.up_mm) == pytest.approx((20.0, 10.0))
    assert views_place(RIGHT, [cc, ml], 0.0).clock == pytest.approx(
        views_place(RIGHT, [ml, cc], 0.0).clock
    )
    assert views_place(RIGHT, [cc, ml], 0.0).quadrant == "upper outer"


def test_one_view_leaves_the_other_direction_open() -> None:
    above = views_place(LEFT, [ViewOffset(0.0, 30.0, 8.0)], 0.0)
    assert (above.lateral_mm, above.up_mm) == pytest.approx((30.0, 0.0))
    assert above.spread[0] == pytest.approx(8.0) and above.spread[1] == pytest.approx(40.0)
    assert above.quadrant == "outer" and above.clock is None
    deep = views_place(LEFT, [ViewOffset(0.0, 5.0, 8.0)], 60.0)
    assert max(deep.spread[:2]) <= 40.0 + 1e-9, "nothing is less sure than being in the breast"
    assert 5.0 < deep.lateral_mm < 8.0
    oblique = views_place(LEFT, [ViewOffset(pi / 4, 30.0, 8.0)], 0.0)
    assert oblique.lateral_mm == pytest.approx(oblique.up_mm)
    assert not views_place(LEFT, [], None).is_known
    assert views_place(None, [ViewOffset(0.0, 30.0, 8.0)], 0.0).side is None


@pytest.mark.parametrize(
    ("side", "left", "head", "hour"),
    [(LEFT, 20, 0, 3), (LEFT, -20, 0, 9), (RIGHT, 20, 0, 3), (RIGHT, -20, 20, 10.5)],
)
def test_a_place_in_space_has_its_hour_however_deep(
    side: Laterality, left: float, head: float, hour: float
) -> None:
    for back in (0.0, 15.0, 60.0):
        place = space_place(side, left, head, back, 5.0)
        assert place.clock is not None
        assert place.clock.hour == pytest.approx(hour)
        assert place.from_nipple_mm == pytest.approx((left**2 + head**2 + back**2) ** 0.5)


def test_laid_flat_it_lies_between_the_front_and_the_distance_in_space() -> None:
    place = space_place(LEFT, 30.0, 0.0, 40.0, 5.0)
    assert place.lateral_mm == pytest.approx((30 + 50) / 2)
    assert place.spread[0] > place.spread[1] > 5.0
    assert space_place(LEFT, 30.0, 0.0, 0.0, 5.0).lateral_mm == pytest.approx(30.0)
    deep = space_place(LEFT, 2.0, 0.0, 60.0, 5.0)
    assert deep.lateral_mm == pytest.approx(6.0) and deep.clock is None
    assert space_place(LEFT, 0.0, 0.0, 12.0, 5.0).is_behind_nipple


def test_thirds_are_of_the_depth() -> None:
    said = [third_of(each, 90.0) for each in (0.0, 29.0, 31.0, 61.0)]
    assert said == [Third.ANTERIOR, Third.ANTERIOR, Third.MIDDLE, Third.POSTERIOR]
    assert third_of(10.0, 0.0) is None


def test_the_spread_is_a_covariance() -> None:
    place = operator_place(LEFT, 2, 60.0)
    assert np.linalg.eigvalsh(place.covariance).tolist() == pytest.approx(
        [100.0, (60.0 * 17 * pi / 180) ** 2]
    )
