"""An outline belongs to the true lesion it overlaps."""

from __future__ import annotations

import numpy as np

from senoscope.domain.reading import Finding, Suspicion
from senoscope.models.evaluation.matching import (
    best_match,
    box_of,
    lesion_components,
    outline_of,
    paired,
)
from tests import builders

SHAPE = (120, 160)


def mask(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """White from left, top to right, bottom, both ends within."""
    truth = np.zeros(SHAPE, bool)
    for left, top, right, bottom in boxes:
        truth[top : bottom + 1, left : right + 1] = True
    return truth


def test_separate_lesions_come_largest_first() -> None:
    parts = lesion_components(mask((5, 5, 14, 14), (60, 40, 99, 79)))
    assert [int(part.sum()) for part in parts] == [1600, 100]
    assert box_of(parts[0]) == (60, 40, 99, 79)
    assert parts[0].dtype == np.bool_


def test_a_slip_of_the_pen_is_no_lesion() -> None:
    assert len(lesion_components(mask((60, 40, 99, 79), (5, 5, 7, 9)))) == 1
    assert len(lesion_components(mask((60, 40, 99, 79), (5, 5, 8, 8)))) == 2


def test_an_empty_mask_has_no_lesion() -> None:
    assert lesion_components(mask()) == []


def test_the_box_of_a_pixel_is_that_pixel() -> None:
    assert box_of(mask((7, 9, 7, 9))) == (7, 9, 7, 9)


def test_the_best_overlap_wins() -> None:
    truth = mask((20, 20, 60, 60))
    off, near = builders.lesion(30, 30, 40, 40), builders.lesion(22, 20, 40, 40)
    assert best_match([off, near], truth) is near


def test_an_outline_beside_the_lesion_does_not_find_it() -> None:
    assert best_match([builders.lesion(50, 50, 40, 40)], mask((20, 20, 60, 60))) is None
    assert best_match([], mask((20, 20, 60, 60))) is None


def test_a_lesion_is_found_from_an_iou_of_three_tenths_on() -> None:
    truth = mask((0, 0, 99, 99))
    assert best_match([builders.lesion(0, 0, 99, 29)], truth) is not None
    assert best_match([builders.lesion(0, 0, 99, 28)], truth) is None


def test_an_outline_runs_round_the_largest_part() -> None:
    outline = outline_of(mask((5, 5, 14, 14), (60, 40, 99, 79), (2, 100, 4, 102)))
    assert (outline.min(axis=0).tolist(), outline.max(axis=0).tolist()) == ([60, 40], [99, 79])


def test_no_finding_is_paired_twice() -> None:
    one, off, elsewhere = (
        Finding(builders.lesion(left, 16), 0.7, Suspicion.HIGH) for left in (20, 24, 100)
    )
    assert paired([one, off], [elsewhere, one], SHAPE) == [(one, one)]
    assert paired([off, elsewhere], [elsewhere, one], SHAPE) == [(off, one), (elsewhere, elsewhere)]
