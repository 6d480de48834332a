"""One AI's probabilities over time: calibration by month and scanner, drift against a reference.

The reference window is the first exams that the AI read. A scanner with enough exams in it is
compared with its own; a new one, or one seldom used then, with the window of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.evaluation.readers.drift import (
    LEAST_REFERENCE,
    REFERENCE_CANCERS,
    Moment,
    Watched,
    watch_outcomes,
    watch_scores,
)
from senoscope.models.evaluation.readers.read_cases import Case, CaseTable, Read
from senoscope.models.evaluation.readers.reader_calibration import (
    calibration_period,
    logits,
    recalibration,
)
from senoscope.models.evaluation.readers.reader_study import (
    CalibrationPeriod,
    DriftTrace,
    NotWatched,
)

NO_SCANNER = "(not said)"


@dataclass(frozen=True, slots=True)
class _Exam:
    """`cases` with the AI's probability of each."""

    at: datetime
    exam: str
    scanner: str
    logit: float
    cases: tuple[tuple[Case, float], ...]


class WatchedAi:
    """`reads` of one AI by the places of cases; those without a probability are left out."""

    def __init__(
        self, by: str, table: CaseTable, reads: Mapping[int, Read], reference: int
    ) -> None:
        self._by, self._needed = by, reference
        self._exams = _exams(table, reads)
        self._window = self._exams[:reference]

    def periods(self, name: Callable[[datetime, str], str]) -> tuple[CalibrationPeriod, ...]:
        """Of exams by what `name` makes of their time and scanner, in alphabetical order."""
        parts: dict[str, list[_Exam]] = {}
        for exam in self._exams:
            parts.setdefault(name(exam.at, exam.scanner), []).append(exam)
        return tuple(
            calibration_period(
                self._by,
                part,
                np.array([exam.logit for exam in exams]),
                [
                    (case.cancer, chance)
                    for exam in exams
                    for case, chance in exam.cases
                    if case.cancer is not None
                ],
            )
            for part, exams in sorted(parts.items())
        )

    def drift(self) -> tuple[tuple[DriftTrace, ...], tuple[NotWatched, ...]]:
        """A trace of scores for each scanner, one of outcomes for all; and what cannot be told."""
        if len(self._window) < self._needed:
            return (), (NotWatched(self._by, "logit", len(self._window), self._needed),)
        traces = [self._of_scanner(each) for each in self._scanners()]
        outcome = self._of_outcomes()
        if isinstance(outcome, NotWatched):
            return tuple(traces), (outcome,)
        return (*traces, *([] if outcome is None else [outcome])), ()

    def _scanners(self) -> list[str]:
        return sorted({exam.scanner for exam in self._exams[self._needed :]})

    def _of_scanner(self, scanner: str) -> DriftTrace:
        own = [exam.logit for exam in self._window if exam.scanner == scanner]
        enough = len(own) >= LEAST_REFERENCE
        reference = np.array(own if enough else [exam.logit for exam in self._window])
        later = [exam for exam in self._exams[self._needed :] if exam.scanner == scanner]
        found = watch_scores(
            reference,
            np.array([exam.logit for exam in later]),
            [Moment(exam.at, exam.exam) for exam in later],
        )
        return self._trace(scanner, "logit", len(reference), enough, found)

    def _of_outcomes(self) -> DriftTrace | NotWatched | None:
        """None before there is a later case with an outcome."""
        labels, of = _known(self._window)
        fit = None
        if min(int(labels.sum()), int((~labels).sum())) >= REFERENCE_CANCERS:
            fit = recalibration(labels, of)
        if fit is None:
            return NotWatched(self._by, "outcome", int(labels.sum()), REFERENCE_CANCERS)
        told = sorted(
            (
                (case.told, case.exam, case.cancer, chance)
                for exam in self._exams[self._needed :]
                for case, chance in exam.cases
                if case.told is not None and case.cancer is not None
            ),
            key=lambda each: each[0],
        )
        if not told:
            return None
        later = (
            np.array([cancer for _, _, cancer, _ in told], dtype=np.bool_),
            logits(np.array([chance for *_, chance in told])),
        )
        found = watch_outcomes(of, later, [Moment(at, exam) for at, exam, _, _ in told], fit)
        return self._trace("", "outcome", len(self._window), True, found)

    def _trace(self, scanner: str, kind: str, size: int, own: bool, found: Watched) -> DriftTrace:
        return DriftTrace(
            self._by, scanner, kind, size, own, found.limit, found.points, found.alarms
        )


def _exams(table: CaseTable, reads: Mapping[int, Read]) -> list[_Exam]:
    """In the order in which the AI read them."""
    parts: dict[tuple[str, str], list[tuple[datetime, Case, float]]] = {}
    for place, read in reads.items():
        if read.probability is not None:
            case = table.cases[place]
            key = (case.patient, case.exam)
            parts.setdefault(key, []).append((read.at, case, read.probability))
    exams = [
        _Exam(
            min(at for at, _, _ in part),
            part[0][1].exam,
            part[0][1].scanner or NO_SCANNER,
            float(logits(np.array([chance for _, _, chance in part])).mean()),
            tuple((case, chance) for _, case, chance in part),
        )
        for part in parts.values()
    ]
    return sorted(exams, key=lambda exam: exam.at)


def _known(exams: list[_Exam]) -> tuple[Bools, Floats]:
    known = [
        (case.cancer, chance)
        for exam in exams
        for case, chance in exam.cases
        if case.cancer is not None
    ]
    labels = np.array([cancer for cancer, _ in known], dtype=np.bool_)
    return labels, logits(np.array([chance for _, chance in known], dtype=np.float64))
