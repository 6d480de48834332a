"""From marks on the views of an exam to findings: what lies alike in both views is one finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.domain.reading import Suspicion
from senoscope.models.programmed.mammography.cade import ViewCandidates, ViewMarks, partner
from senoscope.models.programmed.mammography.correspondence import corresponding
from senoscope.models.programmed.mammography.marks import Mark, MarkKind
from senoscope.models.programmed.mammography.second_stage import SHOWN_FROM
from senoscope.studies.modes.mammogram_view import ReadView
from senoscope.studies.results.identity import new_uid
from senoscope.studies.study_reading import FindingKind, Outlined, StudyFinding

KINDS: Mapping[MarkKind, FindingKind] = {
    MarkKind.MASS: FindingKind.MASS,
    MarkKind.CALCIFICATIONS: FindingKind.CALCIFICATIONS,
    MarkKind.DISTORTION: FindingKind.DISTORTION,
}


@dataclass(frozen=True, eq=False)
class PlacedMark:
    """A mark on the view of that place in `views`."""

    view: int
    mark: Mark


def findings_of(
    views: Sequence[ReadView], marks: Sequence[ViewMarks]
) -> tuple[tuple[StudyFinding, ...], tuple[StudyFinding, ...]]:
    """Those from SHOWN_FROM on, then those below, each the likeliest first, numbered through.

    All `views` were searched, and `marks` are theirs.
    """
    placed = [PlacedMark(view, mark) for view, its in enumerate(marks) for mark in its.marks]
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
    """Marks of one kind in the two views of a breast, as far from the nipple, by twos."""
    found = [_candidates(each) for each in views]
    left = sorted(shown, key=lambda each: -each.mark.score)
    while left:
        first = left.pop(0)
        other = partner(found, first.view, same_breast=True)
        there = [each for each in left if each.view == other and each.mark.kind is first.mark.kind]
        away = [_from_nipple(each, found[each.view]) for each in there]
        alike = corresponding(_from_nipple(first, found[first.view]), away)
        if not alike:
            yield (first,)
            continue
        # Of several the likeliest, which `left` has first.
        second = there[min(alike)]
        left.remove(second)
        yield first, second


def _from_nipple(placed: PlacedMark, found: ViewCandidates) -> float:
    """Millimetres."""
    assert found.spacing is not None and found.nipple_mm is not None, "marks were sought there"
    steps = found.spacing.column_mm, found.spacing.row_mm
    return float(np.hypot(*(np.multiply(placed.mark.centre, steps) - found.nipple_mm)))


def _candidates(view: ReadView) -> ViewCandidates:
    assert view.found is not None, "only views that were read are given"
    return view.found


def _finding(number: int, group: Sequence[PlacedMark], views: Sequence[ReadView]) -> StudyFinding:
    scores = [each.mark.score for each in group]
    outlines = tuple(_outlined(each, views[each.view]) for each in group)
    return StudyFinding(
        number,
        str(new_uid()),
        outlines[int(np.argmax(scores))],
        outlines,
        max(scores),
        min(scores),
        max(scores),
        # Nothing here tells benign from malignant.
        Suspicion.UNCERTAIN,
        None,
        kind=KINDS[group[0].mark.kind],
    )


def _outlined(placed: PlacedMark, view: ReadView) -> Outlined:
    assert view.hanging is not None, "only views that were read are given"
    # A circle round a place near the edge reaches beyond the picture, which coordinates must not.
    contour = view.hanging.within(view.hanging.points_back(placed.mark.outline))
    return Outlined(view.image.frame_place(1), contour)
