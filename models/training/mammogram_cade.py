"""Fits the second stage of programmed CADe on mammograms whose growths are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammography.froc import hits
from senoscope.models.evaluation.mammography.known_exam import KnownExam
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.feature_model import FeatureModel, write_feature_model
from senoscope.models.programmed.mammography.cade import (
    ViewCandidates,
    alone,
    comparison,
    view_candidates,
)
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.programmed.mammography.second_stage import SecondStage, file_name
from senoscope.models.training.feature_model import fit_feature_model


@dataclass(frozen=True, eq=False)
class LearntExam:
    """An exam's candidates and, for each, whether it lies on a growth of its kind.

    None where it lies on a growth of another kind: it is not learnt from.
    """

    anatomy: str
    found: tuple[ViewCandidates, ...]
    labels: tuple[tuple[bool | None, ...], ...]


def learnt(exam: KnownExam) -> LearntExam:
    """The candidates of each view, against the exam's truth."""
    found = tuple(view_candidates(view, find_parts(view)) for view in exam.views)
    labels = []
    for its, growths in zip(found, exam.growths, strict=True):
        of_view: list[bool | None] = []
        for candidate, at in zip(its.candidates, its.at_mm.tolist(), strict=True):
            on = [growth for growth in growths if hits((at[0], at[1]), growth)]
            is_right = any(growth.kind is candidate.kind for growth in on)
            of_view.append(None if on and not is_right else is_right)
        labels.append(tuple(of_view))
    return LearntExam(exam.anatomy, found, tuple(labels))


def fit_second_stage(exams: Sequence[LearntExam]) -> SecondStage:
    """Of each kind the model of the place alone, then the one that compares, on the same exams."""
    single: dict[MarkKind, FeatureModel] = {}
    for kind in MarkKind:
        rows = [
            (candidate.features, label, exam.anatomy)
            for exam in exams
            for its, labels in zip(exam.found, exam.labels, strict=True)
            for candidate, label in zip(its.candidates, labels, strict=True)
            if candidate.kind is kind and label is not None
        ]
        single[kind] = _fitted(kind, rows)
    # What compares needs a stage to take logits from; its own models are not asked for them.
    first = SecondStage(single, single)
    rows_of: dict[MarkKind, list[tuple[Values, bool, str]]] = {kind: [] for kind in MarkKind}
    for exam in exams:
        logits = [alone(its, first) for its in exam.found]
        for one, its in enumerate(exam.found):
            compared = comparison(exam.found, logits, one)
            for candidate, seen, label in zip(
                its.candidates, compared, exam.labels[one], strict=True
            ):
                if label is not None:
                    rows_of[candidate.kind].append((seen, label, exam.anatomy))
    return SecondStage(single, {kind: _fitted(kind, rows) for kind, rows in rows_of.items()})


def train_mammogram_cade(
    exams: Iterable[KnownExam], about: str, target: Path, say: Callable[[str], None]
) -> SecondStage:
    """Fit on `exams`, one at a time since their pictures are large, and write the six files."""
    taken = []
    for exam in exams:
        taken.append(learnt(exam))
        say(f"{exam.anatomy}: {sum(len(each.candidates) for each in taken[-1].found)} candidates")
    stage = fit_second_stage(taken)
    write_second_stage(stage, taken, about, target)
    return stage


def write_second_stage(
    stage: SecondStage, exams: Sequence[LearntExam], about: str, target: Path
) -> None:
    """Into the folder `target`, what `load_second_stage` reads; `about` names the exams."""
    for kind in MarkKind:
        labels = [
            label
            for exam in exams
            for its, labels in zip(exam.found, exam.labels, strict=True)
            for candidate, label in zip(its.candidates, labels, strict=True)
            if candidate.kind is kind and label is not None
        ]
        card = {
            "made_by": "senoscope train mammography-cade",
            "trained_on": about,
            "anatomies": len(exams),
            "candidates_on_growths": int(np.sum(labels)),
            "other_candidates": len(labels) - int(np.sum(labels)),
        }
        for name, model in (("alone", stage.alone[kind]), ("compared", stage.compared[kind])):
            write_feature_model(model, card, target / file_name(kind, name))


def _fitted(kind: MarkKind, rows: Sequence[tuple[Values, bool, str]]) -> FeatureModel:
    if not rows:
        raise DataSetError(
            f"No candidate for {kind} was found in any exam; expected some on growths and some "
            "not. Train on more exams."
        )
    features, labels, groups = zip(*rows, strict=True)
    return fit_feature_model(features, np.array(labels, bool), groups)
