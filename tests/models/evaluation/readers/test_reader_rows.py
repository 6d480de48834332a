"""Orders, calls and categories of reads that have the one, the other or both."""

from __future__ import annotations

import pytest

from senoscope.models.evaluation.readers.read_cases import Read, rank_of
from senoscope.models.evaluation.readers.reader_rows import calls, categories, order
from tests.models.evaluation.readers.builders import START


def read(probability: float | None = None, category: str = "") -> Read:
    return Read(START, probability, rank_of(category))


@pytest.mark.parametrize(
    ("probability", "called", "category"),
    [(0.0, False, 0), (0.02, False, 0), (0.021, True, 1), (0.1, True, 1), (0.11, True, 2),
     (0.5, True, 2), (0.6, True, 3), (0.95, True, 3), (0.96, True, 4)],
)  # fmt: skip
def test_a_probability_is_in_the_category_of_the_atlas(
    probability: float, called: bool, category: int
) -> None:
    reads = [read(probability)]
    assert calls(reads)[1].tolist() == [called]
    assert categories(reads).tolist() == [category]


@pytest.mark.parametrize(
    ("word", "called", "category"),
    [("1", False, 0), ("3", False, 0), ("0", True, 1), ("4A", True, 1), ("4", True, 2),
     ("4B", True, 2), ("4C", True, 3), ("5", True, 4)],
)  # fmt: skip
def test_a_category_is_its_own(word: str, called: bool, category: int) -> None:
    reads = [read(0.9, word)]
    assert calls(reads)[1].tolist() == [called]
    assert categories(reads).tolist() == [category]


def test_probabilities_order_where_all_have_one_and_categories_call_where_there_are_any() -> None:
    both = [read(0.3, "2"), read(0.2, "4A")]
    assert (order(both)[0], calls(both)[0]) == ("probability", "BI-RADS")
    assert order(both)[1].tolist() == [0.3, 0.2]
    words = [read(None, "2"), read(0.2, "4A")]
    assert order(words)[0] == "BI-RADS"
    mixed = [read(None, "2"), read(0.2), read(0.01)]
    by, numbers = order(mixed)
    assert (by, calls(mixed)[0]) == ("both", "both")
    assert numbers[1] > numbers[0] == numbers[2]
