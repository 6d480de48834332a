from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.programmed.tomosynthesis.depth import depth_of, height_at


def test_a_peak_between_two_slices_is_found_between_them() -> None:
    at = 6.3
    profile = (10 - (np.arange(15) - at) ** 2).astype(np.float32)
    found = depth_of(profile)
    assert found.at == pytest.approx(at, abs=1e-4)
    assert found.slice_index == 6
    # At least half of the peak: (z - 6.3)^2 <= 5.
    assert (found.first, found.last) == (5, 8)


def test_at_the_ends_there_is_no_parabola() -> None:
    falling = np.array([5, 4, 3, 1], np.float32)
    assert (depth_of(falling).at, depth_of(falling[::-1]).at) == (0.0, 3.0)
    assert (depth_of(falling).first, depth_of(falling).last) == (0, 2)


def test_a_peak_is_sought_within_bounds_alone() -> None:
    profile = np.array([0, 9, 0, 0, 3, 0, 0], np.float32)
    assert depth_of(profile, 3, 6).at == 4.0
    assert depth_of(profile, 3, 6).first == depth_of(profile, 3, 6).last == 4


def test_what_is_nowhere_brighter_has_no_extent() -> None:
    found = depth_of(np.array([-3, -1, -2], np.float32))
    assert (found.first, found.last) == (1, 1)


def test_heights_between_slices_run_straight() -> None:
    assert height_at((0.0, 1.0, 3.0), 1.5) == 2.0
    assert height_at(None, 1.5) is None
