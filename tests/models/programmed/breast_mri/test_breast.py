"""The body, whether its fat is bright, and the breasts before the chest wall."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.breast_mri import Volume
from senoscope.models.evaluation.metrics import dice
from senoscope.models.programmed.breast_mri.breast import (
    Body,
    find_body,
    find_breasts,
    is_fat_brighter,
)
from tests.models.programmed.breast_mri.small_exam import SHAPE, SPACING_MM, SmallExam, small_exam


def signal_of(exam: SmallExam) -> Volume:
    return np.asarray(exam.series.phases[0], np.float32)


def body_of(exam: SmallExam) -> Body:
    found = find_body(signal_of(exam), SPACING_MM)
    assert found is not None
    return found


@pytest.mark.parametrize("is_fat_bright", [False, True])
def test_the_body_is_what_lies_behind_the_skin(is_fat_bright: bool) -> None:
    exam = small_exam(is_fat_bright)
    body = body_of(exam)
    assert (body.mask & exam.breast).sum() > 0.97 * exam.breast.sum()
    assert not body.mask[:, :5].any()
    assert (np.diff(body.mask.astype(int), axis=1) >= 0).all()
    assert 10 < body.above < 60


@pytest.mark.parametrize("is_fat_bright", [False, True])
def test_fat_under_the_skin_says_whether_it_is_bright(is_fat_bright: bool) -> None:
    exam = small_exam(is_fat_bright)
    assert is_fat_brighter(signal_of(exam), body_of(exam).mask, SPACING_MM) is is_fat_bright


@pytest.mark.parametrize("is_fat_bright", [False, True])
def test_breasts_end_at_the_muscle_and_are_told_apart(is_fat_bright: bool) -> None:
    exam = small_exam(is_fat_bright)
    found = find_breasts(signal_of(exam), body_of(exam).mask, is_fat_bright, SPACING_MM)
    assert dice(found.inside, exam.breast) > 0.85
    middle = SHAPE[2] // 2
    assert found.left[:, :, middle + 4 :].all() and not found.left[:, :, : middle - 4].any()
    assert (found.inside & found.left).any() and (found.inside & ~found.left).any()


def test_one_breast_alone_is_found_alone() -> None:
    exam = small_exam()
    middle = SHAPE[2] // 2
    air = exam.breast.copy()
    air[:, :, middle:] = False
    signal = np.where(air, 2.0, signal_of(exam)).astype(np.float32)
    body = find_body(signal, SPACING_MM)
    assert body is not None
    found = find_breasts(signal, body.mask, False, SPACING_MM).inside
    assert dice(found, exam.breast & ~air) > 0.8


@pytest.mark.parametrize("kind", ["empty", "even", "noise"])
def test_where_nothing_stands_out_there_is_no_body(kind: str) -> None:
    random = np.random.default_rng(7)
    volumes = {
        "empty": np.zeros(SHAPE),
        "even": np.full(SHAPE, 200.0),
        "noise": np.abs(random.normal(0, 5, SHAPE)),
    }
    assert find_body(volumes[kind].astype(np.float32), SPACING_MM) is None
