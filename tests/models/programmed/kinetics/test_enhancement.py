"""Measures of enhancement, against numbers worked out by hand."""

import numpy as np
import pytest

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.kinetics.enhancement import (
    before_contrast,
    curve_measures,
    delayed_change_percent,
    peak_of,
    percent_above,
    percent_curves,
    signal_enhancement_ratio,
    signal_floor,
    time_to_peak_s,
    wash_in_percent_per_min,
    washout_percent_per_min,
)
from senoscope.models.programmed.kinetics.phase_choice import PhaseChoice

CHOICE = PhaseChoice(2, 2, 4, (-90.0, 0.0, 120.0, 240.0, 420.0))
CURVE = np.array([90, 110, 200, 210, 170], np.int16)


def test_measures_of_one_curve():
    found = curve_measures(CURVE, CHOICE)
    assert found == pytest.approx(
        {
            "early_percent": 100,
            "peak_percent": 110,
            "time_to_peak_s": 240,
            "wash_in_percent_per_min": 50,
            "ser": 100 / 70,
            "delayed_change_percent": -15,
            "washout_percent_per_min": -6,
        },
        rel=1e-6,
    )


def test_what_cannot_be_told_of_a_curve_is_missing():
    early_only = curve_measures(CURVE[:3], PhaseChoice(2, 2, None, None))
    assert early_only.keys() == {"early_percent", "peak_percent"}
    flat = curve_measures(np.full(5, 100), CHOICE)
    assert "ser" not in flat and flat["delayed_change_percent"] == 0
    # Half the early rise is left where late equals base: an infinite ratio is not said.
    back = curve_measures(np.array([100, 100, 200, 150, 100]), CHOICE)
    assert "ser" not in back and back["washout_percent_per_min"] == pytest.approx(-20)


def test_maps_agree_with_single_curves_and_take_a_sequence_or_an_array():
    rng = np.random.default_rng(3)
    volumes = rng.integers(50, 500, (5, 4, 5, 6)).astype(np.int16)
    whole = percent_curves(volumes, 2, floor=1.0)
    assert whole.dtype == np.float32 and whole.shape == volumes.shape
    assert np.array_equal(whole, percent_curves(tuple(volumes), 2, floor=1.0))
    one = volumes[:, 1, 2, 3].astype(float)
    base = one[:2].mean()
    assert whole[:, 1, 2, 3] == pytest.approx(100 * (one - base) / base, rel=1e-5, abs=1e-4)
    peak, at = peak_of(volumes, CHOICE, floor=1.0)
    assert peak[1, 2, 3] == pytest.approx(100 * (one[2:].max() - base) / base, rel=1e-5)
    assert at[1, 2, 3] == 2 + one[2:].argmax()
    assert time_to_peak_s(at, CHOICE)[1, 2, 3] == CHOICE.after_s[at[1, 2, 3]]


def test_air_is_not_divided_by_its_noise():
    base = np.full(1000, 400.0)
    base[:300] = 2.0
    assert signal_floor(base) == 20
    signal = base.copy()
    signal[:300] = 8.0
    found = percent_above(base, signal)
    assert found[0] == pytest.approx(30) and found[-1] == 0
    assert np.isfinite(percent_above(np.zeros(9), np.ones(9))).all()
    with pytest.raises(ImageError, match="a signal above 0"):
        percent_above(base, signal, floor=0)


def test_ratio_and_change_where_nothing_can_be_divided():
    base, early, late = (
        np.array([10, 10, 10, 0]),
        np.array([20, 10, 30, 0]),
        np.array([10, 10, 20, 5]),
    )
    ser = signal_enhancement_ratio(base, early, late)
    assert np.isposinf(ser[0]) and np.isnan(ser[1]) and ser[2] == 2 and ser[3] == 0
    change = delayed_change_percent(early, late)
    assert change[0] == -50 and np.isnan(change[3])


def test_slopes_need_time_and_phases_before_contrast():
    base, early, late = (np.array([each]) for each in (100.0, 200.0, 150.0))
    assert washout_percent_per_min(base, early, late, 60, 1.0) == pytest.approx(-50)
    assert wash_in_percent_per_min(base, early, 30, 1.0) == pytest.approx(200)
    with pytest.raises(ImageError, match="seconds above 0"):
        washout_percent_per_min(base, early, late, 0)
    with pytest.raises(ImageError, match="one at least"):
        before_contrast(CURVE[:, None], 0)
    with pytest.raises(ImageError, match="one at least"):
        before_contrast(CURVE[:, None], 5)
    with pytest.raises(ImageError, match="no times of phases"):
        time_to_peak_s(np.array([2], np.int16), PhaseChoice(1, 1, 2, None))
