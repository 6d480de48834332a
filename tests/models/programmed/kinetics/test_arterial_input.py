"""Parker's population curve."""

import numpy as np
import pytest

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.kinetics.arterial_input import (
    ArterialInput,
    parker_blood_mm,
    population_input,
)


def test_the_curve_is_nothing_before_its_arrival_and_parkers_after():
    times = np.array([0.0, 9.9, 10.0, 10.0 + 60 * 0.17046, 310.0])
    found = parker_blood_mm(times, 10)
    assert found[:2].tolist() == [0, 0]
    # At the first Gaussian's centre, by hand: its height, 0.34 of the second, no sigmoid.
    assert found[3] == pytest.approx(
        5.732 + 0.9973 * np.exp(-((0.19454 / 0.132) ** 2) / 2), abs=2e-3
    )
    assert found[4] == pytest.approx(1.05 * np.exp(-0.1685 * 5), rel=1e-6)


def test_plasma_holds_what_blood_does_and_more():
    source = population_input(100, 20, haematocrit=0.5)
    assert source.times_s[0] == 20 and source.times_s[-1] >= 100
    assert source.plasma_mm == pytest.approx(2 * parker_blood_mm(source.times_s, 20))
    for bad in ({"haematocrit": 1.0}, {"arrives_s": 100}):
        with pytest.raises(ImageError, match="an end after the arrival"):
            population_input(100, **bad)


@pytest.mark.parametrize(
    ("times", "plasma"),
    [([0, 1], [1]), ([0], [1]), ([0, 0], [1, 2]), ([0, 1], [1, np.nan]), ([0, 1], [0, 0])],
)
def test_an_input_that_is_none_is_refused(times, plasma):
    with pytest.raises(ImageError, match="An arterial input"):
        ArterialInput(np.array(times, float), np.array(plasma, float))
