from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast.growths import KINDS, specks
from senoscope.calibration.phantoms.breast.screening import screening_exams, training_exams
from senoscope.models.evaluation.mammography.known_exam import KnownExam


@pytest.fixture(scope="module")
def exam() -> KnownExam:
    return next(training_exams(range(1)))


def test_an_exam_has_both_breasts_in_both_views(exam: KnownExam) -> None:
    assert [(str(each.laterality), each.view) for each in exam.views] == [
        ("L", "CC"),
        ("L", "MLO"),
        ("R", "CC"),
        ("R", "MLO"),
    ]
    assert all(each.pixels.min() >= 0 and each.pixels.max() <= 1 for each in exam.views)


def test_growths_lie_in_one_breast_and_in_its_tissue(exam: KnownExam) -> None:
    counts = [len(each) for each in exam.growths]
    assert counts in ([4, 4, 0, 0], [0, 0, 4, 4])
    for view, growths in zip(exam.views, exam.growths, strict=True):
        for growth in growths:
            x, y = (round(each / 0.1) for each in growth.at_mm)
            assert view.pixels[y, x] > 0
    names = {growth.name for growths in exam.growths for growth in growths}
    assert names == set(KINDS)


def test_calcifications_are_bright_where_the_truth_says(exam: KnownExam) -> None:
    for view, growths in zip(exam.views, exam.growths, strict=True):
        for growth in growths:
            if growth.name != "calcifications":
                continue
            x, y = (round(each / 0.1) for each in growth.at_mm)
            reach = round(growth.radius_mm / 0.1) + 5
            here = view.pixels[y - reach : y + reach, x - reach : x + reach]
            around = float(np.median(here))
            assert here.max() - around > 6 * np.median(np.abs(here - around)) / 2


def test_every_fourth_woman_has_no_growth() -> None:
    (healthy,) = screening_exams(range(20003, 20004))
    assert not any(healthy.growths)


def test_specks_are_few_and_far_apart() -> None:
    counts = []
    for seed in range(60):
        drawn = specks(np.random.default_rng([seed, 4]))
        counts.append(len(drawn))
        apart = np.linalg.norm(drawn[:, None, :3] - drawn[None, :, :3], axis=2)
        assert (apart[~np.eye(len(drawn), dtype=bool)] > 0.3).all()
        assert (np.linalg.norm(drawn[:, :3], axis=1) < 0.9).all()
    assert max(counts) <= 6
    assert 1.4 < np.mean(counts) < 2.6
