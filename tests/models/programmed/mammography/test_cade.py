from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.cade import (
    FLOOR,
    ViewMarks,
    comparison,
    find_marks,
    view_candidates,
)
from senoscope.models.programmed.mammography.marks import Mark, MarkKind
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.programmed.mammography.second_stage import load_second_stage
from tests.models.programmed.mammography.drawn_breasts import (
    as_view,
    plain_breast,
    with_ball,
    with_dots,
)

DOTS = [(180.0, 300.0), (195.0, 315.0), (170.0, 320.0), (205.0, 295.0), (188.0, 278.0)]
BALL = (200.0, 500.0)


def marks_on(*views: Mammogram) -> tuple[ViewMarks, ...]:
    return find_marks(views, [find_parts(view) for view in views], load_second_stage())


def best(found: ViewMarks, kind: MarkKind) -> Mark:
    return next(mark for mark in found.marks if mark.kind is kind)


@pytest.fixture(scope="module")
def sick() -> Mammogram:
    return as_view(with_ball(with_dots(plain_breast(), DOTS), BALL, 60))


def test_the_best_marks_lie_on_what_is_there(sick: Mammogram) -> None:
    (found,) = marks_on(sick)
    assert found.trouble is None
    assert best(found, MarkKind.CALCIFICATIONS).centre == pytest.approx((187, 301), abs=20)
    assert best(found, MarkKind.MASS).centre == pytest.approx(BALL, abs=30)
    for kind in MarkKind:
        scores = [mark.score for mark in found.marks if mark.kind is kind]
        assert scores == sorted(scores, reverse=True)
        assert all(score >= FLOOR for score in scores)


def test_the_same_view_gives_the_same_marks(sick: Mammogram) -> None:
    once, twice = marks_on(sick)[0].marks, marks_on(sick)[0].marks
    assert [each.score for each in once] == [each.score for each in twice]


def test_marks_are_in_pixels_of_the_view_at_any_spacing(sick: Mammogram) -> None:
    finer = np.repeat(np.repeat(sick.pixels, 2, axis=0), 2, axis=1)
    (found,) = marks_on(as_view(finer, spacing=PixelSpacing(0.05, 0.05)))
    assert best(found, MarkKind.CALCIFICATIONS).centre == pytest.approx((374, 602), abs=40)
    assert best(found, MarkKind.MASS).centre == pytest.approx((400, 1000), abs=60)


def test_without_a_spacing_nothing_is_sought_and_it_says_so(sick: Mammogram) -> None:
    (found,) = marks_on(as_view(sick.pixels, spacing=None))
    assert found.marks == ()
    assert found.trouble is not None
    assert "millimetres" in found.trouble


def test_a_reduced_copy_is_not_searched(sick: Mammogram) -> None:
    (found,) = marks_on(as_view(sick.pixels, spacing=PixelSpacing(0.3, 0.3)))
    assert found.marks == ()
    assert "0.3 mm" in str(found.trouble)


def test_what_is_for_processing_is_not_searched(sick: Mammogram) -> None:
    (found,) = marks_on(as_view(sick.pixels, intent=Intent.PROCESSING))
    assert found.marks == ()
    assert "For Processing" in str(found.trouble)


def test_views_are_compared_with_the_right_ones(sick: Mammogram) -> None:
    plain = plain_breast(seed=2)
    views = (sick, as_view(sick.pixels, "MLO"), as_view(plain, "CC", Laterality.RIGHT))
    parts = (find_parts(sick), find_parts(sick), find_parts(views[2]))
    found = [view_candidates(view, its) for view, its in zip(views, parts, strict=True)]
    logits = [[1.0] * len(each.candidates) for each in found]
    rows = comparison(found, logits, 0)
    seen = [
        row
        for row, each in zip(rows, found[0].candidates, strict=True)
        if each.kind is MarkKind.MASS
    ]
    assert all(row["alone"] == 1.0 for row in seen)
    # In the very same picture each place has itself at its distance; the other breast differs.
    assert all(row["ipsilateral"] == pytest.approx(1.0, abs=0.01) for row in seen)
    assert any(row["mirrored"] < 0.9 for row in seen)
    alone = comparison(found[:1], logits[:1], 0)
    assert all(np.isnan(row["ipsilateral"]) and np.isnan(row["mirrored"]) for row in alone)


def test_a_breast_without_anything_has_weaker_marks(sick: Mammogram) -> None:
    (found,), (empty,) = marks_on(sick), marks_on(as_view(plain_breast()))
    for kind in (MarkKind.CALCIFICATIONS, MarkKind.MASS):
        highest = max((mark.score for mark in empty.marks if mark.kind is kind), default=0.0)
        assert highest < best(found, kind).score
