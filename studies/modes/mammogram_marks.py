"""From marks on the views of an exam to findings: what lies alike in several is one finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.mammogram import OBLIQUE
from senoscope.domain.reading import Suspicion
from senoscope.models.odds import logistic, logit
from senoscope.models.programmed.mammography.cade import ViewCandidates, scored
from senoscope.models.programmed.mammography.correspondence import TOLERANCE_MM, corresponding
from senoscope.models.programmed.mammography.marks import Mark, MarkKind
from senoscope.models.programmed.mammography.second_stage import SHOWN_FROM, SecondStage
from senoscope.models.programmed.tomosynthesis.cade import scored as volume_scored
from senoscope.models.programmed.tomosynthesis.pooling import Pooling, pooled, pooled_exam
from senoscope.models.programmed.tomosynthesis.second_stage import (
    SHOWN_FROM as SHOWN_IN_SLICES_FROM,
)
from senoscope.models.programmed.tomosynthesis.second_stage import VolumeStage
from senoscope.models.programmed.tomosynthesis.volume_marks import VolumeMark
from senoscope.studies.modes.read_view import ReadView
from senoscope.studies.results.identity import new_uid
from senoscope.studies.study_reading import (
    EXAM_SCORE,
    VIEW_SCORE,
    FindingKind,
    Outlined,
    ReadingFact,
    StudyFinding,
)

POOLING = Pooling.MAXIMUM
"""How the scores of marks become one of a view."""

KINDS: Mapping[MarkKind, FindingKind] = {
    MarkKind.MASS: FindingKind.MASS,
    MarkKind.CALCIFICATIONS: FindingKind.CALCIFICATIONS,
    MarkKind.DISTORTION: FindingKind.DISTORTION,
}


@dataclass(frozen=True, eq=False)
class MarkedView:
    """A view with what was marked on it; nothing of one that was not searched."""

    view: ReadView
    marks: tuple[Mark | VolumeMark, ...] = ()


@dataclass(frozen=True, eq=False)
class PlacedMark:
    """A mark on the view of that place in `views`."""

    view: int
    mark: Mark | VolumeMark


def marked_views(
    views: Sequence[ReadView], stage: SecondStage, volume_stage: VolumeStage
) -> list[MarkedView]:
    """In the order of `views`; of tomosynthesis with a score of the view among its facts."""
    flat = [each.found for each in views if _is_searched(each) and each.found is not None]
    deep = [each.volume for each in views if each.volume is not None]
    of_flat = iter(scored(flat, stage))
    of_deep = iter(volume_scored(deep, volume_stage.volumes))
    marked = []
    for view in views:
        if view.volume is not None:
            marks = next(of_deep).marks
            score = pooled(marks, POOLING, volume_stage.pooled)
            marked.append(MarkedView(_with_score(view, score), tuple(map(_aligned, marks))))
        else:
            marked.append(MarkedView(view, next(of_flat).marks if _is_searched(view) else ()))
    return marked


def exam_score(marked: Sequence[MarkedView]) -> Iterator[ReadingFact]:
    """Of all tomosynthesis views together; nothing without any."""
    facts = (fact for each in marked for fact in each.view.reading.facts)
    scores = [each.number for each in facts if each.name == VIEW_SCORE and each.number is not None]
    if scores:
        yield ReadingFact(EXAM_SCORE, pooled_exam(scores, POOLING))


def _is_searched(view: ReadView) -> bool:
    """A mammogram on which marks were sought."""
    return view.volume is None and view.found is not None and not view.found.trouble


def _aligned(mark: VolumeMark) -> VolumeMark:
    """Scored so that the threshold of its kind is that of mammograms: one slider serves both."""
    shift = logit(SHOWN_FROM[mark.kind]) - logit(SHOWN_IN_SLICES_FROM[mark.kind])
    return replace(mark, score=logistic(logit(mark.score) + shift))


def _with_score(view: ReadView, score: float) -> ReadView:
    facts = (*view.reading.facts, ReadingFact(VIEW_SCORE, score))
    return replace(view, reading=replace(view.reading, facts=facts))


def findings_of(
    marked: Sequence[MarkedView],
) -> tuple[tuple[StudyFinding, ...], tuple[StudyFinding, ...]]:
    """Those from SHOWN_FROM on, then those below, each the likeliest first, numbered through."""
    views = [each.view for each in marked]
    placed = [PlacedMark(place, mark) for place, its in enumerate(marked) for mark in its.marks]
    shown = [each for each in placed if each.mark.score >= SHOWN_FROM[each.mark.kind]]
    below = [(each,) for each in placed if each.mark.score < SHOWN_FROM[each.mark.kind]]
    groups = sorted(_together(shown, views), key=_best)
    rest = sorted(below, key=_best)
    numbered = [
        _finding(number, group, views) for number, group in enumerate([*groups, *rest], start=1)
    ]
    return tuple(numbered[: len(groups)]), tuple(numbered[len(groups) :])


def _best(group: Sequence[PlacedMark]) -> float:
    return -max(each.mark.score for each in group)


def _together(
    shown: Sequence[PlacedMark], views: Sequence[ReadView]
) -> Iterator[tuple[PlacedMark, ...]]:
    """Marks of one kind that lie alike in the views of a breast, one at most of each view."""
    left = sorted(shown, key=lambda each: -each.mark.score)
    while left:
        first = left.pop(0)
        group = [first]
        for other in _others(views, first.view):
            there = [e for e in left if e.view == other and e.mark.kind is first.mark.kind]
            alike = _alike(first, there, views)
            if alike:
                # Of several the likeliest, which `left` has first.
                second = there[min(alike)]
                left.remove(second)
                group.append(second)
        yield tuple(group)


def _others(views: Sequence[ReadView], one: int) -> Iterator[int]:
    """Views of the same breast: the other way in either dimension, and the same in the other.

    Of each the first, since a view that was repeated shows nothing new.
    """
    mine = _found(views[one])
    seen = set()
    for place, view in enumerate(views):
        if (its := view.found) is None:
            continue
        is_known = None not in (mine.laterality, mine.view, its.view)
        if place == one or not is_known or its.laterality != mine.laterality:
            continue
        turned = _is_turned(mine, its)
        is_same_way = its.view == mine.view and view.is_deep != views[one].is_deep
        if (turned or is_same_way) and (turned, view.is_deep) not in seen:
            seen.add((turned, view.is_deep))
            yield place


def _is_turned(one: ViewCandidates, other: ViewCandidates) -> bool:
    """From above the one, obliquely the other."""
    return (one.view in OBLIQUE) != (other.view in OBLIQUE)


def _alike(first: PlacedMark, there: Sequence[PlacedMark], views: Sequence[ReadView]) -> list[int]:
    """Which of `there`, all of one view, may be what `first` is.

    Seen another way, what is as far from the nipple; seen the same way, what lies in its place.
    """
    if not there:
        return []
    mine, its = _found(views[first.view]), _found(views[there[0].view])
    at, away = _from_nipple(first, mine), [_from_nipple(each, its) for each in there]
    if _is_turned(mine, its):
        return corresponding(float(np.hypot(*at)), [float(np.hypot(*each)) for each in away])
    off = [float(np.hypot(*(each - at))) for each in away]
    return [place for place in np.argsort(off).tolist() if off[place] <= TOLERANCE_MM]


def _from_nipple(placed: PlacedMark, found: ViewCandidates) -> NDArray[np.float64]:
    """[x, y] in millimetres."""
    assert found.spacing is not None and found.nipple_mm is not None, "marks were sought there"
    steps = found.spacing.column_mm, found.spacing.row_mm
    return np.asarray(np.multiply(placed.mark.centre, steps) - found.nipple_mm, np.float64)


def _found(view: ReadView) -> ViewCandidates:
    assert view.found is not None, "only views that were read are given"
    return view.found


def _finding(number: int, group: Sequence[PlacedMark], views: Sequence[ReadView]) -> StudyFinding:
    scores = [each.mark.score for each in group]
    outlined = [_outlined(each, views[each.view]) for each in group]
    return StudyFinding(
        number,
        str(new_uid()),
        outlined[int(np.argmax(scores))][0],
        tuple(outline for of_view in outlined for outline in of_view),
        max(scores),
        min(scores),
        max(scores),
        # Nothing here tells benign from malignant.
        Suspicion.UNCERTAIN,
        None,
        kind=KINDS[group[0].mark.kind],
    )


def _outlined(placed: PlacedMark, view: ReadView) -> list[Outlined]:
    """On each slice on which it is seen, the best first; on a mammogram once."""
    assert view.hanging is not None, "only views that were read are given"
    mark = placed.mark
    # A circle round a place near the edge reaches beyond the picture, which coordinates must not.
    contour = view.hanging.within(view.hanging.points_back(mark.outline))
    frames = [1]
    if isinstance(mark, VolumeMark):
        slices = range(mark.first_slice, mark.last_slice + 1)
        order = sorted(slices, key=lambda each: (each != mark.slice_index, each))
        frames = [view.frames[each] for each in order]
    return [Outlined(view.image.frame_place(frame), contour) for frame in frames]
