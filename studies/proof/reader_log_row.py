"""One row of a reader log's table: its columns, what they hold, and cells to an entry and back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import LogEntry, Outcome, Said
from senoscope.studies.exams.pathology_records import day_said
from senoscope.studies.files.table_text import TableText
from senoscope.studies.sign_off import Assessment

LONGEST_CELL = 2000
FORMULA = "=+-@\t\r'"
"""What a spreadsheet takes for the beginning of a formula; and the sign that says it is text."""
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Column:
    """For the dictionary."""

    holds: str
    values: str
    empty: str


def _words(words: type[StrEnum]) -> str:
    return " | ".join(words)


ASSESSMENTS = (*Assessment, "4")
"""4 without a letter is what logs from elsewhere have."""
MUST = "never empty"
COLUMNS = {
    "at": Column("when it was said", "ISO 8601 with its zone", MUST),
    "patient": Column("pseudonym of the patient, alike in all of her exams", "text", MUST),
    "exam": Column("pseudonym of the exam", "text", MUST),
    "said": Column("by whom, knowing what", _words(Said), MUST),
    "by": Column(
        "who said it: a reader's pseudonym, or the AI's models, engine and version; of pathology "
        "who entered it", "text", MUST,
    ),
    "laterality": Column(
        "which breast it is of; readers and AI speak of the exam, and so of one breast where all "
        "its images show that one", _words(Laterality), "of the whole exam",
    ),
    "modality": Column("DICOM Modality of what was read, by comma", "text", "not of images"),
    "scanner": Column(
        "Manufacturer, model and a pseudonym of the station; begins with simulated where no "
        "patient was there", "text", "not known",
    ),
    "probability": Column(
        "of malignancy; of the AI's marks on mammograms, of being one; of a whole exam the "
        "highest, 0 where the AI found nothing", "0 to 1", "none was given; of AI: it did not read",
    ),
    "assessment": Column("BI-RADS category", " | ".join(ASSESSMENTS), "none was given"),
    "finding": Column(
        "number of the finding in the AI's reading", "whole number from 1", "of no single finding"
    ),
    "reason": Column("of an override, in the reader's words", "text", "not an override"),
    "outcome": Column(
        "of pathology; a later row of the same exam, laterality and finding corrects an earlier",
        _words(Outcome), "not pathology",
    ),
    "found_on": Column(
        "day of the tissue, or up to which she was followed without cancer", "YYYY-MM-DD",
        "not pathology, or not known",
    ),
}  # fmt: skip
"""In their order in the file."""
CHAIN = {
    "previous": ("hash of the row before", "64 hexadecimal digits", MUST),
    "hash": (
        "SHA-256 of the JSON list of this row's cells up to previous", "64 hexadecimal digits", MUST
    ),
}  # fmt: skip
NEEDED = tuple(name for name, each in COLUMNS.items() if each.empty == MUST)


def cells_of(entry: LogEntry) -> dict[str, str]:
    """By column; texts that a spreadsheet would take for a formula begin with an apostrophe."""
    found_on = None if entry.found_on is None else entry.found_on.isoformat()
    return {
        "at": entry.at.isoformat(),
        "patient": _guarded(entry.patient),
        "exam": _guarded(entry.exam),
        "said": entry.said.value,
        "by": _guarded(entry.by),
        "laterality": "" if entry.laterality is None else entry.laterality.value,
        "modality": _guarded(entry.modality),
        "scanner": _guarded(entry.scanner),
        "probability": "" if entry.probability is None else repr(float(entry.probability)),
        "assessment": _guarded(entry.assessment),
        "finding": "" if entry.finding is None else str(entry.finding),
        "reason": _guarded(entry.reason),
        "outcome": "" if entry.outcome is None else entry.outcome.value,
        "found_on": found_on or "",
    }


def entry_of(cells: Mapping[str, str], table: TableText, line: int) -> LogEntry:
    """What `cells_of` was given. DataSetError names the column."""
    row = _Row(cells, table, line)
    said = row.word("said", Said)
    outcome = row.word("outcome", Outcome)
    if said is None:
        raise row.trouble("said", "it is empty", f"one of {_words(Said)}")
    if (said is Said.PATHOLOGY) != (outcome is not None):
        found = "pathology without one" if outcome is None else f"an outcome of {said.value!r}"
        raise row.trouble("outcome", found, f"one of {_words(Outcome)} of pathology, else nothing")
    return LogEntry(
        at=row.time("at"),
        patient=row.text("patient"),
        exam=row.text("exam"),
        said=said,
        by=row.text("by"),
        laterality=row.word("laterality", Laterality),
        modality=row.text("modality"),
        scanner=row.text("scanner"),
        probability=row.probability(),
        assessment=row.assessment(),
        finding=row.finding(),
        reason=row.text("reason"),
        outcome=outcome,
        found_on=row.day("found_on", outcome),
    )


class _Row:
    def __init__(self, cells: Mapping[str, str], table: TableText, line: int) -> None:
        self._cells, self._table, self._line = cells, table, line

    def cell(self, column: str) -> str:
        return self._cells.get(column, "").strip()

    def trouble(self, column: str, found: str, expected: str) -> DataSetError:
        return self._table.trouble(self._line, column, found, expected)

    def text(self, column: str) -> str:
        said = _bare(self._cells.get(column, ""))
        if column in NEEDED and not said.strip():
            raise self.trouble(column, "it is empty", COLUMNS[column].holds)
        if len(said) > LONGEST_CELL:
            raise self.trouble(
                column, f"a text of {len(said)} characters", f"{LONGEST_CELL} at most"
            )
        return said

    def word(self, column: str, words: type[Word]) -> Word | None:
        said = self.cell(column)
        if said and said not in set(words):
            raise self.trouble(column, f"{said[:24]!r} is none of its words", _words(words))
        return words(said) if said else None

    def time(self, column: str) -> datetime:
        said = self.cell(column)
        expected = "a time with its zone, as 2026-11-28T17:30:00+00:00"
        try:
            time = datetime.fromisoformat(said)
        except ValueError:
            raise self.trouble(column, f"{said[:40]!r} is no time", expected) from None
        if time.tzinfo is None:
            raise self.trouble(column, f"{said[:40]!r} has no zone", expected)
        return time

    def probability(self) -> float | None:
        said = self.cell("probability")
        try:
            value = float(said) if said else None
        except ValueError:
            value = math.nan
        if value is not None and not 0 <= value <= 1:
            raise self.trouble("probability", f"{said[:24]!r} is none", "a number from 0 to 1")
        return value

    def assessment(self) -> str:
        said = self.cell("assessment")
        if said not in ("", *ASSESSMENTS):
            expected = ", ".join(ASSESSMENTS)
            raise self.trouble("assessment", f"{said[:24]!r} is no category", expected)
        return said

    def day(self, column: str, outcome: Outcome | None) -> date | None:
        said = self.cell(column)
        if not said:
            return None
        try:
            day = day_said(said)
        except SettingsError:
            found = f"{said[:24]!r} is no day"
            raise self.trouble(column, found, "year, month and day as 2026-11-28") from None
        if outcome is None:
            raise self.trouble(column, "a day without pathology", "nothing there")
        return day

    def finding(self) -> int | None:
        said = self.cell("finding")
        if said and not re.fullmatch(r"[1-9]\d{0,4}", said, re.ASCII):
            raise self.trouble("finding", f"{said[:24]!r} is no number", "a whole one from 1")
        return int(said) if said else None


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(tuple(FORMULA)) else text


def _bare(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in tuple(FORMULA) else text
