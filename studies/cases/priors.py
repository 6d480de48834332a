"""What became of each finding since an earlier exam of the same modality, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from senoscope.studies.cases.case_values import (
    CaseExam,
    CaseFinding,
    FindingKey,
    Modality,
    by_modality,
)
from senoscope.studies.cases.matching import likeness

CHANGED_PERCENT, CHANGED_MM = 20.0, 5.0
"""Of the longest diameter: less than either is within what measuring again may give, as for target
lesions that grow (RECIST 1.1, Eisenhauer et al., Eur J Cancer 2009;45:228)."""


class Change(StrEnum):
    """Since the earlier exam. SEEN: it was there, and a size lacks."""

    GROWN = "grown"
    SHRUNK = "shrunk"
    SAME = "same"
    SEEN = "seen"
    NEW = "new"
    NOT_SEEN_BEFORE = "not_seen_before"
    GONE = "gone"
    NOT_SEEN_NOW = "not_seen_now"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class PriorLine:
    """`now` None: what `before` showed is not found. `before` None: it was not there.

    NEW and GONE are said where the other exam covered the place; else NOT_SEEN_BEFORE or
    NOT_SEEN_NOW. UNCLEAR: several earlier ones could be it, or its place is not known.
    """

    modality: Modality
    change: Change
    prior: int
    now: FindingKey | None
    before: FindingKey | None
    percent: float | None = None
    mm: float | None = None


def compared_with_priors(exams: Sequence[CaseExam]) -> tuple[PriorLine, ...]:
    """The newest exam of each modality with the one before it; `exams` the newest first."""
    return tuple(
        line
        for modality, own in by_modality(exams).items()
        if len(own) > 1
        for line in _lines(modality, own[0], own[1])
    )


def size_change(now_mm: float, before_mm: float) -> tuple[Change, float, float]:
    """What it is called, in percent of before and in mm."""
    percent, mm = 100 * (now_mm - before_mm) / before_mm, now_mm - before_mm
    if abs(percent) < CHANGED_PERCENT or abs(mm) < CHANGED_MM:
        return Change.SAME, percent, mm
    return (Change.GROWN if mm > 0 else Change.SHRUNK), percent, mm


def _lines(modality: Modality, now: CaseExam, before: CaseExam) -> Iterator[PriorLine]:
    if not (now.shows and before.shows) or now.trouble or before.trouble:
        return
    ours, theirs = now.of(modality), before.of(modality)
    pairs = _pairs(ours, theirs)
    for each in ours:
        yield _of_finding(modality, each, pairs.get(each.key), theirs, before)
    taken = {each.key for each in pairs.values()}
    for each in theirs:
        if each.key in taken or not each.is_kept:
            continue
        could = any(likeness(one, each).is_match for one in ours)
        covered = (modality, each.place.side) in now.covered
        change = Change.GONE if covered else Change.NOT_SEEN_NOW
        if could or not each.place.is_known:
            change = Change.UNCLEAR
        yield PriorLine(modality, change, before.number, None, each.key)


def _of_finding(
    modality: Modality,
    each: CaseFinding,
    old: CaseFinding | None,
    theirs: Sequence[CaseFinding],
    before: CaseExam,
) -> PriorLine:
    if old is not None:
        if each.size is None or old.size is None or old.size.mm <= 0:
            return PriorLine(modality, Change.SEEN, before.number, each.key, old.key)
        change, percent, mm = size_change(each.size.mm, old.size.mm)
        return PriorLine(modality, change, before.number, each.key, old.key, percent, mm)
    if not each.place.is_known or any(likeness(each, one).is_match for one in theirs):
        return PriorLine(modality, Change.UNCLEAR, before.number, each.key, None)
    covered = (modality, each.place.side) in before.covered
    change = Change.NEW if covered else Change.NOT_SEEN_BEFORE
    return PriorLine(modality, change, before.number, each.key, None)


def _pairs(
    ours: Sequence[CaseFinding], theirs: Sequence[CaseFinding]
) -> dict[FindingKey, CaseFinding]:
    """Those of one kind that match, the likeliest first, each taken once."""
    alike = sorted(
        (
            (likeness(one, other).probability, one.key, other)
            for one in ours
            for other in theirs
            if one.kind is other.kind and likeness(one, other).is_match
        ),
        key=lambda each: -each[0],
    )
    found: dict[FindingKey, CaseFinding] = {}
    for _, key, other in alike:
        if key not in found and other.key not in {each.key for each in found.values()}:
            found[key] = other
    return found
