"""Early and late phases of a series."""

import numpy as np
import pytest

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, VolumeGeometry
from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.kinetics.phase_choice import after_injection, phase_choice


def series(times, pre=1, injected=None):
    count = len(times) if isinstance(times, tuple) else times
    volume = np.zeros((8, 8, 8), np.int16)
    given = times if isinstance(times, tuple) else None
    geometry = VolumeGeometry((2.0, 1.0, 1.0), AXIAL)
    return DynamicSeries((volume,) * count, geometry, given, pre, injected)


@pytest.mark.parametrize(
    ("times", "pre", "injected", "early", "late"),
    [
        ((0.0, 90.0, 180.0, 270.0, 360.0), 1, None, 1, 4),
        # Nearest 120 s after the injection, which here came at 60 s.
        ((0.0, 90.0, 180.0, 270.0, 360.0), 1, 60.0, 2, 4),
        ((-80.0, 0.0, 60.0, 115.0, 180.0), 2, None, 3, 4),
        # 75 s lies in the window, 155 s does not, though it is nearer to 120 s.
        ((0.0, 75.0, 155.0, 300.0), 1, None, 1, 3),
        # None within: the nearest of all.
        ((0.0, 30.0, 200.0, 400.0), 1, None, 2, 3),
        ((0.0, 100.0), 1, None, 1, None),
        ((0.0, 10.0, 20.0), 1, None, 2, None),
    ],
)
def test_early_and_late_phases_follow_the_rule(times, pre, injected, early, late):
    choice = phase_choice(series(times, pre, injected))
    assert (choice.early, choice.late) == (early, late)


def test_without_times_the_first_phase_after_contrast_is_early():
    choice = phase_choice(series(4, pre=2))
    assert (choice.early, choice.late, choice.after_s, choice.delay_s) == (2, 3, None, None)
    assert phase_choice(series(3, pre=2)).late is None
    assert after_injection(series(4)) is None


def test_the_late_phase_and_the_time_of_the_early_one_can_be_set():
    given = series((0.0, 90.0, 180.0, 270.0, 360.0, 450.0))
    assert phase_choice(given, late_s=280).late == 3
    assert phase_choice(given, early_s=80, late_s=100).late == 2
    assert phase_choice(given, late_s=280).delay_s == 180
    with pytest.raises(SettingsError, match="the late one after the early one"):
        phase_choice(given, late_s=120)
    with pytest.raises(SettingsError, match="seconds after the injection"):
        phase_choice(given, early_s=0)
