"""From a log of entries to cases with reads and outcomes; what is left out is counted.

Entries are never changed: of several with the same exam, side, finding, role and author the last
one holds. Pathology needs no author: the last word on a finding holds, whoever wrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import LogEntry, Outcome, Said

RANKS = {"1": 1.0, "2": 2.0, "3": 3.0, "0": 3.5, "4A": 4.0, "4B": 5.0, "4": 5.0, "4C": 6.0,
         "5": 7.0}  # fmt: skip
"""BI-RADS categories as an order. 0 asks for more pictures, more than 3 does; 4 alone is its
middle."""
CALLED_RANK = 3.5
"""From here on a woman is called: 0, 4 and 5."""
KNOWN_CANCER = "6"
_READS = (Said.ALONE, Said.WITH_AI, Said.AI)


@dataclass(frozen=True, slots=True)
class Read:
    """What one reader or AI said of one case; `rank` of its BI-RADS category in RANKS."""

    at: datetime
    probability: float | None
    rank: float | None


@dataclass(frozen=True, slots=True)
class Case:
    """One breast of one exam, or the exam where nobody named a side.

    `cancer` None: no outcome yet. `told`: when the outcome was written.
    """

    patient: str
    exam: str
    laterality: Laterality | None
    modality: str
    scanner: str
    at: datetime
    cancer: bool | None
    told: datetime | None


@dataclass(frozen=True, slots=True)
class Override:
    """One reader's override; `cancer` as of its case, None where that is not known."""

    by: str
    reason: str
    cancer: bool | None


@dataclass(frozen=True)
class CaseTable:
    """`reads[said, by]` maps the place of a case in `cases` to the read. `left_out` by reason."""

    cases: tuple[Case, ...]
    reads: Mapping[tuple[Said, str], Mapping[int, Read]]
    overrides: tuple[Override, ...]
    left_out: Mapping[str, int]


def read_cases(entries: Sequence[LogEntry]) -> CaseTable:
    """All cases that somebody read, in the order of their first entries."""
    left_out: Counter[str] = Counter()
    standing = _standing(sorted(entries, key=lambda each: each.at), left_out)
    exams: dict[tuple[str, str], list[LogEntry]] = {}
    for each in standing:
        exams.setdefault((each.patient, each.exam), []).append(each)
    cases: list[Case] = []
    reads: dict[tuple[Said, str], dict[int, Read]] = {}
    overrides: list[Override] = []
    for of_exam in exams.values():
        here = _exam_cases(of_exam, left_out)
        for case, said_of in here:
            for key, read in _combined(said_of, left_out).items():
                reads.setdefault(key, {})[len(cases)] = read
            cases.append(case)
        overrides += _overrides(of_exam, [case for case, _ in here])
    return CaseTable(tuple(cases), reads, tuple(overrides), dict(+left_out))


def _standing(ordered: Iterable[LogEntry], left_out: Counter[str]) -> list[LogEntry]:
    """The last of each same thing, at the place of the first."""
    last: dict[tuple[object, ...], LogEntry] = {}
    for each in ordered:
        author = "" if each.said is Said.PATHOLOGY else each.by
        key = (each.patient, each.exam, each.laterality, each.finding, each.said, author)
        if key in last:
            left_out["corrected"] += 1
        last[key] = each
    return list(last.values())


def _exam_cases(
    entries: Sequence[LogEntry], left_out: Counter[str]
) -> list[tuple[Case, list[LogEntry]]]:
    reads = [each for each in entries if each.said is not Said.PATHOLOGY]
    told = [each for each in entries if each.said is Said.PATHOLOGY]
    sides = sorted({each.laterality for each in reads if each.laterality is not None})
    if sides:
        left_out["whole_exam_beside_sides"] += sum(each.laterality is None for each in reads)
    if not reads:
        left_out["outcome_without_a_read"] += 1
        return []
    made = []
    named: list[Laterality | None] = [*sides] or [None]
    for side in named:
        said_of = [each for each in reads if each.laterality is side]
        cancer, when = _outcome(told, side, left_out)
        if cancer is None and when is None:
            left_out["no_outcome"] += 1
        scanner = next((each.scanner for each in said_of if each.scanner), "")
        modality = next((each.modality for each in said_of if each.modality), "")
        first = said_of[0]
        at = min(each.at for each in said_of)
        made.append(
            (Case(first.patient, first.exam, side, modality, scanner, at, cancer, when), said_of)
        )
    return made


def _outcome(
    told: Sequence[LogEntry], side: Laterality | None, left_out: Counter[str]
) -> tuple[bool | None, datetime | None]:
    """Of one side; what was told of the whole exam holds for both, but for a cancer."""
    fitting = [each for each in told if side is None or each.laterality in (side, None)]
    sure = [each for each in fitting if each.outcome is Outcome.MALIGNANT]
    of_side = [each for each in sure if side is None or each.laterality is side]
    if sure and not of_side:
        left_out["cancer_without_a_side"] += 1
        return None, max(each.at for each in sure)
    if not fitting:
        return None, None
    return bool(of_side), max(each.at for each in of_side or fitting)


def _combined(entries: Sequence[LogEntry], left_out: Counter[str]) -> dict[tuple[Said, str], Read]:
    """One read a role and author: of the breast where that was said, else its worst finding."""
    said: dict[tuple[Said, str], list[LogEntry]] = {}
    for each in entries:
        role = Said.WITH_AI if each.said is Said.OVERRIDE else each.said
        if not _says_something(each):
            if each.said is not Said.OVERRIDE:
                left_out[_why_not(each)] += 1
            continue
        said.setdefault((role, each.by), []).append(each)
    made = {}
    for key, those in said.items():
        whole = [each for each in those if each.finding is None]
        # An override is the last word on what was read with the AI at that moment.
        kept = [max(whole, key=_last)] if whole else those
        probabilities = [each.probability for each in kept if each.probability is not None]
        ranks = [rank for each in kept if (rank := rank_of(each.assessment)) is not None]
        made[key] = Read(
            max(each.at for each in kept),
            max(probabilities, default=None),
            max(ranks, default=None),
        )
    return made


def _last(entry: LogEntry) -> tuple[datetime, bool]:
    return entry.at, entry.said is Said.OVERRIDE


def rank_of(assessment: str) -> float | None:
    """Of a BI-RADS category such as "4A" or "BI-RADS 4a"; None for any other word."""
    return RANKS.get(_category(assessment))


def _category(assessment: str) -> str:
    return assessment.upper().replace("BI-RADS", "").strip()


def _says_something(entry: LogEntry) -> bool:
    if _category(entry.assessment) == KNOWN_CANCER:
        return False
    return entry.probability is not None or rank_of(entry.assessment) is not None


def _why_not(entry: LogEntry) -> str:
    category = _category(entry.assessment)
    if category == KNOWN_CANCER:
        return "known_cancer"
    return "unknown_category" if category else "says_nothing"


def _overrides(entries: Sequence[LogEntry], cases: Sequence[Case]) -> list[Override]:
    cancer = {case.laterality: case.cancer for case in cases}
    return [
        Override(each.by, each.reason.strip(), cancer.get(each.laterality))
        for each in entries
        if each.said is Said.OVERRIDE
    ]
