"""What the benchmark counts as close, and as held."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lengths import Outcome, outcome, row_of, two_points
from senoscope.calibration.measurement import Measured, Unit
from senoscope.domain.spacing import PixelSpacing


def length(value: float) -> Measured:
    return Measured(value, value - 1, value + 1, Unit.MILLIMETRES)


def test_close_is_half_a_millimetre_or_3_percent_and_held_is_within_the_interval() -> None:
    found = [
        outcome(1, "long_axis", length(value), truth)
        for value, truth in ((10.4, 10), (10.6, 10), (40.9, 40), (42, 40), (8.9, 10))
    ]
    assert [each.close for each in found] == [True, False, True, False, False]
    assert [each.held for each in found] == [True, True, True, False, False]


def test_a_row_counts_every_outcome_and_angles_are_never_close() -> None:
    rows = [Outcome(seed, "long_axis", error, error < 1, True) for seed, error in ((1, 2), (2, 0))]
    row = row_of(rows)
    assert (row.n, row.median, row.bias, row.held.value) == (2, 1, 1, 1)
    assert row.close is not None and row.close.value == 0.5
    assert row_of([Outcome(1, "orientation", 3, False, True)]).close is None


def test_simulated_operators_are_off_as_far_as_is_said() -> None:
    rng, true = np.random.default_rng(0), PixelSpacing(0.05, 0.05)
    set_by = [two_points(true, rng) for _ in range(1000)]
    held = [abs(each.spacing.row_mm / 0.05 - 1) * 100 <= each.total_percent for each in set_by]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)
