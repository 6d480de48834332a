from __future__ import annotations

import math
from dataclasses import replace

import pytest

from senoscope.models.evaluation.mammography.froc import Growth, Guess
from senoscope.models.evaluation.tomosynthesis.cade_figures import (
    depth_errors,
    found_by_one_alone,
    gain,
    scores_by_exam,
    scores_by_view,
    sensitivities,
    thresholds,
)
from senoscope.models.evaluation.tomosynthesis.cade_rows import CadeRow
from senoscope.models.evaluation.tomosynthesis.known_view import DeepGrowth
from senoscope.models.programmed.mammography.marks import MarkKind

MASS = MarkKind.MASS
DEEP = DeepGrowth(Growth(MASS, "round mass", (20.0, 30.0), 6.0), 12.0)
FLAT = Growth(MASS, "round mass", (20.0, 50.0), 6.0)


def row(number: int, deep: float | None, flat: float | None, off_mm: float = 1.0) -> CadeRow:
    """A mass under the volume's mark, or the mammogram's, of that score; false marks at 0.3."""
    on_deep = [] if deep is None else [(Guess(MASS, (21.0, 30.0), deep), 12.0 + off_mm)]
    on_flat = [] if flat is None else [Guess(MASS, (21.0, 50.0), flat)]
    far = [Guess(MASS, (60.0, 90.0), 0.3), Guess(MASS, (60.0, 120.0), 0.2)]
    return CadeRow(
        f"seed {number}",
        number,
        "CC",
        "B",
        (DEEP,),
        (*on_deep, *((each, 3.0) for each in far)),
        tuple(far),
        (FLAT,),
        (*on_flat, *far),
        {"maximum": 0.9, "noisy-or": 0.9, "learned": 0.9, "mammogram": 0.5},
        50,
        4.0,
    )


def healthy(number: int) -> CadeRow:
    none = {"maximum": 0.3, "noisy-or": 0.95, "learned": 0.2, "mammogram": 0.5}
    bare = replace(row(number, None, None), growths=(), flat_growths=())
    return replace(bare, scores=none)


ROWS = [
    row(0, 0.8, 0.7, 0.5),
    row(1, 0.8, 0.1, 1.0),
    row(2, 0.9, None, 4.0),
    row(3, 0.1, 0.6),
    healthy(4),
]


def test_sensitivities_of_both_and_their_difference() -> None:
    figures = sensitivities(ROWS)
    assert (figures["tomosynthesis_mass_at_1"].value, figures["tomosynthesis_mass_at_1"].n) == (
        0.75,
        4,
    )
    assert figures["mammogram_mass_at_1"].value == 0.5
    assert figures["baseline_mass_at_1"].value == 0
    assert figures["gain_mass_at_1"].value == pytest.approx(0.25)
    assert figures["tomosynthesis_round_mass_at_1"].n == 4
    assert figures["tomosynthesis_spiculated_mass_at_1"].n == 0
    assert figures["tomosynthesis_mass_at_1_density_B"].value == 0.75
    assert math.isnan(figures["tomosynthesis_distortion_at_1"].value)


def test_at_two_false_marks_the_weak_one_counts_too() -> None:
    # Every view has two false marks, so that both levels lie below all marks.
    assert sensitivities(ROWS)["tomosynthesis_mass_at_2"].value == 1
    assert gain(ROWS, MASS, 2.0).value == pytest.approx(1 - 0.75)
    assert thresholds(ROWS)["mass"]["2"] == 0
    assert 0.2 < thresholds(ROWS)["mass"]["1"] < 0.3


def test_what_one_finds_and_the_other_misses() -> None:
    assert found_by_one_alone(ROWS, MASS) == {
        "tomosynthesis_alone": 2,
        "mammogram_alone": 1,
        "both": 1,
        "neither": 0,
    }
    assert sum(found_by_one_alone(ROWS, MarkKind.DISTORTION).values()) == 0


def test_depth_is_judged_on_what_was_found() -> None:
    found = depth_errors(ROWS, MASS)
    assert (found["median_mm"].value, found["median_mm"].n) == (1.0, 3)
    assert found["within_2_mm"].value == pytest.approx(2 / 3)
    assert found["lower_quartile_mm"].value == pytest.approx(0.75)


def test_scores_of_views_and_exams() -> None:
    views = scores_by_view(ROWS)
    assert views["maximum"].value == 1
    assert views["noisy-or"].value == 0
    assert views["mammogram"].value == 0.5
    both = [*ROWS, *(replace(each, view="MLO") for each in ROWS)]
    exams = scores_by_exam(both)
    assert exams["learned"].n == 5
    assert exams["learned"].value == 1
