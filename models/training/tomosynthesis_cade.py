"""Fits the second stage of programmed CADe on tomosynthesis views whose growths are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammography.froc import hits
from senoscope.models.evaluation.tomosynthesis.known_view import DeepGrowth
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.feature_model import FeatureModel, write_feature_model
from senoscope.models.programmed.mammography.cade import ViewCandidates, alone, comparison
from senoscope.models.programmed.mammography.mark_features import NAMES
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.second_stage import SecondStage, load_second_stage
from senoscope.models.programmed.tomosynthesis.cade import (
    VolumeCandidates,
    scored,
    volume_candidates,
)
from senoscope.models.programmed.tomosynthesis.pooling import pooled_features
from senoscope.models.programmed.tomosynthesis.second_stage import (
    COMPARED,
    POOLED,
    VolumeStage,
    file_name,
)
from senoscope.models.programmed.tomosynthesis.soft_volumes import SOFT, SliceStage
from senoscope.models.training.feature_model import fit_feature_model
from senoscope.models.training.learnt_volume import LearntVolume

ON_IT_MM = 2.0
"""From a growth's middle, how far above or below a slab shows it whatever its size."""
FOLDS = 3
"""Of breasts, for the model of a view."""
_OTHERS = 6
"""Of the places in slabs that are on no growth, one in so many is learnt from."""


def fit_volume_stage(views: Sequence[LearntVolume]) -> VolumeStage:
    """First the slabs' models, then those of volumes that rest on them, then that of a view.

    The last is fitted on marks of breasts that the others were not fitted on: on their own they
    are too sure.
    """
    breasts = list(_by_anatomy(views).values())
    features, sick, groups = [], [], []
    for fold in range(FOLDS):
        others = [view for k, its in enumerate(breasts) for view in its if k % FOLDS != fold]
        slices, volumes = _mark_models(others)
        for its in breasts[fold::FOLDS]:
            found = [volume_candidates(each.sought, slices) for each in its]
            for view, marks in zip(its, scored(found, volumes), strict=True):
                features.append(pooled_features(marks.marks))
                sick.append(bool(view.growths))
                groups.append(view.anatomy)
    pooled = fit_feature_model(features, np.array(sick), groups)
    return VolumeStage(*_mark_models(views), pooled)


def _by_anatomy(views: Sequence[LearntVolume]) -> dict[str, list[LearntVolume]]:
    exams: dict[str, list[LearntVolume]] = {}
    for each in views:
        exams.setdefault(each.anatomy, []).append(each)
    return exams


def _mark_models(views: Sequence[LearntVolume]) -> tuple[SliceStage, SecondStage]:
    slices = SliceStage(
        {kind: _slice_model(kind, views) for kind in SOFT}, load_second_stage().alone
    )
    exams = [
        _Exam.of(its, [volume_candidates(each.sought, slices) for each in its])
        for its in _by_anatomy(views).values()
    ]
    return slices, _volume_models(exams)


@dataclass(frozen=True, eq=False)
class _Exam:
    """Views of one breast, what was found in each, and whether it lies on a growth of its kind."""

    anatomy: str
    found: tuple[ViewCandidates, ...]
    labels: tuple[tuple[bool | None, ...], ...]

    @classmethod
    def of(cls, views: Sequence[LearntVolume], found: Sequence[VolumeCandidates]) -> _Exam:
        pairs = zip(found, views, strict=True)
        labels = tuple(_labels(each, view.growths) for each, view in pairs)
        return cls(views[0].anatomy, tuple(each.flat for each in found), labels)


_Row = tuple[Values, bool, str]


def _volume_models(exams: Sequence[_Exam]) -> SecondStage:
    """Of the place alone, then what compares it with the other view, on the same views."""
    single = {
        kind: _fitted(kind, [row for exam in exams for row in _rows(exam, kind)])
        for kind in MarkKind
    }
    # What compares needs a stage to take logits from; its own models are not asked for them.
    first = SecondStage(single, single)
    # Where no breast has two views nothing can be learnt of the other one.
    names = COMPARED if any(len(exam.found) > 1 for exam in exams) else COMPARED[:1]
    both = {
        kind: _fitted(kind, [row for exam in exams for row in _rows(exam, kind, first, names)])
        for kind in MarkKind
    }
    return SecondStage(single, both)


def _rows(
    exam: _Exam,
    kind: MarkKind,
    first: SecondStage | None = None,
    names: Sequence[str] = COMPARED,
) -> Iterator[_Row]:
    """Features, label and anatomy of what is learnt from; compared where logits are given."""
    logits = [] if first is None else [alone(its, first) for its in exam.found]
    for one, its in enumerate(exam.found):
        seen: Sequence[Values] = [each.features for each in its.candidates]
        if first is not None:
            rows = comparison(exam.found, logits, one)
            seen = [{name: row[name] for name in names} for row in rows]
        for candidate, features, label in zip(its.candidates, seen, exam.labels[one], strict=True):
            if candidate.kind is kind and label is not None:
                yield features, label, exam.anatomy


def _fitted(kind: MarkKind, rows: Sequence[_Row]) -> FeatureModel:
    if not rows:
        raise DataSetError(
            f"No candidate for {kind} was found in any view; expected some on growths and some "
            "not. Train on more views."
        )
    features, labels, groups = zip(*rows, strict=True)
    return fit_feature_model(features, np.array(labels, bool), groups)


def write_volume_stage(
    stage: VolumeStage, views: Sequence[LearntVolume], about: str, target: Path
) -> None:
    """Into the folder `target`, what `load_volume_stage` reads; `about` names the views."""
    card = {
        "made_by": "senoscope train tomosynthesis-cade",
        "trained_on": about,
        "anatomies": len({each.anatomy for each in views}),
        "views": len(views),
    }
    for kind, model in stage.slices.slices.items():
        write_feature_model(model, card, target / file_name(kind, "slice"))
    for kind in MarkKind:
        for part, models in (("alone", stage.volumes.alone), ("compared", stage.volumes.compared)):
            write_feature_model(models[kind], card, target / file_name(kind, part))
    write_feature_model(stage.pooled, card, target / POOLED)


def train_tomosynthesis_cade(
    views: Iterable[LearntVolume], about: str, target: Path, say: Callable[[str], None]
) -> VolumeStage:
    """Fit on all of `views` and write what `load_volume_stage` reads."""
    taken = []
    for view in views:
        taken.append(view)
        say(f"{view.anatomy}, {view.sought.about.view}: {len(view.sought.places.at_mm)} places")
    stage = fit_volume_stage(taken)
    write_volume_stage(stage, taken, about, target)
    return stage


def _labels(found: VolumeCandidates, growths: Sequence[DeepGrowth]) -> tuple[bool | None, ...]:
    """In the plane, as a mammogram's candidates are; None on a growth of another kind."""
    labels: list[bool | None] = []
    for candidate, at in zip(found.flat.candidates, found.flat.at_mm.tolist(), strict=True):
        on = [each.flat for each in growths if hits((at[0], at[1]), each.flat)]
        is_right = any(each.kind is candidate.kind for each in on)
        labels.append(None if on and not is_right else is_right)
    return tuple(labels)


def _slice_model(kind: MarkKind, views: Sequence[LearntVolume]) -> FeatureModel:
    rows: list[_Row] = []
    for view in views:
        places = view.sought.places
        for one, its_kind in enumerate(places.kind):
            label = _slice_label(view, one) if its_kind is kind else None
            if label is None or (not label and one % _OTHERS):
                continue
            features = dict(zip(NAMES, places.features[one].tolist(), strict=True))
            rows.append((features, label, view.anatomy))
    return _fitted(kind, rows)


def _reach_mm(growth: DeepGrowth) -> float:
    """How far above and below its middle a slab shows a growth; a distortion is only lines."""
    is_body = growth.flat.kind is MarkKind.MASS
    return max(ON_IT_MM, 0.6 * growth.flat.radius_mm) if is_body else 1.5 * ON_IT_MM


def _slice_label(view: LearntVolume, one: int) -> bool | None:
    """Whether a place in a slab is on a growth of its kind; None on its shadow or another kind."""
    places = view.sought.places
    x, y = places.at_mm[one].tolist()
    height_mm = float(places.slice_at[one]) * view.sought.about.slice_mm
    on = [each for each in view.growths if hits((x, y), each.flat)]
    if not on:
        return False
    of_kind = [each for each in on if each.flat.kind is places.kind[one]]
    within = (abs(height_mm - each.height_mm) <= _reach_mm(each) for each in of_kind)
    return True if any(within) else None
