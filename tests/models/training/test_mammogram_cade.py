from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.mammography.froc import Growth
from senoscope.models.evaluation.mammography.known_exam import KnownExam
from senoscope.models.programmed.mammography import calcifications, mark_features
from senoscope.models.programmed.mammography.cade import ViewCandidates
from senoscope.models.programmed.mammography.marks import Candidate, MarkKind, circle
from senoscope.models.programmed.mammography.second_stage import load_second_stage
from senoscope.models.training.mammogram_cade import (
    LearntExam,
    fit_second_stage,
    learnt,
    write_second_stage,
)
from tests.models.programmed.mammography.drawn_breasts import as_view, plain_breast, with_ball

VIEWS = ("CC", "MLO")


def made_exam(number: int) -> LearntExam:
    """Of each kind some candidates; those on a growth have higher features."""
    draw = np.random.default_rng(number)
    candidates, labels = [], []
    for kind in MarkKind:
        is_cluster = kind is MarkKind.CALCIFICATIONS
        names = [f.name for f in calcifications.FEATURES] if is_cluster else mark_features.NAMES
        for k in range(6):
            features = {name: float(draw.normal(2.0 * (k == 0), 1)) for name in names}
            candidates.append(Candidate(kind, circle((100, 100), 10), (100.0, 100.0), features))
            labels.append(k == 0)
    at_mm = draw.uniform(10, 60, (len(candidates), 2)).astype(np.float32)
    spacing = PixelSpacing(0.1, 0.1)
    found = tuple(
        ViewCandidates(tuple(candidates), at_mm, (45.0, 40.0), None, side, view, spacing)
        for side in Laterality
        for view in VIEWS
    )
    return LearntExam(f"seed {number}", found, (tuple(labels),) * 4)


def test_what_is_fitted_is_written_and_read_again(tmp_path: Path) -> None:
    exams = [made_exam(number) for number in range(20)]
    stage = fit_second_stage(exams)
    write_second_stage(stage, exams, "simulated exams", tmp_path)
    assert load_second_stage(tmp_path) == stage
    for kind in MarkKind:
        right, wrong = (
            [
                stage.alone[kind].opinion(each.features).logit
                for exam in exams
                for each, label in zip(exam.found[0].candidates, exam.labels[0], strict=True)
                if each.kind is kind and label is wanted
            ]
            for wanted in (True, False)
        )
        assert np.mean(right) > np.mean(wrong) + 1


def test_a_candidate_on_a_growth_of_another_kind_is_not_learnt_from() -> None:
    view = as_view(with_ball(plain_breast(), (200.0, 420.0), 60))
    growth = Growth(MarkKind.DISTORTION, "distortion", (20.0, 42.0), 6.0)
    seen = learnt(KnownExam("a", "B", (view,), ((growth,),)))
    labels = {
        label
        for each, label in zip(seen.found[0].candidates, seen.labels[0], strict=True)
        if each.kind is MarkKind.MASS
    }
    assert labels == {None, False}


def test_nothing_to_learn_from_is_told() -> None:
    with pytest.raises(DataSetError, match="calcifications"):
        fit_second_stage([])
