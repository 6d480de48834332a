from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.programmed.mammography import calcifications
from senoscope.models.programmed.mammography.calcifications import clusters, find_grains
from senoscope.models.programmed.mammography.marks import Candidate
from tests.models.programmed.mammography.drawn_breasts import (
    at_step,
    plain_breast,
    with_dots,
)

DOTS = [(180.0, 400.0), (195.0, 415.0), (170.0, 420.0), (205.0, 395.0), (188.0, 378.0)]


def best(found: list[Candidate]) -> Candidate:
    return max(found, key=lambda each: each.features["evidence"])


def test_a_cluster_is_found_where_its_points_lie() -> None:
    found = best(clusters(at_step(with_dots(plain_breast(), DOTS), calcifications.STEP_MM)))
    assert found.centre == pytest.approx(np.mean(DOTS, axis=0), abs=20)
    assert np.exp(found.features["count"]) >= len(DOTS)
    low, high = found.outline.min(axis=0), found.outline.max(axis=0)
    assert all((low < dot).all() and (dot < high).all() for dot in np.array(DOTS))


def test_points_stand_out_by_the_noise_of_their_grey() -> None:
    quiet = find_grains(at_step(with_dots(plain_breast(0.004), DOTS), calcifications.STEP_MM))
    loud = find_grains(at_step(with_dots(plain_breast(0.016), DOTS), calcifications.STEP_MM))
    assert quiet.height[:5].mean() > 2 * loud.height[:5].mean()


def test_two_points_are_no_cluster_of_their_own() -> None:
    picture = at_step(with_dots(plain_breast(), DOTS[:2]), calcifications.STEP_MM)
    grains = find_grains(picture)
    assert (grains.height > 12).sum() == 2
    for each in clusters(picture):  # whatever noise adds is weak
        assert each.features["third"] < np.log(7)


def test_a_vessel_is_no_row_of_points() -> None:
    picture = plain_breast()
    picture[300:500, 200:203] += 0.2
    grains = find_grains(at_step(picture, calcifications.STEP_MM))
    on_it = (abs(grains.at[:, 0] - 201) < 4) & (grains.at[:, 1] > 305) & (grains.at[:, 1] < 495)
    assert not on_it.any()


def test_nothing_is_sought_at_the_skin() -> None:
    at_skin = [(436.0, 395.0), (438.0, 404.0), (436.0, 412.0)]
    picture = at_step(with_dots(plain_breast(), at_skin), calcifications.STEP_MM)
    grains = find_grains(picture)
    assert not (grains.at[:, 0] > 432).any()


def test_where_bright_crossings_are_everywhere_a_point_must_stand_out_from_them() -> None:
    draw = np.random.default_rng(3)
    crossings = [(float(x), float(y)) for x, y in draw.uniform((40, 150), (330, 650), (150, 2))]
    fibrous = with_dots(plain_breast(), crossings, 0.06)
    among = find_grains(at_step(with_dots(fibrous, DOTS, 0.06), calcifications.STEP_MM))
    alone = find_grains(at_step(with_dots(plain_breast(), DOTS, 0.06), calcifications.STEP_MM))
    assert among.height[0] < 0.8 * alone.height[0]


def test_a_marker_on_the_nipple_is_no_calcification() -> None:
    picture = plain_breast()
    row, column = np.mgrid[: picture.shape[0], : picture.shape[1]]
    picture[np.hypot(column - 200, row - 300) < 18] = 1.0
    grains = find_grains(at_step(picture, calcifications.STEP_MM))
    assert not (np.hypot(grains.at[:, 0] - 200, grains.at[:, 1] - 300) < 26).any()
