"""Programmed CADe on the views of one mammography exam: marks with scores, no network.

Trained and measured on simulated breasts alone: on real ones its sensitivity is not known. A
mark is a place to look at again, never a finding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import OBLIQUE, Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography import calcifications, masses
from senoscope.models.programmed.mammography.bilateral import mirrored, registered
from senoscope.models.programmed.mammography.calcifications import clusters
from senoscope.models.programmed.mammography.correspondence import ipsilateral
from senoscope.models.programmed.mammography.marks import Candidate, Mark, MarkKind, Points
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.second_stage import SecondStage
from senoscope.models.programmed.mammography.soft_tissue import soft_tissue
from senoscope.models.programmed.mammography.working_picture import working_picture

FLOOR = 0.004
"""Of a score: marks below are not even returned."""
MOST_MARKS = 12
"""Of a kind in a view."""
_APART_MM = 8.0


@dataclass(frozen=True, eq=False)
class ViewCandidates:
    """Before scoring, in view pixels. `at_mm` (n, 2) is from the chest wall and the upper edge.

    `nipple_mm` likewise, None where nothing was sought; `trouble` then says why. `laterality`,
    `view` and `spacing` are the mammogram's, whose pixels are needed no longer.
    """

    candidates: tuple[Candidate, ...]
    at_mm: NDArray[np.float32]
    nipple_mm: tuple[float, float] | None
    trouble: str | None
    laterality: Laterality | None
    view: str | None
    spacing: PixelSpacing | None


@dataclass(frozen=True, eq=False)
class ViewMarks:
    """Of one view, best first within a kind. With a `trouble` there are none: not sought."""

    marks: tuple[Mark, ...]
    trouble: str | None


def find_marks(
    views: Sequence[Mammogram], parts: Sequence[BreastParts], stage: SecondStage
) -> tuple[ViewMarks, ...]:
    """Marks on each view of one exam, down to FLOOR: the caller sets the threshold.

    `parts` are those of each view. Two views of one breast, and the same view of both, are
    compared; where several views could be the other one, the first is.
    """
    found = [view_candidates(view, its) for view, its in zip(views, parts, strict=True)]
    return scored(found, stage)


def view_candidates(view: Mammogram, parts: BreastParts) -> ViewCandidates:
    """All places of one view that the second stage scores."""
    if view.intent is not Intent.PRESENTATION:
        return _nothing(
            view,
            "This mammogram is For Processing; marks are sought on those For Presentation, which "
            "they were trained on. Send that one as well.",
        )
    try:
        fine = working_picture(view, parts, calcifications.STEP_MM)
        coarse = working_picture(view, parts, masses.STEP_MM)
    except ImageError as error:
        return _nothing(view, str(error))
    found = [(each, fine) for each in clusters(fine)]
    found += [(each, coarse) for each in soft_tissue(coarse)]
    moved = tuple(
        Candidate(
            each.kind,
            picture.to_view(each.outline),
            _point(picture.to_view(np.array([each.centre], np.float32))),
            each.features,
        )
        for each, picture in found
    )
    spacing = view.spacing
    steps = (spacing.column_mm, spacing.row_mm) if spacing else (1.0, 1.0)
    at_mm = np.array([each.centre for each in moved], np.float32).reshape(-1, 2) * steps
    tip = parts.nipple.point
    nipple_mm = tip[0] * steps[0], tip[1] * steps[1]
    about = view.laterality, view.view, view.spacing
    return ViewCandidates(moved, at_mm.astype(np.float32), nipple_mm, None, *about)


def _nothing(view: Mammogram, trouble: str) -> ViewCandidates:
    nowhere = np.zeros((0, 2), np.float32)
    return ViewCandidates((), nowhere, None, trouble, view.laterality, view.view, view.spacing)


def scored(found: Sequence[ViewCandidates], stage: SecondStage) -> tuple[ViewMarks, ...]:
    """Marks of each view's candidates."""
    logits = [alone(its, stage) for its in found]
    results = []
    for one, its in enumerate(found):
        compared = comparison(found, logits, one)
        marks = []
        for kind in MarkKind:
            model = stage.compared[kind]
            of_kind = [
                _mark(each, model.opinion(seen).probability, seen)
                for each, seen in zip(its.candidates, compared, strict=True)
                if each.kind is kind
            ]
            marks += _kept(of_kind, its.spacing)
        results.append(ViewMarks(tuple(marks), its.trouble))
    return tuple(results)


def alone(found: ViewCandidates, stage: SecondStage) -> list[float]:
    """The logit of each candidate by itself."""
    return [stage.alone[each.kind].opinion(each.features).logit for each in found.candidates]


def comparison(
    found: Sequence[ViewCandidates], logits: Sequence[Sequence[float]], one: int
) -> list[Mapping[str, float]]:
    """The features in `second_stage.COMPARED` of each candidate of view `one`."""
    its = found[one]
    other_view = partner(found, one, same_breast=True)
    other_breast = partner(found, one, same_breast=False)
    rows: list[dict[str, float]] = [
        {"alone": logit, "ipsilateral": math.nan, "mirrored": math.nan} for logit in logits[one]
    ]
    for kind in MarkKind:
        mine = [k for k, each in enumerate(its.candidates) if each.kind is kind]
        if not mine or its.nipple_mm is None:
            continue
        if other_view is not None and (nipple := found[other_view].nipple_mm) is not None:
            at, theirs = _of_kind(found[other_view], logits[other_view], kind)
            away, their_away = (
                np.linalg.norm(each - np.array(tip), axis=1)
                for each, tip in ((its.at_mm[mine], its.nipple_mm), (at, nipple))
            )
            for k, value in zip(mine, ipsilateral(away, their_away, theirs), strict=True):
                rows[k]["ipsilateral"] = float(value)
        if other_breast is not None and (nipple := found[other_breast].nipple_mm) is not None:
            at, theirs = _of_kind(found[other_breast], logits[other_breast], kind)
            moved = registered(its.at_mm[mine], its.nipple_mm, nipple)
            for k, value in zip(mine, mirrored(moved, at, theirs), strict=True):
                rows[k]["mirrored"] = float(value)
    return list(rows)


def partner(found: Sequence[ViewCandidates], one: int, *, same_breast: bool) -> int | None:
    """The first view that is the other of the same breast, or the same of the other breast."""
    mine = found[one]
    if mine.laterality is None or mine.view is None:
        return None
    for other, view in enumerate(found):
        if None in (view.laterality, view.view) or view.trouble is not None:
            continue
        is_same = view.laterality == mine.laterality
        is_other_way = (view.view in OBLIQUE) != (mine.view in OBLIQUE)
        if other != one and is_same == same_breast and is_other_way == same_breast:
            return other
    return None


def _of_kind(
    found: ViewCandidates, logits: Sequence[float], kind: MarkKind
) -> tuple[NDArray[np.float32], list[float]]:
    which = [k for k, each in enumerate(found.candidates) if each.kind is kind]
    return found.at_mm[which], [logits[k] for k in which]


def _mark(candidate: Candidate, score: float, compared: Mapping[str, float]) -> Mark:
    features = {**candidate.features, **compared}
    return Mark(candidate.kind, candidate.outline, candidate.centre, score, features)


def _kept(marks: list[Mark], spacing: PixelSpacing | None) -> list[Mark]:
    """The best first, none within some millimetres of a better one."""
    if spacing is None:
        return []
    steps = np.array([spacing.column_mm, spacing.row_mm])
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda each: -each.score):
        if mark.score < FLOOR or len(kept) == MOST_MARKS:
            break
        near = (np.subtract(mark.centre, each.centre) * steps for each in kept)
        if all(np.hypot(*off) >= _APART_MM for off in near):
            kept.append(mark)
    return kept


def _point(points: Points) -> tuple[float, float]:
    return float(points[0, 0]), float(points[0, 1])
