"""Which findings of different modalities are one lesion: by where they lie, and never by force.

Two places are compared by how likely their distance is if they are one, against two places drawn
anywhere in the breast: a likelihood ratio, and with even odds beforehand a probability. Findings
are joined from MATCH on, where their distance is one that 95 in 100 same lesions keep. Where a
second finding of the other modality is nearly as likely, neither is joined.

How far the same lesion lies elsewhere when the breast lies otherwise: 1 to 2 cm. Between prone MRI
and supine ultrasound 64 % of 285 lesions moved within their region and 36 % into another one along
the arc round the nipple (Telegrafo et al., Br J Radiol 2016;89:20150497), more in fatty breasts.
DISPLACED_MM along each of two axes is 15 mm on average; what lies behind the nipple is laid flat
before, see `breast_place`. None of these numbers was fitted: no data set with matched lesions is at
hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, pi, sqrt

import numpy as np

from senoscope.domain.mammogram import Laterality
from senoscope.studies.cases.case_values import (
    POSTURES,
    CaseExam,
    CaseFinding,
    FindingKey,
    current,
)
from senoscope.studies.study_reading import FindingKind

DISPLACED_MM = 12.0
"""Standard deviation along either axis where the breast lies otherwise."""
REPOSITIONED_MM = 6.0
"""The same where it lies alike: another day, or two views of one compression."""
BREAST_MM2 = pi * 70.0**2
"""Of a breast laid flat, over which another lesion may lie anywhere."""
MATCH = 0.5
MOST_SQUARED = 5.99
"""Squared distance in standard deviations: 95 % of a Gaussian in the plane."""
RIVAL = 0.5
"""A second candidate with this share of the likelihood ratio of the first makes both doubtful."""
TOGETHER_MM = 15.0
"""Marks of different kinds in one exam as near as this are one place: a calcified mass."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of two findings: the probability of being one lesion, and how far apart they lie."""

    probability: float
    apart_mm: float
    is_within: bool

    @property
    def is_match(self) -> bool:
        """Whether they may be joined."""
        return self.is_within and self.probability >= MATCH

    @property
    def ratio(self) -> float:
        """The likelihood ratio."""
        return self.probability / max(1 - self.probability, 1e-9)


NOT_ALIKE = Likeness(0.0, float("inf"), False)


@dataclass(frozen=True, slots=True)
class LesionGroup:
    """One lesion as far as can be told: findings of one or several modalities, of one `side`.

    `sure`: the least probability by which any of them was joined, 1 where there is one alone.
    `rivals`: findings that could be this lesion too, and are not joined for that reason.
    """

    number: int
    side: Laterality | None
    findings: tuple[CaseFinding, ...]
    sure: float
    rivals: tuple[FindingKey, ...] = ()


def likeness(one: CaseFinding, other: CaseFinding, mirrored: bool = False) -> Likeness:
    """By their places; `mirrored`: of the two breasts, one as the mirror has it."""
    a, b = one.place, other.place
    if a.side is None or b.side is None or not (a.is_known and b.is_known):
        return NOT_ALIKE
    if (a.side == b.side) == mirrored:
        return NOT_ALIKE
    alike = POSTURES[one.modality] is POSTURES[other.modality]
    moved = REPOSITIONED_MM if alike else DISPLACED_MM
    spread = a.covariance + b.covariance + np.eye(2) * moved**2
    off = a.middle - b.middle
    squared = float(off @ np.linalg.inv(spread) @ off)
    density = exp(-squared / 2) / (2 * pi * sqrt(float(np.linalg.det(spread))))
    ratio = BREAST_MM2 * density
    return Likeness(ratio / (1 + ratio), float(np.hypot(*off)), squared <= MOST_SQUARED)


def grouped(exams: Sequence[CaseExam]) -> tuple[LesionGroup, ...]:
    """Of the newest exam of each modality; those seen on most modalities first."""
    findings = [
        finding for modality, exam in current(exams).items() for finding in exam.of(modality)
    ]
    clusters = _Clusters(_together(findings))
    clusters.join()
    made = sorted(clusters.groups(), key=_order)
    return tuple(LesionGroup(number, *each) for number, each in enumerate(made, start=1))


_Parts = tuple[Laterality | None, tuple[CaseFinding, ...], float, tuple[FindingKey, ...]]


def _order(parts: _Parts) -> tuple[bool, int, float]:
    _, findings, _, _ = parts
    modalities = {one for each in findings for one in each.modalities}
    is_kept = any(each.is_kept for each in findings)
    return not is_kept, -len(modalities), -max(each.probability for each in findings)


def _together(findings: Iterable[CaseFinding]) -> list[list[CaseFinding]]:
    """Marks of different kinds at one place of one exam are one to begin with."""
    clusters: list[list[CaseFinding]] = []
    for finding in findings:
        home = next((each for each in clusters if _is_one_place(each, finding)), None)
        if home is None:
            clusters.append([finding])
        else:
            home.append(finding)
    return clusters


def _is_one_place(cluster: Sequence[CaseFinding], finding: CaseFinding) -> bool:
    marks = (FindingKind.MASS, FindingKind.CALCIFICATIONS, FindingKind.DISTORTION)
    return finding.kind in marks and all(
        each.kind in marks
        and each.kind is not finding.kind
        and each.key.exam == finding.key.exam
        and (alike := likeness(each, finding)).is_match
        and alike.apart_mm <= TOGETHER_MM
        for each in cluster
    )


class _Clusters:
    """Findings that are joined, the likeliest pairs first."""

    def __init__(self, clusters: Sequence[Sequence[CaseFinding]]) -> None:
        self._own = [tuple(each) for each in clusters]
        self._of = list(range(len(clusters)))
        self._sure: dict[int, float] = dict.fromkeys(self._of, 1.0)
        self._rivals: dict[int, set[int]] = {each: set() for each in self._of}
        self._alike: Mapping[tuple[int, int], Likeness] = {
            (a, b): max(
                (likeness(x, y) for x in self._own[a] for y in self._own[b]),
                key=lambda each: each.probability,
            )
            for a, b in combinations(self._of, 2)
            if not self._seen_by(a) & self._seen_by(b)
        }

    def join(self) -> None:
        """All that match and have no rival."""
        matches = [pair for pair, alike in self._alike.items() if alike.is_match]
        for a, b in sorted(matches, key=lambda pair: -self._alike[pair].probability):
            if self._of[a] == self._of[b] or not self._may_join(a, b):
                continue
            rivals = {*self._rivals_of(a, b), *self._rivals_of(b, a)}
            if rivals:
                self._rivals[a] |= {b, *rivals} - {a}
                self._rivals[b] |= {a, *rivals} - {b}
                continue
            self._merge(self._of[a], self._of[b], self._alike[a, b].probability)

    def groups(self) -> list[_Parts]:
        """What came of it."""
        made: list[_Parts] = []
        for group in sorted(set(self._of)):
            members = [each for each, of in enumerate(self._of) if of == group]
            findings = tuple(one for each in members for one in self._own[each])
            rivals = {one for each in members for one in self._rivals[each]} - set(members)
            keys = tuple(sorted(one.key for each in rivals for one in self._own[each]))
            made.append((findings[0].place.side, findings, self._sure[group], keys))
        return made

    def _seen_by(self, cluster: int) -> frozenset[object]:
        return frozenset(one for each in self._own[cluster] for one in each.modalities)

    def _may_join(self, a: int, b: int) -> bool:
        """No modality twice, and nobody in one group is far from anybody in the other."""
        mine, theirs = ([k for k, of in enumerate(self._of) if of == self._of[x]] for x in (a, b))
        return all(
            self._alike.get((min(x, y), max(x, y)), NOT_ALIKE).is_within
            for x in mine
            for y in theirs
        )

    def _rivals_of(self, one: int, other: int) -> set[int]:
        """What else of the modality of `other`, not joined yet, may as well be `one`."""
        best = self._alike[min(one, other), max(one, other)].ratio
        found = set()
        for each in range(len(self._of)):
            alike = self._alike.get((min(one, each), max(one, each)))
            if each in (one, other) or alike is None or not alike.is_match:
                continue
            is_taken = self._of.count(self._of[each]) > 1
            if (
                self._seen_by(each) & self._seen_by(other)
                and not is_taken
                and alike.ratio >= RIVAL * best
            ):
                found.add(each)
        return found

    def _merge(self, one: int, other: int, probability: float) -> None:
        self._of = [one if each == other else each for each in self._of]
        self._sure[one] = min(self._sure[one], self._sure[other], probability)
