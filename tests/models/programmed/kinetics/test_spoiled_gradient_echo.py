"""Signal, T1 and concentration there and back."""

import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.models.programmed.kinetics.spoiled_gradient_echo import (
    SpoiledEcho,
    concentration_mm,
    signal_of_concentration,
    t1_linear,
    t1_nonlinear,
)

ECHO = SpoiledEcho(0.005, 12)
FLIPS = np.array([2.0, 5, 10, 15, 25])


def test_the_signal_is_the_equations_and_its_inverse_finds_the_rate():
    angle, kept = np.deg2rad(12), np.exp(-0.005 / 1.3)
    by_hand = np.sin(angle) * (1 - kept) / (1 - np.cos(angle) * kept)
    assert ECHO.signal(1 / 1.3) == pytest.approx(by_hand)
    rates = np.geomspace(0.1, 100, 30)
    assert ECHO.rate(ECHO.signal(rates)) == pytest.approx(rates, rel=1e-9)
    assert np.isnan(ECHO.rate(1.0))


def test_concentration_there_and_back_with_a_map_of_t1():
    rng = np.random.default_rng(0)
    contrast = rng.uniform(0, 5, (6, 4, 3))
    t10, before = rng.uniform(0.3, 3, (4, 3)), rng.uniform(50, 900, (4, 3))
    signal = signal_of_concentration(contrast, before, ECHO, t10, 4.5)
    found = concentration_mm(signal, before, ECHO, t10, 4.5)
    assert found == pytest.approx(contrast, rel=1e-9, abs=1e-9)
    assert (signal_of_concentration(np.zeros(1), 7.0, ECHO, 1.0)) == pytest.approx(7)


def test_signals_beyond_any_concentration_and_air_are_nan():
    found = concentration_mm(np.array([[1e6, 3.0]]), np.array([100.0, 0.0]), ECHO, 1.3)
    assert np.isnan(found).all()
    for bad in ({"t10_s": 0.0}, {"t10_s": 1.0, "relaxivity": 0.0}):
        with pytest.raises(SettingsError, match="expected both above 0"):
            concentration_mm(np.ones((2, 1)), np.ones(1), ECHO, **bad)


@pytest.mark.parametrize("seed", range(3))
def test_both_t1_fits_recover_the_truth_without_noise(seed):
    rng = np.random.default_rng(seed)
    t1, m0 = rng.uniform(0.05, 5, (7, 30)), rng.uniform(100, 9000, (7, 30))
    signals = np.stack([m0 * SpoiledEcho(0.006, flip).signal(1 / t1) for flip in FLIPS])
    for found in (
        t1_linear(signals, FLIPS, 0.006),
        t1_nonlinear(signals, FLIPS, np.full(5, 0.006)),
    ):
        assert found.t1_s == pytest.approx(t1, rel=1e-5)
        assert found.m0 == pytest.approx(m0, rel=1e-5)


def test_least_squares_take_another_repetition_time_for_each_angle_and_win_with_noise():
    repetitions = np.array([0.004, 0.005, 0.006, 0.008, 0.01])
    t1 = np.full(3000, 1.2)
    clean = np.stack(
        [
            1000 * SpoiledEcho(each, flip).signal(1 / t1)
            for each, flip in zip(repetitions, FLIPS, strict=True)
        ]
    )
    assert t1_nonlinear(clean, FLIPS, repetitions).t1_s == pytest.approx(t1, rel=1e-5)
    same = np.stack([1000 * SpoiledEcho(0.006, flip).signal(1 / t1) for flip in FLIPS])
    noisy = same + np.random.default_rng(4).normal(0, 3, same.shape)
    errors = [
        np.nanmedian(np.abs(found.t1_s - 1.2))
        for found in (
            t1_nonlinear(noisy, FLIPS, np.full(5, 0.006)),
            t1_linear(noisy, FLIPS, 0.006),
        )
    ]
    assert errors[0] < errors[1] < 0.5


def test_no_t1_where_there_is_no_signal_and_nonsense_is_told():
    dark = np.zeros((5, 3))
    dark[:, 1] = -4
    dark[:, 2] = np.nan
    assert np.isnan(t1_linear(dark, FLIPS, 0.006).t1_s).all()
    assert np.isnan(t1_nonlinear(dark, FLIPS, np.full(5, 0.006)).t1_s).all()
    with pytest.raises(ImageError, match="two different angles"):
        t1_linear(dark, np.full(5, 3.0), 0.006)
    with pytest.raises(ImageError, match="as many of each"):
        t1_nonlinear(dark[:4], FLIPS, np.full(5, 0.006))
    for bad in ((0, 10), (0.005, 0), (0.005, 180)):
        with pytest.raises(SettingsError, match="0 to 180 degrees"):
            SpoiledEcho(*bad)
