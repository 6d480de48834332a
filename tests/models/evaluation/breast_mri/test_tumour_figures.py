"""Outlines are scored in mm and by patient, and trivial ones are what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.models.evaluation.breast_mri.tumour_baselines import (
    BALL,
    BASELINES,
    NONE,
    SEED,
    THRESHOLD,
    largest_part,
)
from senoscope.models.evaluation.breast_mri.tumour_figures import (
    FIGURES,
    TumourScores,
    hausdorff_95_mm,
    tumour_row,
)
from senoscope.models.evaluation.metrics import dice
from tests.models.evaluation.breast_mri.drawn_exams import drawn_exam

SPACING = 2.0, 1.0, 0.5


def block(start: int, stop: int) -> np.ndarray:
    mask = np.zeros((20, 20, 20), bool)
    mask[5:10, 5:10, start:stop] = True
    return mask


def test_distances_are_in_mm_along_each_axis() -> None:
    one, other = np.zeros((20, 20, 20), bool), np.zeros((20, 20, 20), bool)
    one[4, 4, 4] = other[4, 4, 12] = True
    assert hausdorff_95_mm(one, other, SPACING) == pytest.approx(4.0)
    deep = np.zeros((20, 20, 20), bool)
    deep[9, 4, 4] = True
    assert hausdorff_95_mm(one, deep, SPACING) == pytest.approx(10.0)


def test_distances_are_those_of_all_pairs() -> None:
    rng = np.random.default_rng(1)
    one, other = block(3, 9), block(6, 16) & (rng.random((20, 20, 20)) < 0.9)
    edges = []
    for mask in (one, other):
        padded = np.pad(mask, 1)
        inner = mask.copy()
        for axis in range(3):
            for step in (-1, 1):
                inner &= np.roll(padded, step, axis)[1:-1, 1:-1, 1:-1]
        edges.append(np.argwhere(mask & ~inner) * SPACING)
    away = np.linalg.norm(edges[0][:, None] - edges[1], axis=2)
    wanted = max(np.percentile(away.min(1), 95), np.percentile(away.min(0), 95))
    assert hausdorff_95_mm(one, other, SPACING) == pytest.approx(wanted, rel=1e-5)


def test_an_empty_outline_is_as_far_as_can_be() -> None:
    empty = np.zeros((20, 20, 20), bool)
    assert hausdorff_95_mm(empty, empty, SPACING) == 0
    assert hausdorff_95_mm(empty, block(2, 8), SPACING) == pytest.approx(math.hypot(38, 19, 9.5))


def test_a_row_has_what_figures_name() -> None:
    functional = block(0, 4)
    row = dict(zip(FIGURES, tumour_row(block(0, 8), block(0, 4), functional, SPACING), strict=True))
    assert row["dice"] == pytest.approx(2 / 3)
    assert row["volume_error_percent"] == pytest.approx(100)
    assert row["ftv_error_percent"] == 0 and row["found"] == 1
    none = tumour_row(block(0, 0), block(0, 4), block(9, 12), SPACING)
    assert none[0] == 0 and math.isnan(none[3]) and none[4] == 0


def test_means_and_gaps_are_over_patients() -> None:
    table = np.zeros((4, len(FIGURES)))
    table[:, 0] = [0.2, 0.4, 0.6, 0.8]
    better = table.copy()
    better[:, 0] += 0.1
    better[0, 3] = np.nan
    scores = TumourScores(tuple("abcd"), {"one": table, "other": better})
    told = scores.figures()["one"]["dice"]
    assert told.value == pytest.approx(0.5) and told.n == 4 and told.ci[0] < 0.5 < told.ci[1]
    assert scores.figures()["other"]["ftv_error_percent"].value == 0
    gap = scores.differences([("other", "one")])["other - one"]
    assert gap.value == pytest.approx(0.1) and gap.ci == pytest.approx((0.1, 0.1))


def test_the_largest_part_hangs_together() -> None:
    mask = block(0, 3) | block(5, 12)
    assert np.array_equal(largest_part(mask), block(5, 12))
    assert not largest_part(np.zeros((20, 20, 20), bool)).any()


def test_trivial_outlines_of_a_drawn_tumour() -> None:
    series, tumour, _ = drawn_exam(3)
    overlap = {name: dice(outline(series), tumour) for name, outline in BASELINES.items()}
    assert overlap[NONE] == 0
    assert overlap[SEED] > 0.95 and overlap[THRESHOLD] > 0.9
    assert 0.4 < overlap[BALL] < 0.9
