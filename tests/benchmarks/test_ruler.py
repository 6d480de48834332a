from __future__ import annotations

import csv
import math

from benchmarks.ruler import CASES, SEEDS, Outcome, table


def test_an_answer_where_no_ruler_is_counts_as_wrong_and_a_refusal_does_not() -> None:
    outcomes = [
        Outcome("none", math.inf, 0.001, 1, 1),
        Outcome("none", None, 0.0, 1, 0),
        Outcome("dots", 0.001, 0.001, 1, 1),
        Outcome("dots", 0.03, 0.001, 1, 1),
    ]
    rows = table(outcomes)
    assert (rows["none"]["n"], rows["none"]["answered"], rows["none"]["wrong"]) == (2, 1, 1)
    assert (rows["dots"]["wrong"], rows["dots"]["within_95"]) == (1, 0.5)
    assert (rows["all"]["n"], rows["all"]["wrong"]) == (4, 2)
    assert rows["dots"]["largest_percent"] == 3.0


def test_the_table_is_of_three_hundred_seeds_that_nothing_was_fitted_to() -> None:
    assert (len(SEEDS), SEEDS[0]) == (300, 1000)


def test_the_cases_are_plausible_pictures() -> None:
    with CASES.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    shown = [case for case in cases if case["apart_mm"]]
    assert (len(cases), len(shown)) == (45, 39)
    for case in shown:
        row_mm = float(case["apart_mm"]) / (float(case["second_row"]) - float(case["first_row"]))
        assert 0.09 < row_mm < 0.19
