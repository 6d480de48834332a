"""What the modalities, their readers and the patient's exams do not agree on, each by its name.

None of it is hidden by joining findings: a group keeps what speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from senoscope.studies.cases.case_values import (
    CaseExam,
    CaseFinding,
    FindingKey,
    Modality,
    current,
)
from senoscope.studies.cases.matching import LesionGroup, likeness

SIZE_MM, SIZE_SHARE = 7.0, 0.3
"""Two sizes differ where they are farther apart than both: ultrasound gives about 4 mm too little
and MRI 3 mm too much of what pathology finds (Sogunro et al., Breast Dis 2021;40:177, 76 cancers).
Single lesions are off by more: 95 % limits of -15 to +17 mm with MRI and of -25 to +41 mm with
mammography in 65 mastectomies (doi:10.4328/ACAM.50080)."""
MONTHS_APART = 6.0
"""Exams that lie farther apart may show two states of one lesion."""
_MONTH_DAYS = 30.44


class Dispute(StrEnum):
    """What is disagreed on; each has its sentence in the page's catalogue."""

    NOT_ON = "not_on"
    NOT_ON_PROBE = "not_on_probe"
    SIZES = "sizes"
    SUSPICION = "suspicion"
    QUADRANTS = "quadrants"
    OVERRULED = "overruled"
    RIVALS = "rivals"
    MIRRORED = "mirrored"
    SIDE_CONTRADICTED = "side_contradicted"
    NO_PLACE = "no_place"
    ASSESSMENTS = "assessments"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Of a `group` by its number, None: of the whole case. `said`: what its sentence names."""

    dispute: Dispute
    group: int | None
    findings: tuple[FindingKey, ...] = ()
    said: Mapping[str, str | float] = field(default_factory=dict)


def disagreements(
    exams: Sequence[CaseExam], groups: Sequence[LesionGroup]
) -> tuple[Disagreement, ...]:
    """Of the newest exam of each modality, the groups in order, then of the whole."""
    newest = current(exams)
    found: list[Disagreement] = []
    for group in groups:
        found += _of_places(group)
        found += _not_seen(group, newest)
        found += _between(group)
    found += _mirrored(groups)
    found += _of_exams(newest)
    return tuple(found)


def _of_places(group: LesionGroup) -> Iterator[Disagreement]:
    for each in group.findings:
        if each.contradicts_side:
            yield Disagreement(Dispute.SIDE_CONTRADICTED, group.number, (each.key,))
        elif not each.place.is_known or each.place.side is None:
            yield Disagreement(Dispute.NO_PLACE, group.number, (each.key,))
    if group.rivals:
        own = tuple(each.key for each in group.findings)
        yield Disagreement(Dispute.RIVALS, group.number, (*own, *group.rivals))


def _not_seen(group: LesionGroup, newest: Mapping[Modality, CaseExam]) -> Iterator[Disagreement]:
    """What nobody has kept is missed by nobody."""
    kept = [each for each in group.findings if each.is_kept]
    if group.side is None or not kept:
        return
    seen = {one for each in kept for one in each.modalities}
    keys = tuple(each.key for each in kept)
    for modality, exam in newest.items():
        if (
            modality in seen
            or not exam.shows
            or any(modality in each.modalities for each in group.findings)
        ):
            continue
        said = {"modality": modality.value}
        if (modality, group.side) in exam.covered:
            yield Disagreement(Dispute.NOT_ON, group.number, keys, said)
        elif modality is Modality.ULTRASOUND:
            yield Disagreement(Dispute.NOT_ON_PROBE, group.number, keys, said)


def _between(group: LesionGroup) -> Iterator[Disagreement]:
    for one, other in combinations(group.findings, 2):
        if one.key.exam == other.key.exam and one.modality is other.modality:
            continue
        keys = (one.key, other.key)
        said: dict[str, str | float] = {"one": one.modality.value, "other": other.modality.value}
        if one.is_kept != other.is_kept:
            yield Disagreement(Dispute.OVERRULED, group.number, keys, said)
        if _sizes_differ(one, other):
            assert one.size is not None and other.size is not None, "both differ"
            mm = {"one_mm": one.size.mm, "other_mm": other.size.mm}
            yield Disagreement(Dispute.SIZES, group.number, keys, said | mm)
        words = (one.suspicion, other.suspicion)
        if None not in words and words[0] != words[1]:
            words_said = {"one_word": str(words[0]), "other_word": str(words[1])}
            yield Disagreement(Dispute.SUSPICION, group.number, keys, said | words_said)
        if _quadrants_differ(one, other):
            both = {"one_word": one.place.quadrant, "other_word": other.place.quadrant}
            yield Disagreement(Dispute.QUADRANTS, group.number, keys, said | both)


def _sizes_differ(one: CaseFinding, other: CaseFinding) -> bool:
    if one.size is None or other.size is None:
        return False
    apart = abs(one.size.mm - other.size.mm)
    return apart > SIZE_MM and apart > SIZE_SHARE * max(one.size.mm, other.size.mm)


def _quadrants_differ(one: CaseFinding, other: CaseFinding) -> bool:
    """Where both know a half, and it is another one."""
    mine, theirs = set(one.place.quadrant.split()), set(other.place.quadrant.split())
    opposite = {"upper": "lower", "lower": "upper", "inner": "outer", "outer": "inner"}
    return any(opposite[each] in theirs for each in mine)


def _mirrored(groups: Sequence[LesionGroup]) -> Iterator[Disagreement]:
    """Groups of two breasts, of different modalities, that would match in the mirror."""
    for one, other in combinations(groups, 2):
        mine, theirs = (
            {name for each in group.findings for name in each.modalities} for group in (one, other)
        )
        if mine & theirs:
            continue
        for a in one.findings:
            for b in other.findings:
                if likeness(a, b, mirrored=True).is_match:
                    said = {"one": a.modality.value, "other": b.modality.value}
                    yield Disagreement(Dispute.MIRRORED, one.number, (a.key, b.key), said)


def _of_exams(newest: Mapping[Modality, CaseExam]) -> Iterator[Disagreement]:
    exams = list(dict.fromkeys(exam.number for exam in newest.values()))
    by_number = {exam.number: exam for exam in newest.values()}
    signed = {number: by_number[number].assessment for number in exams}
    said = {number: word for number, word in signed.items() if word}
    if len(set(said.values())) > 1:
        listed = ", ".join(f"{number}: {word}" for number, word in said.items())
        yield Disagreement(Dispute.ASSESSMENTS, None, (), {"listed": listed})
    dates = [exam.study_date for exam in by_number.values() if exam.study_date is not None]
    if dates:
        months = (max(dates) - min(dates)).days / _MONTH_DAYS
        if months > MONTHS_APART:
            yield Disagreement(Dispute.APART, None, (), {"months": round(months, 1)})
