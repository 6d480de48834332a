"""Kappa and AC1 against published tables and values worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from enum import StrEnum

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.lexicon import Margin, Shape
from senoscope.models.evaluation.agreement import (
    Ints,
    agreement,
    cohen_kappa,
    gwet_ac1,
    share_agreeing,
)
from senoscope.models.evaluation.metrics import Bools

OVAL, ROUND, IRREGULAR = Shape.OVAL, Shape.ROUND, Shape.IRREGULAR


def rows_of(counts: Sequence[Sequence[int]]) -> tuple[Bools, Ints]:
    """The rows of a table of counts: the reader's word down, the program's across."""
    pairs = [
        (given, found)
        for given, line in enumerate(counts)
        for found, times in enumerate(line)
        for _ in range(times)
    ]
    given, found = np.array(pairs).T
    return np.eye(len(counts), dtype=bool)[given], found


@pytest.mark.parametrize(
    ("counts", "share", "kappa", "ac1"),
    [
        # Chance: (20 * 25 + 30 * 25) / 50 ** 2 = 0.5; p = 0.45, 0.55, AC1's chance 0.495.
        pytest.param([[15, 5], [10, 20]], 0.7, 0.4, 0.205 / 0.505, id="by hand"),
        # Gwet's irrCAC, table cont3x3abstractors.
        pytest.param([[13, 0, 0], [0, 20, 7], [0, 4, 56]], 0.89, 0.7964094, 0.8493305, id="irrCAC"),
        # 0.944 agree; chance 0.984 * 0.96 + 0.016 * 0.04 = 0.94528; AC1's 2 * 0.972 * 0.028.
        pytest.param(
            [[118, 5], [2, 0]], 0.944, -0.00128 / 0.05472, 0.889568 / 0.945568, id="skewed"
        ),
        pytest.param([[0, 5], [5, 0]], 0.0, -1.0, -1.0, id="never"),
        pytest.param([[5, 0], [0, 5]], 1.0, 1.0, 1.0, id="always"),
    ],
)
def test_two_raters_with_one_word_each(
    counts: Sequence[Sequence[int]], share: float, kappa: float, ac1: float
) -> None:
    given, found = rows_of(counts)
    assert share_agreeing(given, found) == pytest.approx(share)
    assert cohen_kappa(given, found) == pytest.approx(kappa, abs=5e-8)
    assert gwet_ac1(given, found) == pytest.approx(ac1, abs=5e-8)


def test_one_word_for_all_has_no_kappa_but_a_perfect_ac1() -> None:
    given, found = rows_of([[9, 0], [0, 0]])
    assert math.isnan(cohen_kappa(given, found))
    assert gwet_ac1(given, found) == 1.0


def test_any_of_several_words_agrees_and_chance_is_counted_so() -> None:
    """Of words 0, 1, 2 the reader gave {0, 1}, {0, 1}, {2}, {2}; the program 1, 2, 2, 2.

    3 of 4 agree. Any row's word with any row's set: word 1 (a quarter) is in half of the sets,
    word 2 in half: chance 1/2. For AC1 p = (1/4 + 0, 1/4 + 1/4, 1/2 + 3/4) / 2 = 1/8, 2/8, 5/8:
    sum p (1 - p) = (7 + 12 + 15) / 64, over (1 - 1/3), times 1.5 words a row of 3.
    """
    given = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1], [0, 0, 1]], dtype=bool)
    found = np.array([1, 2, 2, 2])
    assert share_agreeing(given, found) == 0.75
    assert cohen_kappa(given, found) == pytest.approx((3 / 4 - 1 / 2) / (1 - 1 / 2))
    chance = 34 / 64 / (2 / 3) * 1.5 / 3
    assert gwet_ac1(given, found) == pytest.approx((0.75 - chance) / (1 - chance))


def test_a_reader_who_says_every_word_proves_nothing() -> None:
    given, found = np.ones((6, 3), dtype=bool), np.array([0, 1, 2, 0, 1, 2])
    assert share_agreeing(given, found) == 1
    assert math.isnan(cohen_kappa(given, found))
    assert math.isnan(gwet_ac1(given, found))


def test_figures_intervals_and_counts_of_a_table() -> None:
    given = [{OVAL}, {OVAL}, {IRREGULAR}, {IRREGULAR}]
    found = [OVAL, ROUND, IRREGULAR, IRREGULAR]
    result = agreement(given, found, list("abcd"), Shape)
    assert (result.share.value, result.share.n) == (0.75, 4)
    # Chance: 2/4 * 1/4 (oval) + 2/4 * 2/4 (irregular) = 3/8.
    assert result.kappa.value == pytest.approx((3 / 4 - 3 / 8) / (5 / 8))
    # p = 3/8, 1/8, 4/8 of the three words: chance (15 + 7 + 16) / 64 / 2.
    assert result.ac1.value == pytest.approx((3 / 4 - 19 / 64) / (45 / 64))
    for figure in (result.share, result.kappa, result.ac1):
        assert figure.ci[0] <= figure.value <= figure.ci[1]
        assert figure.ci[0] < figure.ci[1]
    assert result.confusion == {
        ((OVAL,), OVAL): 1,
        ((OVAL,), ROUND): 1,
        ((IRREGULAR,), IRREGULAR): 2,
    }


def test_several_words_are_counted_together_in_the_lexicons_order() -> None:
    spiculated = frozenset({Margin.SPICULATED, Margin.INDISTINCT})
    result = agreement([spiculated], [Margin.SPICULATED], ["a"], Margin)
    words = (Margin.INDISTINCT, Margin.SPICULATED)
    assert result.confusion == {(words, Margin.SPICULATED): 1}
    assert result.share.value == 1


def test_rows_of_one_patient_are_drawn_together() -> None:
    given, found = [{OVAL}] * 4 + [{ROUND}] * 4, [OVAL] * 4 + [OVAL] * 4
    of_two = agreement(given, found, list("aaaabbbb"), Shape).share
    of_eight = agreement(given, found, list("abcdefgh"), Shape).share
    assert of_two.ci == (0.0, 1.0)
    assert of_eight.value == of_two.value == 0.5
    assert 0 < of_eight.ci[0] < of_eight.ci[1] < 1


def test_no_rows_give_no_figure() -> None:
    nothing = agreement([], [], [], Shape)
    assert nothing.kappa.n == 0
    assert math.isnan(nothing.kappa.value)
    assert not nothing.confusion


@pytest.mark.parametrize(
    ("given", "found", "groups", "said"),
    [
        ([{OVAL}], [OVAL, ROUND], "ab", "1 rows of the reader, 2 of the program and 2 patients"),
        ([{OVAL}], [OVAL], "ab", "1 of the program and 2 patients"),
        ([{OVAL}, set()], [OVAL, OVAL], "ab", "Row 1 has no word of the reader"),
        ([{OVAL, Margin.ANGULAR}], [OVAL], "a", "angular.* of the reader.*oval, round, irregular"),
        ([{OVAL}], [Margin.ANGULAR], "a", "Row 0 has oval of the reader and angular"),
    ],
)
def test_rows_that_cannot_be_compared_are_refused(
    given: Sequence[Collection[StrEnum]], found: Sequence[StrEnum], groups: str, said: str
) -> None:
    with pytest.raises(DataSetError, match=said):
        agreement(given, found, list(groups), Shape)
