from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.evaluation.mammography.froc import (
    UNFOUND,
    Growth,
    Guess,
    JudgedImage,
    curve,
    hits,
    judged,
    sensitivity_at,
    sensitivity_either_view,
    threshold_at,
)
from senoscope.models.programmed.mammography.marks import MarkKind

MASS, CALCIFICATIONS = MarkKind.MASS, MarkKind.CALCIFICATIONS
GROWTH = Growth(MASS, "round mass", (50.0, 50.0), 8.0)


def image(
    anatomy: str, scores: tuple[float, ...], false: tuple[float, ...], breast: str = ""
) -> JudgedImage:
    guesses = [Guess(MASS, (50.0, 50.0 + k), score) for k, score in enumerate(scores)]
    guesses += [Guess(MASS, (10.0, 10.0), score) for score in false]
    return judged(anatomy, breast or anatomy, [GROWTH], guesses)


@pytest.mark.parametrize(
    ("at", "radius", "is_hit"),
    [((57.9, 50), 8.0, True), ((58.1, 50), 8.0, False), ((54.9, 50), 2.0, True)],
)
def test_a_hit_lies_in_the_extent_or_within_five_millimetres(
    at: tuple[float, float], radius: float, is_hit: bool
) -> None:
    assert hits(at, Growth(MASS, "round mass", (50.0, 50.0), radius)) is is_hit


def test_the_best_mark_on_a_growth_counts_and_others_there_are_not_false() -> None:
    found = image("a", (0.4, 0.7), (0.2,))
    assert found.found == (0.7,)
    assert found.false == ((MASS, 0.2),)


def test_a_mark_of_another_kind_neither_finds_nor_is_false() -> None:
    found = judged("a", "a", [GROWTH], [Guess(CALCIFICATIONS, (50.0, 50.0), 0.9)])
    assert found.found == (UNFOUND,)
    assert found.false == ()


def test_the_threshold_lets_no_more_false_marks_through() -> None:
    images = [image("a", (), (0.9, 0.5)), image("b", (), (0.7, 0.5))]
    level = threshold_at(images, MASS, 1.0)
    assert 0.5 < level < 0.7
    assert threshold_at(images, MASS, 2.0) == 0.0


def test_sensitivity_counts_growths_at_the_rate() -> None:
    images = [image("a", (0.8,), (0.6,)), image("b", (0.5,), ()), image("c", (), (0.3,))]
    # Two false marks in three images: at 0.34 one is allowed, at 0.3 none.
    assert sensitivity_at(images, MASS, 0.3).value == pytest.approx(1 / 3)
    assert sensitivity_at(images, MASS, 0.34).value == pytest.approx(2 / 3)
    found = sensitivity_at(images, MASS, 4.0)
    assert found.value == pytest.approx(2 / 3)
    assert found.n == 3
    assert found.ci[0] < 2 / 3 < found.ci[1]
    assert np.isnan(sensitivity_at(images, CALCIFICATIONS, 1.0).value)
    assert sensitivity_at(images, MASS, 1.0, "spiculated mass").n == 0


def test_either_view_counts_a_growth_once() -> None:
    views = [image("a", (0.8,), (), "left"), image("a", (), (), "left")]
    assert sensitivity_at(views, MASS, 1.0).value == 0.5
    either = sensitivity_either_view(views, MASS, 1.0)
    assert (either.value, either.n) == (1.0, 1)


def test_an_interval_is_of_anatomies_not_of_images() -> None:
    alike = [image(name, (0.8,) if name < "f" else (), ()) for name in "abcdefghij"]
    twice = [each for each in alike for _ in range(4)]
    one, other = (sensitivity_at(images, MASS, 1.0) for images in (alike, twice))
    assert other.n == 4 * one.n
    assert other.ci == pytest.approx(one.ci)


def test_without_growths_of_a_kind_there_is_no_curve() -> None:
    assert curve([image("a", (0.8,), ())], CALCIFICATIONS).tolist() == [[0.0, 0.0]]


def test_the_curve_rises_from_nothing() -> None:
    images = [image("a", (0.8,), (0.6,)), image("b", (0.5,), (0.9,))]
    assert curve(images, MASS).tolist() == [
        [0.0, 0.0],
        [0.5, 0.0],
        [0.5, 0.5],
        [1.0, 0.5],
        [1.0, 1.0],
    ]
