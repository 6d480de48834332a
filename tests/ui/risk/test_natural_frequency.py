from __future__ import annotations

import pytest

from senoscope.ui.risk.natural_frequency import Frequencies, frequencies


@pytest.mark.parametrize(
    ("percents", "expected"),
    [
        ((2.04, 1.02), Frequencies(100, (2, 1))),
        ((1.34, 1.1), Frequencies(1000, (13, 11))),
        ((14.25, 10.79), Frequencies(100, (14, 11))),
        ((0.02, 0.01), Frequencies(1000, (0, 0))),
        ((0.0, 100.0), Frequencies(100, (0, 100))),
    ],
)
def test_a_hundred_women_are_enough_where_rounding_says_the_same(
    percents: tuple[float, float], expected: Frequencies
) -> None:
    assert frequencies(percents) == expected


def test_a_crowd_that_is_asked_for_is_taken() -> None:
    assert frequencies((1.34, 1.1), 100) == Frequencies(100, (1, 1))
    assert frequencies((2.04, 1.02), 1000) == Frequencies(1000, (20, 10))
