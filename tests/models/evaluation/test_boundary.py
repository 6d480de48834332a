"""Distances between outlines that can be counted off by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.models.evaluation.boundary import boundary_f1, hausdorff_95

SHAPE = (60, 100)
EMPTY = np.zeros(SHAPE, bool)


def mask(*parts: tuple[slice, slice], shape: tuple[int, int] = SHAPE) -> np.ndarray:
    truth = np.zeros(shape, bool)
    for part in parts:
        truth[part] = True
    return truth


def row(at: int, first: int, last: int) -> tuple[slice, slice]:
    return slice(at, at + 1), slice(first, last + 1)


def test_two_lines_are_as_far_apart_as_their_rows() -> None:
    one, other = mask(row(10, 0, 99)), mask(row(14, 0, 99))
    assert hausdorff_95(one, other) == pytest.approx(4)


def test_only_the_outline_counts_not_what_is_inside() -> None:
    filled = mask((slice(10, 30), slice(10, 30)))
    hollow = filled & ~mask((slice(11, 29), slice(11, 29)))
    assert hausdorff_95(filled, hollow) == 0
    assert boundary_f1(filled, hollow, 0) == 1


def test_the_worse_direction_counts_not_both_pooled() -> None:
    """An island of 10 of 110 boundary pixels, 40 rows off: 9 % one way, but 5 % of both ways."""
    truth = mask(row(10, 0, 99))
    predicted = truth | mask(row(50, 40, 49))
    assert hausdorff_95(predicted, truth) == pytest.approx(40)
    assert hausdorff_95(truth, predicted) == pytest.approx(40)


def test_one_pixel_in_twenty_may_lie_anywhere() -> None:
    truth = mask(row(10, 0, 99))
    assert hausdorff_95(truth | mask(row(50, 40, 43)), truth) == 0


def test_the_edge_of_the_image_is_an_outline() -> None:
    """The frame's 36 straight pixels are 1 from the next ring, its 4 corners sqrt(2)."""
    whole = np.ones((11, 11), bool)
    ring = mask((slice(1, 10), slice(1, 10)), shape=(11, 11))
    assert hausdorff_95(whole, ring) == pytest.approx(math.sqrt(2))
    assert boundary_f1(whole, ring, 1) == pytest.approx(2 * 0.9 / 1.9)


def test_boundary_f1_by_hand() -> None:
    truth = mask(row(5, 0, 9))
    predicted = mask(row(5, 0, 4), row(9, 5, 9))
    assert boundary_f1(truth, truth, 0) == 1
    assert boundary_f1(predicted, truth, 0) == pytest.approx(0.5)
    # Columns 5 to 7 of the truth are 1 to 3 from column 4; the lower half is 4 away.
    assert boundary_f1(predicted, truth, 3) == pytest.approx(2 * 0.5 * 0.8 / 1.3)
    assert boundary_f1(predicted, truth, 4) == 1
    assert boundary_f1(mask(row(40, 0, 9)), truth, 34.9) == 0


def blob(rng: np.random.Generator) -> np.ndarray:
    rows, columns = np.mgrid[:60, :100]
    parts = [
        np.hypot((rows - rng.uniform(5, 55)) / rng.uniform(3, 20), (columns - 50) / 15) < 1
        for _ in range(2)
    ]
    return np.asarray(parts[0] | parts[1])


def test_distances_agree_with_every_pair_of_boundary_pixels() -> None:
    rng = np.random.default_rng(0)
    for _ in range(10):
        pair = blob(rng), blob(rng)
        points = []
        for of in pair:
            edged = np.pad(of, 1)
            within = edged[:-2, 1:-1] & edged[2:, 1:-1] & edged[1:-1, :-2] & edged[1:-1, 2:]
            points.append(np.argwhere(of & ~within))
        gaps = np.sqrt(((points[0][:, None] - points[1][None, :]) ** 2).sum(axis=2))
        there, back = gaps.min(axis=1), gaps.min(axis=0)
        expected = max(np.percentile(there, 95), np.percentile(back, 95))
        assert hausdorff_95(*pair) == pytest.approx(expected, abs=1e-4)
        for tolerance in np.sqrt([2, 5, 16]):
            shares = np.mean(there <= tolerance), np.mean(back <= tolerance)
            expected = 2 / (1 / shares[0] + 1 / shares[1])
            assert boundary_f1(*pair, tolerance) == pytest.approx(expected)


def test_a_missed_lesion_gets_the_worst_value() -> None:
    lesion = mask((slice(10, 30), slice(10, 30)))
    for pair in ((EMPTY, lesion), (lesion, EMPTY)):
        assert hausdorff_95(*pair) == pytest.approx(math.hypot(59, 99))
        assert boundary_f1(*pair, 1000) == 0


def test_nothing_drawn_where_nothing_is_agrees() -> None:
    assert hausdorff_95(EMPTY, EMPTY) == 0
    assert boundary_f1(EMPTY, EMPTY, 2) == 1


@pytest.mark.parametrize(
    "other", [EMPTY[:, :50], EMPTY.astype(np.uint8), EMPTY[None], EMPTY.ravel()]
)
def test_masks_that_do_not_match_are_refused(other: np.ndarray) -> None:
    for pair in ((EMPTY, other), (other, EMPTY)):
        with pytest.raises(ImageError, match="Masks are"):
            hausdorff_95(*pair)
        with pytest.raises(ImageError, match="Masks are"):
            boundary_f1(*pair, 2)


@pytest.mark.parametrize("tolerance", [-1.0, math.nan, math.inf])
def test_a_tolerance_is_a_number_of_pixels(tolerance: float) -> None:
    with pytest.raises(SettingsError, match="tolerance"):
        boundary_f1(EMPTY, EMPTY, tolerance)
