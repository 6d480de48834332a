"""What became of an exam: rows that are only ever added. A correction is a row of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import Outcome
from senoscope.studies.exams import work_list
from senoscope.studies.exams.exam_records import Exam, require_who
from senoscope.studies.exams.pathology_records import KeptPathology, NewPathology, present
from senoscope.studies.exams.reading_keeping import add_bound
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.study_keeping import names_patient
from senoscope.studies.exams.tables import EXAM, PATHOLOGY

ADDED = "pathology kept"


def add_pathology(parts: StoreParts, exam: int, new: NewPathology, who: str) -> int:
    """As `ExamStore.add_pathology` says."""
    require_who(who)
    at = parts.now()
    with parts.database.writing() as connection:
        of = work_list.exam(connection, exam)
        _require_day(of, new, at)
        _require_no_name(of, new.source)
        if new.finding is not None:
            _require_finding(connection, exam, new.finding)
        _require_fits(exam, rows_of(connection, exam), new)
        values = {
            "corrects": new.corrects,
            "laterality": None if new.laterality is None else new.laterality.value,
            "finding": new.finding,
            "outcome": None if new.outcome is None else new.outcome.value,
            "found_on": new.found_on,
            "source": new.source,
            "who": who,
        }
        number = add_bound(connection, ADDED, exam, values, at, who)
        connection.execute(update(EXAM).where(EXAM.c.number == exam).values(changed_at=at))
    return number


def rows_of(connection: Connection, exam: int) -> tuple[KeptPathology, ...]:
    """The oldest first, corrected ones too."""
    query = select(PATHOLOGY).where(PATHOLOGY.c.exam == exam).order_by(PATHOLOGY.c.number)
    return tuple(
        KeptPathology(
            **{
                **row._mapping,
                "laterality": None if row.laterality is None else Laterality(row.laterality),
                "outcome": None if row.outcome is None else Outcome(row.outcome),
            }
        )
        for row in connection.execute(query)
    )


def _require_day(exam: Exam, new: NewPathology, at: datetime) -> None:
    # A day more: where it is already tomorrow.
    if new.found_on > at.date() + timedelta(days=1):
        raise SettingsError(
            f"Pathology of {new.found_on} was given, which is still to come; expected a day up to "
            f"{at.date()}."
        )
    if exam.study_date is not None and new.found_on < exam.study_date:
        raise SettingsError(
            f"Pathology of {new.found_on} was given for exam {exam.number} of {exam.study_date}; "
            "expected a day from then on. Give it to the exam that came before the tissue."
        )


def _require_no_name(exam: Exam, source: str) -> None:
    if names_patient(source, exam.patient_id, exam.patient_name):
        raise SettingsError(
            "The source of pathology holds the patient's name or number; expected the laboratory "
            "and the kind of tissue alone. Leave the name out."
        )


def _require_finding(connection: Connection, exam: int, finding: int) -> None:
    kept = work_list.readings_of(connection, exam)
    known: set[int] = set()
    for each in kept[-1:]:
        reading = each.reading.get("reading", each.reading)
        known = {one["number"] for name in ("findings", "below") for one in reading.get(name, ())}
    if finding not in known:
        raise SettingsError(
            f"Pathology of finding {finding} of exam {exam} was given; expected one of "
            f"{sorted(known) or 'none'}, of its last reading. Give the side alone where nothing "
            "was found there."
        )


def _require_fits(exam: int, rows: Sequence[KeptPathology], new: NewPathology) -> None:
    holding = present(rows)
    if new.corrects is not None:
        if new.corrects not in {each.number for each in holding}:
            raise SettingsError(
                f"Pathology {new.corrects} of exam {exam} was to be corrected; expected one of "
                f"{[each.number for each in holding] or 'none'}, which hold now. Look at the exam "
                "again."
            )
        holding = tuple(each for each in holding if each.number != new.corrects)
    if new.outcome is None:
        return
    for each in holding:
        if each.place == new.place or contradict(each, new) or contradict(new, each):
            raise SettingsError(
                f"Exam {exam} has pathology {each.number}: {each.outcome} in {each.of_what}, "
                f"{each.found_on}. It does not go with {new.outcome.value} on {new.found_on}; "
                f"correct row {each.number}, or leave this one out."
            )


def contradict(wider: NewPathology | KeptPathology, narrower: NewPathology | KeptPathology) -> bool:
    """Whether there is cancer in a part, and none in the whole."""
    (side, finding), (part, _) = wider.place, narrower.place
    is_part = finding is None and (side is None or side == part)
    is_whole_clear = wider.outcome is not Outcome.MALIGNANT
    return is_part and is_whole_clear and narrower.outcome is Outcome.MALIGNANT
