"""What the rules are tuned to find is found, and without a change they keep still."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.platt_fit import scaled
from senoscope.models.evaluation.readers.drift import (
    Moment,
    normal_scores,
    outcome_limit,
    score_limit,
    watch_outcomes,
    watch_scores,
)
from senoscope.models.evaluation.readers.run_length import Steps, alarmed_within


def moments(count: int) -> list[Moment]:
    return [Moment(datetime(2025, 1, 1, tzinfo=UTC), f"e{place}") for place in range(count)]


@pytest.mark.parametrize("way", [-1, 1])
def test_half_a_standard_deviation_is_alarmed_within_100_exams(way: int) -> None:
    random = np.random.default_rng(11)
    later = random.normal(size=250)
    later[150:] += 0.5 * way
    alarms = watch_scores(random.normal(size=500), later, moments(250)).alarms
    assert alarms
    assert 150 <= alarms[0].place < 250
    assert alarms[0].direction == ("up" if way > 0 else "down")
    assert 110 < alarms[0].since <= alarms[0].place
    assert alarms[0].exam == f"e{alarms[0].place}"


def test_false_alarms_are_fewer_than_one_in_a_thousand() -> None:
    """40 SIMULATED windows with 1,500 exams each; the benchmark has more."""
    count = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        window = random.gamma(2, size=500)
        count += len(watch_scores(window, random.gamma(2, size=1500), moments(1500)).alarms)
    assert count / 60 < 1


def test_scores_are_the_same_whatever_the_scale_of_the_logits() -> None:
    random = np.random.default_rng(5)
    window, later = random.normal(size=300), random.normal(size=50)
    np.testing.assert_allclose(
        normal_scores(window, later), normal_scores(np.exp(window), np.exp(later))
    )


def test_ranks_of_ties_are_in_their_middle_and_extremes_are_finite() -> None:
    found = normal_scores(np.array([1.0, 1, 2, 2]), np.array([1.0, 1.5, 2, -9, 9]))
    assert found[1] == pytest.approx(0)
    assert found[0] == -found[2]
    assert found[3] == -found[4]
    assert np.isfinite(found).all()


def test_a_short_window_needs_a_higher_limit() -> None:
    limits = [score_limit(size) for size in (200, 500, 2000)]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] == pytest.approx(11.9, abs=0.2)


def test_the_calculated_power_of_the_usual_window_is_above_nine_tenths() -> None:
    assert alarmed_within(Steps.normal(0.25), score_limit(500), 100) > 0.95


def test_the_sums_start_again_after_an_alarm() -> None:
    window = np.random.default_rng(1).normal(size=200)
    found = watch_scores(window, np.full(60, 3.0), moments(60))
    assert len(found.alarms) > 3
    for alarm in found.alarms:
        assert found.points[alarm.place].up > found.limit
        assert found.points[alarm.place - 1].up <= found.limit
    after = found.alarms[0].place + 1
    assert found.points[after].up < found.limit / 2
    assert found.alarms[1].since == after


def test_a_window_that_is_too_short_is_refused() -> None:
    with pytest.raises(SettingsError, match="A reference of 199 exams"):
        watch_scores(np.zeros(199), np.zeros(3), moments(3))


@pytest.mark.parametrize(("factor", "way"), [(3.0, "up"), (1 / 3.0, "down")])
def test_changed_odds_of_cancer_are_alarmed_as_outcomes_come(factor: float, way: str) -> None:
    random = np.random.default_rng(3)
    reference, later = random.normal(-2, 1.5, 800), random.normal(-2, 1.5, 1500)
    cancers = random.random(1500) < scaled(later, 1, float(np.log(factor)))
    alarms = watch_outcomes(reference, (cancers, later), moments(1500), (1.0, 0.0)).alarms
    assert alarms
    assert {alarm.direction for alarm in alarms} == {way}


def test_unchanged_odds_seldom_alarm() -> None:
    random = np.random.default_rng(4)
    reference, later = random.normal(-2, 1.5, 1500), random.normal(-2, 1.5, 3000)
    cancers = random.random(3000) < scaled(later, 1, 0)
    found = watch_outcomes(reference, (cancers, later), moments(3000), (1.0, 0.0))
    assert len(found.alarms) <= 2
    assert found.limit == outcome_limit(scaled(reference, 1, 0))
