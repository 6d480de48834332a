"""Convolution of a piecewise linear input, against closed forms and fine sums."""

import numpy as np
import pytest

from senoscope.models.programmed.kinetics.arterial_input import ArterialInput, population_input
from senoscope.models.programmed.kinetics.convolution import convolved, sampled_input

KEP = np.array([0.0, 1e-4, 0.03, 1.0, 20.0])


def test_a_constant_input_has_a_closed_form():
    source = ArterialInput(np.array([0.0, 50, 600]), np.full(3, 2.0))
    times = np.array([0.0, 30, 200, 600])
    found = convolved(source, times, KEP)
    minutes = times / 60
    assert found[0] == pytest.approx(2 * minutes)
    for rate, its in zip(KEP[1:], found[1:], strict=True):
        assert its == pytest.approx(-2 * np.expm1(-rate * minutes) / rate, rel=1e-12)


def test_a_ramp_has_a_closed_form():
    source = ArterialInput(np.array([0.0, 600]), np.array([0.0, 10]))
    minutes = np.array([0.5, 2, 9])
    found = convolved(source, 60 * minutes, KEP)
    for rate, its in zip(KEP[2:], found[2:], strict=True):
        x = rate * minutes
        assert its == pytest.approx((x + np.expm1(-x)) / rate**2, rel=1e-9)


def test_series_and_closed_form_meet():
    source = ArterialInput(np.array([0.0, 60]), np.array([1.0, 3]))
    found = convolved(source, np.array([60.0]), np.array([0.0099999, 0.0100001]))[:, 0]
    assert found[0] == pytest.approx(found[1], rel=1e-6)


@pytest.mark.parametrize("delay", [0.0, 7.3, -4.0])
def test_any_sampling_of_the_tissue_gives_the_same_curve(delay):
    source = population_input(500, 20)
    coarse = np.array([-90.0, 0, 80, 170.5, 400])
    fine = np.union1d(coarse, np.arange(-90, 400, 0.01))
    plasma = sampled_input(source, fine, delay)
    found = convolved(source, coarse, KEP, delay)
    assert not found[:, :2].any()
    for rate, its in zip(KEP, found, strict=True):
        seen = fine <= 400
        weighted = plasma[seen] * np.exp(-rate * (400 - fine[seen]) / 60)
        assert its[-1] == pytest.approx(np.trapezoid(weighted, fine[seen] / 60), rel=1e-3)
        assert its == pytest.approx(
            convolved(source, fine, np.array([rate]), delay)[0, np.searchsorted(fine, coarse)],
            rel=1e-9,
        )
