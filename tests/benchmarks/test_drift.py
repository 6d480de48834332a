"""What the simulation counts as found, and as false."""

from __future__ import annotations

import numpy as np

from benchmarks.drift import distributions, per_thousand, scores


def test_false_alarms_are_counted_per_thousand_exams() -> None:
    found = per_thousand([0, 2, 1, 1], 2000)
    assert found.value == 0.5
    assert found.ci[0] < 0.5 < found.ci[1]


def test_a_change_of_half_a_deviation_is_mostly_found() -> None:
    draw, sd = distributions(None)["normal"]
    found = scores(draw, sd, 300, 6)
    assert found["found_within_100"][0] >= 0.5
    assert 5 < found["median_exams_to_alarm"] < 90
    assert found["calculated_found_within_100"] > 0.9


def test_what_is_drawn_has_the_deviation_that_is_said() -> None:
    for draw, sd in distributions(None).values():
        assert abs(draw(np.random.default_rng(1), 20000).std() / sd - 1) < 0.05
