"""A table of a finished reader study, written as the log it would have made.

The scores and outcomes are those of the table (Wu et al., IEEE Trans Med Imaging 2020;39:1184, and
the networks of Stadnick et al. 2021). When each exam was read and on which scanner the table does
not say: times and scanners are SIMULATED here, and a reading "with the AI" is calculated, if asked
for: nobody read it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO

import numpy as np

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import LogEntry, Outcome, Said
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.readers.reader_calibration import logits
from senoscope.models.odds import logistic

CASE, SIDE, LABEL = "case_ID", "side", "label"
READER, NETWORK, SCORE = "Reader", "AI_", "_POM"
SEED = 20240611
FIRST_DAY = datetime(2024, 1, 8, 8, tzinfo=UTC)
EXAMS_A_DAY = 3
SCANNERS = ("scanner A (simulated)", "scanner B (simulated)")
NEW_SCANNER = "scanner C, new (simulated)"
OUTCOME_AFTER = timedelta(days=14)
MODALITY = "MG"


@dataclass(frozen=True, slots=True)
class ReplayedRow:
    """One breast: `scores` by the reader's or network's name, each 0..1."""

    case: str
    side: Laterality
    cancer: bool
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Replay:
    """What is simulated. `with_ai`: the network whose mean logit with each reader's is written.

    From the exam at `shift_from` on (a share of them) a new scanner replaces the last of SCANNERS,
    and every network's logits rise there by `shift_sd` standard deviations of its exams.
    """

    with_ai: str | None = None
    shift_sd: float = 0.0
    shift_from: float = 0.75

    def __post_init__(self) -> None:
        if not -5 <= self.shift_sd <= 5:
            raise SettingsError(
                f"A shift of {self.shift_sd:g} standard deviations was given; expected -5 to 5."
            )
        if not 0 < self.shift_from < 1:
            raise SettingsError(
                f"A shift from {self.shift_from:g} on was given; expected a share of the exams "
                "between 0 and 1."
            )


def read_scores(text: str) -> tuple[ReplayedRow, ...]:
    """Of a CSV with case_ID, side (L, R), label (0, 1) and columns ReaderNN_POM and AI_NAME_POM.

    DataSetError names line and column of what is wrong.
    """
    rows = csv.DictReader(StringIO(text))
    named = {name: _who(name) for name in rows.fieldnames or () if _who(name)}
    lacking = [name for name in (CASE, SIDE, LABEL) if name not in (rows.fieldnames or ())]
    if lacking or not named:
        raise DataSetError(
            f"The table lacks {', '.join(lacking) or 'any column of scores'}; expected {CASE}, "
            f"{SIDE}, {LABEL}, and columns such as Reader01_POM and AI_GMIC_top1_POM."
        )
    made: dict[tuple[str, str], ReplayedRow] = {}
    for line, row in enumerate(rows, start=2):
        key = (row[CASE], row[SIDE])
        if key in made:
            raise _trouble(line, SIDE, "the same breast a second time", "each breast once")
        made[key] = _row(line, row, named)
    if not made:
        raise DataSetError("The table has no rows; expected one a breast. Give the whole file.")
    return tuple(made.values())


def replayed(rows: Sequence[ReplayedRow], how: Replay) -> tuple[LogEntry, ...]:
    """In the order in which it would have been written; times and scanners are simulated."""
    networks = sorted({name for row in rows for name in row.scores if not _is_reader(name)})
    if how.with_ai is not None and how.with_ai not in networks:
        raise SettingsError(
            f"{how.with_ai} was asked for; expected one of the table's networks: "
            f"{', '.join(networks)}."
        )
    exams: dict[str, list[ReplayedRow]] = {}
    for row in rows:
        exams.setdefault(row.case, []).append(row)
    spread = {name: exam_spread(exams.values(), name) for name in networks}
    numbers = np.random.default_rng(SEED)
    order = numbers.permutation(len(exams)).tolist()
    names = sorted(exams)
    entries: list[LogEntry] = []
    for place, drawn in enumerate(order):
        of = exams[names[drawn]]
        scanner = SCANNERS[int(numbers.integers(len(SCANNERS)))]
        moved = scanner == SCANNERS[-1] and place >= how.shift_from * len(order)
        if moved and how.shift_sd:
            scanner = NEW_SCANNER
        shift = {
            name: how.shift_sd * sd if scanner == NEW_SCANNER else 0.0
            for name, sd in spread.items()
        }
        day, turn = divmod(place, EXAMS_A_DAY)
        at = FIRST_DAY + timedelta(days=day, hours=2 * turn)
        for row in of:
            entries += _entries(row, at, scanner, shift, how.with_ai)
    return tuple(sorted(entries, key=lambda each: each.at))


def exam_spread(exams: Iterable[Sequence[ReplayedRow]], name: str) -> float:
    """Standard deviation of exams' mean logits, as drift is told of them."""
    means = [logits(np.array([row.scores[name] for row in of])).mean() for of in exams]
    return float(np.std(means))


def _entries(
    row: ReplayedRow,
    at: datetime,
    scanner: str,
    shift: Mapping[str, float],
    with_ai: str | None,
) -> Iterator[LogEntry]:
    def said(how: Said, by: str, after: timedelta, **what: object) -> LogEntry:
        return LogEntry(
            at + after, f"P{row.case}", f"E{row.case}", how, by, row.side, MODALITY, scanner,
            **what,  # type: ignore[arg-type]
        )  # fmt: skip

    scores = {
        name: _moved(score, shift[name]) if shift.get(name) else score
        for name, score in row.scores.items()
    }
    for name, score in scores.items():
        if not _is_reader(name):
            yield said(Said.AI, name, timedelta(), probability=score)
            continue
        yield said(Said.ALONE, name, timedelta(minutes=10), probability=score)
        if with_ai is not None:
            yield said(
                Said.WITH_AI, name, timedelta(minutes=20),
                probability=_between(score, scores[with_ai]),
            )  # fmt: skip
    outcome = Outcome.MALIGNANT if row.cancer else Outcome.NO_CANCER
    yield said(Said.PATHOLOGY, "the table's label", OUTCOME_AFTER, outcome=outcome)


def _moved(score: float, by: float) -> float:
    return logistic(float(logits(np.array([score]))[0]) + by)


def _between(one: float, other: float) -> float:
    both: Floats = logits(np.array([one, other]))
    return logistic(float(both.mean()))


def _who(column: str) -> str:
    """Whose scores a column has; empty where it has none."""
    if not column.endswith(SCORE) or not column.startswith((READER, NETWORK)):
        return ""
    return column.removesuffix(SCORE).removeprefix(NETWORK).replace(READER, f"{READER} ")


def _is_reader(name: str) -> bool:
    return name.startswith(f"{READER} ")


def _row(line: int, row: Mapping[str, str], named: Mapping[str, str]) -> ReplayedRow:
    if row[SIDE] not in set(Laterality):
        raise _trouble(line, SIDE, repr(row[SIDE]), "L or R")
    label = _number(line, LABEL, row[LABEL])
    if label not in (0, 1):
        raise _trouble(line, LABEL, repr(row[LABEL]), "0 or 1")
    scores = {who: _number(line, column, row[column]) for column, who in named.items()}
    if not row[CASE].strip():
        raise _trouble(line, CASE, "nothing", "the exam's number")
    return ReplayedRow(row[CASE].strip(), Laterality(row[SIDE]), label == 1, scores)


def _number(line: int, column: str, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError as error:
        raise _trouble(line, column, repr(text), "a number") from error
    if not (math.isfinite(value) and 0 <= value <= 1):
        raise _trouble(line, column, repr(text), "0 to 1")
    return value


def _trouble(line: int, column: str, given: str, expected: str) -> DataSetError:
    return DataSetError(
        f"Line {line}, column {column}: {given} was given; expected {expected}. Mend the table."
    )
