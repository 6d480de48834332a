"""One log in, the whole reader study out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from senoscope.domain.errors import SettingsError
from senoscope.domain.reader_log import LogEntry, Said
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.readers.accuracy import (
    ROLES,
    agreement_figures,
    area_differences,
    mean_areas,
    paired_differences,
    reader_figures,
)
from senoscope.models.evaluation.readers.drift import LEAST_REFERENCE, REFERENCE_EXAMS
from senoscope.models.evaluation.readers.patient_resamples import patient_weights
from senoscope.models.evaluation.readers.read_cases import CaseTable, Override, read_cases
from senoscope.models.evaluation.readers.reader_calibration import calibration_figures
from senoscope.models.evaluation.readers.reader_rows import (
    PROBABILITY,
    Outcomes,
    order,
    readers_of,
)
from senoscope.models.evaluation.readers.reader_study import (
    CalibrationFigures,
    Counted,
    DriftTrace,
    LeftOut,
    NotWatched,
    OverrideTally,
    ReaderStudy,
)
from senoscope.models.evaluation.readers.watched_ai import WatchedAi

RESAMPLES = 1000


def read_log(
    entries: Sequence[LogEntry],
    reference_exams: int = REFERENCE_EXAMS,
    resamples: int = RESAMPLES,
) -> ReaderStudy:
    """Everything that can be said of these entries, in any order; also of none.

    `reference_exams`: how many of an AI's first exams its later ones are compared with.
    SettingsError for fewer than LEAST_REFERENCE.
    """
    if reference_exams < LEAST_REFERENCE:
        raise SettingsError(
            f"A reference window of {reference_exams} exams was asked for; expected at least "
            f"{LEAST_REFERENCE}, or false alarms cannot be kept rare."
        )
    table = read_cases(entries)
    known = Outcomes.known(table)
    weights = patient_weights(max(1, len({case.patient for case in table.cases})), resamples)
    watched = [
        WatchedAi(by, table, table.reads[Said.AI, by], reference_exams)
        for by in readers_of(table, Said.AI)
    ]
    drift = [each.drift() for each in watched]
    return ReaderStudy(
        counted=_counted(entries, table),
        figures=reader_figures(table, known, weights),
        means=mean_areas(table, known),
        differences=area_differences(table, known),
        pairs=paired_differences(table, known),
        agreement=agreement_figures(table, weights),
        calibration=_calibration(table, known, weights),
        by_month=tuple(part for each in watched for part in each.periods(_month)),
        by_scanner=tuple(part for each in watched for part in each.periods(_of_scanner)),
        drift=_joined_traces(drift),
        not_watched=tuple(each for _, missing in drift for each in missing),
        overrides=_tallied(table.overrides),
    )


def _joined_traces(
    drift: Sequence[tuple[tuple[DriftTrace, ...], tuple[NotWatched, ...]]],
) -> tuple[DriftTrace, ...]:
    return tuple(each for traces, _ in drift for each in traces)


def _month(at: datetime, _scanner: str) -> str:
    return f"{at.astimezone(UTC):%Y-%m}"


def _of_scanner(_at: datetime, scanner: str) -> str:
    return scanner


def _counted(entries: Sequence[LogEntry], table: CaseTable) -> Counted:
    times = [each.at for each in entries]
    return Counted(
        entries=len(entries),
        patients=len({each.patient for each in entries}),
        exams=len({(each.patient, each.exam) for each in entries}),
        cases=len(table.cases),
        with_outcome=sum(case.cancer is not None for case in table.cases),
        cancers=sum(case.cancer is True for case in table.cases),
        first=min(times, default=None),
        last=max(times, default=None),
        left_out=tuple(LeftOut(reason, count) for reason, count in sorted(table.left_out.items())),
    )


def _calibration(
    table: CaseTable, known: Outcomes, weights: Floats
) -> tuple[CalibrationFigures, ...]:
    """Of everybody who gave a probability for all of her cases."""
    made = []
    for said in (*ROLES, Said.AI):
        for by in readers_of(table, said):
            here = known.read_by(table.reads[said, by])
            if not len(here.places):
                continue
            ordered_by, chances = order(here.reads(table.reads[said, by]))
            if ordered_by == PROBABILITY:
                made.append(
                    calibration_figures(by, said, here.labels, chances, here.patient, weights)
                )
    return tuple(made)


def _tallied(overrides: Sequence[Override]) -> tuple[OverrideTally, ...]:
    """By reader and reason, the most frequent first."""
    every = Counter((each.by, each.reason) for each in overrides)
    known = Counter((each.by, each.reason, each.cancer) for each in overrides)
    return tuple(
        OverrideTally(by, reason, count, known[by, reason, True], known[by, reason, False])
        for (by, reason), count in every.most_common()
    )
