from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.programmed.mammography.calcifications import STEP_MM, find_grains
from senoscope.models.programmed.tomosynthesis.slab_points import WEAKEST, slab_points
from tests.models.programmed.mammography.drawn_breasts import at_step, plain_breast, with_dots
from tests.models.programmed.tomosynthesis.drawn_volumes import DOTS


def test_the_points_are_those_of_a_mammogram() -> None:
    picture = at_step(with_dots(plain_breast(), DOTS), STEP_MM)
    found, usual = slab_points(picture), find_grains(picture)
    for x, y in DOTS:
        away = [np.hypot(*(each.at[: len(DOTS)] - (x, y)).T) for each in (found, usual)]
        assert away[0].min() < 1.5
        assert away[1].min() < 1.5
    assert found.height[: len(DOTS)] == pytest.approx(usual.height[: len(DOTS)], rel=0.25)
    assert np.all(np.diff(found.height) <= 0)
    assert found.contrast[0] == pytest.approx(0.1, abs=0.08)


def test_noise_alone_has_few_points() -> None:
    found = slab_points(at_step(plain_breast(), STEP_MM))
    assert found.height.min(initial=np.inf) > WEAKEST
    # Of some 27 square centimetres, of four independent places a square millimetre.
    assert len(found.at) < 60


def test_what_lies_on_a_line_is_no_point() -> None:
    picture = plain_breast()
    picture[200:600, 219:222] += 0.15
    found = slab_points(at_step(picture, STEP_MM))
    on_it = (np.abs(found.at[:, 0] - 220) < 4) & (np.abs(found.at[:, 1] - 400) < 190)
    assert not on_it.any()
