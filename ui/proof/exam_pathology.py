"""What became of one exam: as the page shows it, and as it is entered."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from senoscope.domain.errors import SettingsError
from senoscope.domain.reader_log import Outcome
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.pathology_records import (
    WITHDRAWN,
    KeptPathology,
    NewPathology,
    day_said,
    present,
    side_said,
)
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import said

CODES = {
    "tissue": Outcome.MALIGNANT,
    "clear_tissue": Outcome.BENIGN,
    "followed": Outcome.NO_CANCER,
}
"""By the page's words for them."""
Short = Annotated[str, Field(max_length=64)]


class PathologyAsked(BaseModel):
    """As typed. `outcome` is one of CODES, or withdrawn for a row that was never true."""

    outcome: Short = ""
    found_on: Short = ""
    laterality: Short = ""
    finding: Short = ""
    source: Annotated[str, Field(max_length=400)] = ""
    corrects: int | None = None


def pathology_shown(store: ExamStore, number: int) -> Header:
    """The exam, and its rows, the oldest first; `holds` those that were not corrected since."""
    exam = store.exam(number)
    rows = store.pathology_of(number)
    holding = {each.number for each in present(rows)}
    return {
        "exam": number,
        "name": exam.patient_name.partition("=")[0].replace("^", " ").strip(),
        "study_date": "" if exam.study_date is None else exam.study_date.isoformat(),
        "modality": exam.modality,
        "rows": [{**_row(each), "holds": each.number in holding} for each in rows],
    }


def add_pathology(store: ExamStore, number: int, asked: PathologyAsked, who: str) -> Header:
    """Keep it; then as `pathology_shown`, with `refused`: which field was not taken, and why.

    Nothing was kept where something is refused.
    """
    refused = _refused(asked)
    if not refused:
        try:
            store.add_pathology(number, _new(asked), who)
        except SettingsError as error:
            # Only the store knows what does not go together, and of which fields its sentence is.
            refused = [{"field": "", **said(error)}]
    return {**pathology_shown(store, number), "refused": refused}


def _refused(asked: PathologyAsked) -> list[Header]:
    """Field by field."""
    refused: list[Header] = []
    if asked.outcome not in CODES and not (asked.outcome == WITHDRAWN and asked.corrects):
        refused.append({"field": "outcome", "why": "outcome"})
    checks = {"laterality": side_said, "found_on": day_said}
    for name, check in checks.items():
        try:
            check(getattr(asked, name))
        except SettingsError as error:
            refused.append({"field": name, **said(error)})
    if asked.finding.strip() and not asked.finding.strip().isdecimal():
        refused.append({"field": "finding", "why": "finding"})
    return refused


def _new(asked: PathologyAsked) -> NewPathology:
    outcome = CODES[asked.outcome].value if asked.outcome in CODES else asked.outcome
    return NewPathology.of_texts(
        outcome, asked.found_on, asked.laterality, asked.finding, asked.source, asked.corrects
    )


def _row(row: KeptPathology) -> Header:
    words = {outcome: code for code, outcome in CODES.items()}
    return {
        "number": row.number,
        "corrects": row.corrects,
        "laterality": row.laterality or "",
        "finding": row.finding,
        "outcome": WITHDRAWN if row.outcome is None else words[row.outcome],
        "found_on": row.found_on.isoformat(),
        "source": row.source,
        "who": row.who,
        "made_at": row.made_at.isoformat(),
    }
