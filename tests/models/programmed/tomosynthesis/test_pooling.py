from __future__ import annotations

import math

import pytest

from senoscope.models.programmed.feature_model import FeatureModel, Weight
from senoscope.models.programmed.mammography.marks import MarkKind, circle
from senoscope.models.programmed.tomosynthesis.pooling import (
    FLOOR,
    Pooling,
    pooled,
    pooled_exam,
    pooled_features,
)
from senoscope.models.programmed.tomosynthesis.volume_marks import VolumeMark

LEARNED = FeatureModel({"first_mass": Weight(0.0, 2.0, 1.0)}, 0.5)


def mark(score: float, kind: MarkKind = MarkKind.MASS) -> VolumeMark:
    return VolumeMark(kind, circle((9, 9), 3), (9.0, 9.0), 4, 2, 6, 4.0, score, {})


def test_the_highest_mark_alone() -> None:
    assert pooled([mark(0.2), mark(0.6)], Pooling.MAXIMUM, LEARNED) == 0.6
    assert pooled([], Pooling.MAXIMUM, LEARNED) == 0


def test_causes_that_each_suffice() -> None:
    assert pooled([mark(0.5), mark(0.5)], Pooling.NOISY_OR, LEARNED) == pytest.approx(0.75)
    assert pooled([], Pooling.NOISY_OR, LEARNED) == 0


def test_the_learned_way_looks_at_the_best_of_each_kind() -> None:
    seen = pooled_features([mark(0.5), mark(0.1), mark(0.3, MarkKind.DISTORTION)])
    assert seen["first_mass"] == 0
    assert seen["second_mass"] == pytest.approx(math.log(0.1 / 0.9))
    assert seen["second_distortion"] == pytest.approx(math.log(FLOOR / (1 - FLOOR)))
    assert seen["first_calcifications"] == seen["second_distortion"]
    with_one, without = (pooled(its, Pooling.LEARNED, LEARNED) for its in ([mark(0.5)], []))
    assert with_one == pytest.approx(1 / (1 + math.exp(-0.5)))
    assert with_one > without


def test_an_exam_of_its_views() -> None:
    assert pooled_exam([0.2, 0.6], Pooling.MAXIMUM) == 0.6
    assert pooled_exam([0.5, 0.5], Pooling.NOISY_OR) == pytest.approx(0.75)
    assert pooled_exam([0.2, 0.8], Pooling.LEARNED) == pytest.approx(0.5)
    assert pooled_exam([], Pooling.LEARNED) == 0
