from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from senoscope.domain.mammogram import Intent, Mammogram
from senoscope.models.programmed.mammography.marks import MarkKind, circle
from senoscope.models.programmed.tomosynthesis.cade import (
    MOST_MARKS,
    VolumeMarks,
    find_volume_marks,
)
from senoscope.models.programmed.tomosynthesis.join import APART_MM, DEEP_MM
from senoscope.models.programmed.tomosynthesis.pooling import FLOOR
from senoscope.models.programmed.tomosynthesis.second_stage import load_volume_stage
from senoscope.models.programmed.tomosynthesis.slice_detector import marks_of_map
from senoscope.models.programmed.tomosynthesis.volume_marks import SliceMark, VolumeMark
from tests.models.programmed.tomosynthesis.drawn_volumes import (
    BALL,
    BALL_MM,
    DOTS,
    DOTS_MM,
    SLICES,
    drawn_view,
)

NETWORK_AT = (300.0, 250.0)


class FakeDetector:
    """Sees one thing, best in slice 7; slabs come in order of height."""

    def __init__(self) -> None:
        self.slabs: list[float] = []

    def look(self, slab: Mammogram, slice_at: float) -> Sequence[SliceMark]:
        self.slabs.append(slice_at)
        assert slab.pixels.shape == (800, 520)
        logit = 4.0 - abs(slice_at - 7)
        return [
            SliceMark(MarkKind.MASS, circle(NETWORK_AT, 20), NETWORK_AT, slice_at, logit),
        ]


@pytest.fixture(scope="module")
def detector() -> FakeDetector:
    return FakeDetector()


@pytest.fixture(scope="module")
def found(detector: FakeDetector) -> VolumeMarks:
    (marks,) = find_volume_marks([drawn_view()], load_volume_stage(), [detector])
    return marks


def best(found: VolumeMarks, kind: MarkKind, near: tuple[float, float]) -> VolumeMark:
    its = (mark for mark in found.marks if mark.kind is kind)
    return min(its, key=lambda mark: float(np.hypot(*np.subtract(mark.centre, near))))


def test_a_cluster_is_the_best_mark_of_its_kind_at_its_height(found: VolumeMarks) -> None:
    assert found.trouble is None
    mark = next(each for each in found.marks if each.kind is MarkKind.CALCIFICATIONS)
    assert mark.centre == pytest.approx(tuple(np.mean(DOTS, axis=0)), abs=8)
    assert mark.height_mm == pytest.approx(DOTS_MM, abs=1)
    assert mark.first_slice <= DOTS_MM <= mark.last_slice


def test_a_ball_is_marked_in_its_middle_slice(found: VolumeMarks) -> None:
    mark = best(found, MarkKind.MASS, BALL)
    assert mark.centre == pytest.approx(BALL, abs=30)
    assert mark.height_mm == pytest.approx(BALL_MM, abs=2)
    assert mark.slice_index == pytest.approx(BALL_MM, abs=2)


def test_marks_are_sorted_and_one_for_each_place(found: VolumeMarks) -> None:
    for kind in MarkKind:
        its = [mark for mark in found.marks if mark.kind is kind]
        assert [each.score for each in its] == sorted((e.score for e in its), reverse=True)
        assert len(its) <= MOST_MARKS
        assert all(each.score >= FLOOR for each in its)
        for place, one in enumerate(its):
            for other in its[:place]:
                off = float(np.hypot(*np.subtract(one.centre, other.centre))) * 0.1
                assert off >= APART_MM or abs(one.slice_index - other.slice_index) >= DEEP_MM


def test_what_a_network_sees_is_joined_over_slices(
    found: VolumeMarks, detector: FakeDetector
) -> None:
    assert detector.slabs == sorted(detector.slabs)
    assert len(detector.slabs) == SLICES / 2
    (mark,) = (each for each in found.marks if "brought" in each.features)
    assert mark.centre == NETWORK_AT
    assert mark.score == pytest.approx(1 / (1 + np.exp(-3.5)))
    assert mark.height_mm == pytest.approx(7, abs=0.6)
    assert (mark.first_slice, mark.last_slice) == (0, SLICES - 1)


def test_the_peaks_of_a_map_are_marks_of_a_slice() -> None:
    view = drawn_view(slices=2)
    pixels = next(iter(view.slices))
    scores = np.zeros((80, 52), np.float32)
    scores[20, 30], scores[60, 10] = 0.9, 0.2
    slab = Mammogram(pixels, Intent.PRESENTATION, view.laterality, view.view, view.spacing)
    (mark,) = marks_of_map(scores, slab, 3.0, MarkKind.MASS, 0.5, 20)
    assert mark.centre == pytest.approx((304.5, 204.5), abs=0.1)
    assert mark.logit == pytest.approx(np.log(9), abs=0.01)


def test_without_heights_nothing_is_said_in_millimetres() -> None:
    (marks,) = find_volume_marks([drawn_view(slices=8, heights=False)], load_volume_stage())
    assert marks.marks
    assert all(each.height_mm is None for each in marks.marks)


def test_a_view_that_cannot_be_sought_in_says_why_and_others_are_read() -> None:
    views = [drawn_view(slices=8, spacing=None), drawn_view(slices=8)]
    none, some = find_volume_marks(views, load_volume_stage())
    assert none.marks == ()
    assert none.trouble is not None
    assert "millimetres" in none.trouble
    assert some.marks
