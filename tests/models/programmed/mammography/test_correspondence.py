from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.programmed.mammography.bilateral import mirrored, registered
from senoscope.models.programmed.mammography.correspondence import (
    LEAST_LOGIT,
    TOLERANCE_MM,
    corresponding,
    ipsilateral,
)


def test_the_other_view_speaks_for_what_is_as_far_from_the_nipple() -> None:
    away = np.array([40.0, 70.0], np.float32)
    theirs = np.array([40.0 + TOLERANCE_MM / 2, 10.0], np.float32)
    assert ipsilateral(away, theirs, [1.0, 5.0]).tolist() == [0.5, LEAST_LOGIT]


def test_without_candidates_there_is_the_least() -> None:
    away = np.array([40.0], np.float32)
    assert ipsilateral(away, np.zeros(0, np.float32), []).tolist() == [LEAST_LOGIT]
    assert mirrored(np.zeros((1, 2), np.float32), np.zeros((0, 2), np.float32), []) == LEAST_LOGIT


def test_corresponding_marks_are_the_nearest_in_distance_first() -> None:
    assert corresponding(50.0, [80.0, 55.0, 49.0]) == [2, 1]


def test_breasts_are_laid_over_each_other_by_nipple_and_chest_wall() -> None:
    at = np.array([[45.0, 90.0], [0.0, 100.0]], np.float32)
    moved = registered(at, (90.0, 100.0), (60.0, 120.0))
    assert moved == pytest.approx(np.array([[30.0, 110.0], [0.0, 120.0]]))


def test_what_is_in_both_breasts_is_told() -> None:
    place = np.array([[30.0, 110.0], [30.0, 20.0]], np.float32)
    theirs = np.array([[30.0, 110.0]], np.float32)
    assert mirrored(place, theirs, [2.0]).tolist() == [2.0, LEAST_LOGIT]
