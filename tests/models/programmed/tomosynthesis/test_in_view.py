from __future__ import annotations

from senoscope.models.programmed.mammography.mark_features import OVER
from senoscope.models.programmed.tomosynthesis.in_view import BEST, over_others, with_over


def test_each_is_told_over_the_best_of_its_view() -> None:
    rows = [{"a": float(value), "b": 1.0} for value in range(20)]
    told = over_others(rows, ["a"])
    best = sum(range(20 - BEST, 20)) / BEST
    assert [each["a" + OVER] for each in told] == [value - best for value in range(20)]
    assert set(told[0]) == with_over(["a", "b"], ["a"])


def test_fewer_than_that_are_all_taken() -> None:
    assert over_others([{"a": 1.0}, {"a": 3.0}], ["a"])[0]["a" + OVER] == -1.0
