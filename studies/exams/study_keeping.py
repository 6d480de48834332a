"""An exam's rows from a study's facts and files; what is there already stays as it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.studies.exams import audit_trail
from senoscope.studies.exams.content_files import Arrived, body_digest
from senoscope.studies.exams.exam_records import ExamState, KeptStudy, NewFile, StudyFacts
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.tables import EXAM, INSTANCE, RESULT, SERIES

KEPT = "study kept"
SHORTEST_NAME = 3


def keep_study(
    parts: StoreParts,
    facts: StudyFacts,
    files: Sequence[NewFile],
    who: str,
    spares_signed: bool = False,
) -> KeptStudy:
    """As `ExamStore.keep_study` says."""
    at = parts.now()
    with parts.keeping([each.path for each in files]) as (connection, arrived):
        exam, is_new = _exam(connection, facts, at)
        if spares_signed and is_signed(connection, exam):
            return KeptStudy(exam, 0, 0, ())
        known = _known(connection, exam)
        added, same, contradictions = 0, 0, []
        for file, one in zip(files, arrived, strict=True):
            if file.instance_uid not in known:
                _add(parts, connection, exam, file, one)
                known[file.instance_uid] = one.content
                added += 1
            elif _is_same(parts, known[file.instance_uid], one):
                same += 1
            else:
                contradictions.append(file.instance_uid)
        if added or is_new:
            modality = _modality(connection, exam, facts.modality)
            set_state(connection, exam, ExamState.RECEIVED, at)
            connection.execute(update(EXAM).where(EXAM.c.number == exam).values(modality=modality))
        counts = {"added": added, "same": same, "contradictions": len(contradictions)}
        audit_trail.append(connection, at, who, KEPT, exam, counts)
    return KeptStudy(exam, added, same, tuple(contradictions))


def require_exam(connection: Connection, exam: int) -> None:
    """SettingsError where there is no such exam, or no longer."""
    if connection.execute(select(EXAM.c.number).where(EXAM.c.number == exam)).first() is None:
        raise SettingsError(
            f"Exam {exam} was asked for and is not in the store. Choose one of the work list."
        )


def is_signed(connection: Connection, exam: int) -> bool:
    """Whether a person signed it, and nothing was added since; not of one that is gone."""
    state = select(EXAM.c.state).where(EXAM.c.number == exam)
    return bool(connection.execute(state).scalar() == ExamState.SIGNED.value)


def set_state(connection: Connection, exam: int, state: ExamState, at: datetime) -> None:
    """As the act that was done at `at` leaves it."""
    connection.execute(
        update(EXAM).where(EXAM.c.number == exam).values(state=state.value, changed_at=at)
    )


def sought_words(text: str) -> list[str]:
    """As they are compared: case, marks of names and width do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(" " if each in "^=," else each for each in plain).split()


def names_patient(text: str, patient_id: str, patient_name: str) -> bool:
    """Whether a part of her name, or her number, stands in a text.

    Letters count as a whole word and from three on, since shorter ones are words too; numbers from
    four characters on, and two signs of other scripts, count within words as well.
    """
    whole = " ".join(sought_words(text))
    words = set(re.findall(r"\w+", whole))
    for part in sought_words(f"{patient_id} {patient_name}"):
        is_sign = not part.isascii() and len(part) >= 2
        is_number = len(part) >= 4 and any(map(str.isdigit, part))
        within = (is_sign or is_number) and part in whole
        if within or (len(part) >= SHORTEST_NAME and part in words):
            return True
    return False


def _exam(connection: Connection, facts: StudyFacts, at: datetime) -> tuple[int, bool]:
    found = connection.execute(
        select(EXAM.c.number, EXAM.c.patient_id).where(EXAM.c.study_uid == facts.study_uid)
    ).first()
    if found is not None:
        if found.patient_id != facts.patient_id:
            raise SourceUnavailable(
                f"The study is exam {found.number} of the store, of a patient with another number "
                "(PatientID). See which is right; delete the exam there, or export the study again."
            )
        return int(found.number), False
    made = connection.execute(
        insert(EXAM).values(
            study_uid=facts.study_uid,
            patient_id=facts.patient_id,
            patient_name=facts.patient_name,
            sought=" ".join(sought_words(f"{facts.patient_id} {facts.patient_name}")),
            study_date=facts.study_date,
            modality="",
            state=ExamState.RECEIVED.value,
            received_at=at,
            changed_at=at,
        )
    )
    return inserted(made.inserted_primary_key), True


def inserted(key: Sequence[object] | None) -> int:
    """The number that a new row was given."""
    if key is None or not isinstance(key[0], int):
        raise TypeError(f"a new row's key is {key!r}")
    return key[0]


def _known(connection: Connection, exam: int) -> dict[str, str]:
    """Content by SOPInstanceUID; of our own results too, which a PACS may send back."""
    return {
        row.instance_uid: row.content
        for table in (RESULT, INSTANCE)
        for row in connection.execute(
            select(table.c.instance_uid, table.c.content).where(
                table.c.exam == exam, table.c.instance_uid.is_not(None)
            )
        )
    }


def _is_same(parts: StoreParts, kept: str, arrived: Arrived) -> bool:
    """But for the file's meta group, in which each program that passes it on writes its name."""
    if kept == arrived.content:
        return True
    with parts.files.open(kept) as one, arrived.partial.open("rb") as other:
        return body_digest(one) == body_digest(other)


def _add(
    parts: StoreParts, connection: Connection, exam: int, file: NewFile, arrived: Arrived
) -> None:
    series = connection.execute(
        select(SERIES.c.number).where(SERIES.c.exam == exam, SERIES.c.series_uid == file.series_uid)
    ).scalar()
    if series is None:
        made = connection.execute(
            insert(SERIES).values(
                exam=exam,
                series_uid=file.series_uid,
                modality=file.modality,
                series_number=file.series_number,
            )
        )
        series = inserted(made.inserted_primary_key)
    connection.execute(
        insert(INSTANCE).values(
            exam=exam,
            series=series,
            instance_uid=file.instance_uid,
            sop_class=file.sop_class,
            content=parts.place(connection, arrived),
        )
    )


def _modality(connection: Connection, exam: int, said: str) -> str:
    """Of all series; what was said where there are none."""
    found = connection.execute(select(SERIES.c.modality).where(SERIES.c.exam == exam)).scalars()
    return ",".join(sorted({*found} - {""}) or [said])
