"""Printed mean runs of sums, and runs that were simulated."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.readers.run_length import (
    Steps,
    alarmed_within,
    limit_for,
    mean_run,
)


@pytest.mark.parametrize(
    ("shift", "allowance", "limit", "printed"),
    [(0, 0.5, 4, 336), (0, 0.5, 5, 930), (1, 0.5, 4, 8.38), (1, 0.5, 5, 10.4), (2, 0.5, 5, 4.01),
     (0, 0.25, 8.01, 740)],
)  # fmt: skip
def test_mean_runs_are_those_that_are_printed(
    shift: float, allowance: float, limit: float, printed: float
) -> None:
    """Montgomery, Introduction to Statistical Quality Control: two sums, so half of ours."""
    assert mean_run(Steps.normal(shift - allowance), limit) == pytest.approx(printed, rel=0.02)


def test_small_steps_of_rare_cases_run_as_long_as_simulated() -> None:
    steps = Steps(np.array([0.65, -0.03]), np.array([0.04, 0.96]))
    random, runs = np.random.default_rng(3), []
    for _ in range(400):
        height, cases = 0.0, 0
        while height <= 2:
            height = max(0.0, height + (0.65 if random.random() < 0.04 else -0.03))
            cases += 1
        runs.append(cases)
    error = np.std(runs) / 20
    assert mean_run(steps, 2.0) == pytest.approx(np.mean(runs), abs=3.5 * error)
    share = np.mean(np.array(runs) <= 300)
    assert alarmed_within(steps, 2.0, 300) == pytest.approx(share, abs=0.1)


def test_the_limit_alarms_as_often_as_asked() -> None:
    steps = Steps.normal(-0.25)
    limit = limit_for([(2.0, steps)], 0.001)
    assert 2 / mean_run(steps, limit) == pytest.approx(0.001, rel=0.002)
    assert limit_for([(2.0, steps)], 0.0005) > limit


def test_a_run_that_was_shifted_ends_earlier() -> None:
    assert alarmed_within(Steps.normal(0.25), 11.0, 100) > 0.95
    assert alarmed_within(Steps.normal(-0.25), 11.0, 100) < 0.05
    assert alarmed_within(Steps.normal(0.25), 11.0, 1) < 1e-6


@pytest.mark.parametrize("rate", [0, -1, 0.5])
def test_no_such_rate(rate: float) -> None:
    with pytest.raises(SettingsError, match="false alarms a case"):
        limit_for([(1.0, Steps.normal(-0.5))], rate)
