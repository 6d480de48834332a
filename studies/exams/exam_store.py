"""The exam store: what came, what was read, who signed, what is to be sent, and who did what.

A database and a folder of files beside it. Each act is one transaction, its audit row in it; files
are on the disk before it begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Self

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams import (
    audit_trail,
    pathology_keeping,
    reading_keeping,
    removal,
    store_check,
    study_keeping,
    work_list,
)
from senoscope.studies.exams.archive_tasks import ArchiveTasks
from senoscope.studies.exams.audit_trail import AuditHead, AuditRow
from senoscope.studies.exams.content_files import ContentFiles, free_at
from senoscope.studies.exams.database import Database
from senoscope.studies.exams.exam_outbox import ExamOutbox
from senoscope.studies.exams.exam_records import (
    Exam,
    ExamState,
    KeptImage,
    KeptImpression,
    KeptReading,
    KeptResult,
    KeptSignOff,
    KeptStudy,
    NewFile,
    NewReading,
    NewResult,
    Plain,
    Room,
    StudyFacts,
)
from senoscope.studies.exams.pathology_records import KeptPathology, NewPathology
from senoscope.studies.exams.room_board import RoomBoard
from senoscope.studies.exams.schema import bring_up_to_date
from senoscope.studies.exams.store_check import Checked
from senoscope.studies.exams.store_parts import StoreParts

LEAST_FREE = 5 * 10**9
"""Bytes; below that, a page warns."""
MOST_ROWS = 1000


def _now() -> datetime:
    return datetime.now(UTC)


class ExamStore:
    """Any thread may call, and several programs at once. Numbers are never given twice.

    `who` is a login or a program's name, never a patient's. StorageError where the database or the
    disk fails: nothing of the act was kept then. SettingsError where what is named is not there.
    """

    def __init__(self, parts: StoreParts, least_free: int = LEAST_FREE) -> None:
        """See `open`."""
        self.parts = parts
        self.outbox = ExamOutbox(parts)
        self.archive = ArchiveTasks(parts)
        self.rooms = RoomBoard(parts)
        self._least_free = least_free

    @classmethod
    def open(
        cls,
        url: str,
        folder: Path,
        *,
        least_free: int = LEAST_FREE,
        backed_up: bool = False,
        make: bool = True,
        now: Callable[[], datetime] = _now,
    ) -> ExamStore:
        """Open, or make where nothing is; tables of an older version are brought up to date.

        `url`: sqlite:////FILE or postgresql://USER@HOST/DATABASE. `backed_up`: the site has made a
        copy of a PostgreSQL store, see `bring_up_to_date`. Without `make`, SettingsError where
        SQLite's file is not there. SettingsError, StorageError, InstallationError.
        """
        database = Database(url)
        try:
            if database.file is not None:
                _make_private(database.file, make)
            files = ContentFiles(folder / "files")
            bring_up_to_date(database, folder, now(), backed_up)
            parts = StoreParts(database, files, folder, now)
            parts.drop_unnamed()  # a deletion that was cut off ends here
        except BaseException:
            database.close()
            raise
        return cls(parts, least_free)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.parts.database.close()

    def keep_study(
        self, facts: StudyFacts, files: Sequence[NewFile], who: str, spares_signed: bool = False
    ) -> KeptStudy:
        """Keep files of one study; the exam is made where it is not there.

        What is there stays: files given again add nothing; with `spares_signed` none are added to
        a signed exam. SourceUnavailable where a file cannot be read, or where the exam is another
        patient's (by PatientID).
        """
        return study_keeping.keep_study(self.parts, facts, files, who, spares_signed)

    def add_reading(
        self, exam: int, new: NewReading, who: str, results: Sequence[NewResult] = ()
    ) -> int:
        """Keep a reading, and files that the machine made of it; its number."""
        return reading_keeping.add_reading(self.parts, exam, new, results, who)

    def keep_impression(self, exam: int, impression: Plain, who: str) -> int:
        """Keep what a clinician says before the AI is shown; its number."""
        return reading_keeping.keep_impression(self.parts, exam, impression, who)

    def sign(
        self,
        reading: int,
        signed: Plain,
        results: Sequence[NewResult],
        who: str,
        replaces: int | None = None,
    ) -> int:
        """Keep what was signed, and the files made of it; the sign-off's number.

        `replaces`: the exam's last sign-off, None where it has none. SettingsError where it is
        another by now, so that nothing is signed twice.
        """
        return reading_keeping.sign(self.parts, reading, signed, results, who, replaces)

    def add_pathology(self, exam: int, new: NewPathology, who: str) -> int:
        """Keep what became of an exam; the row's number. No row is changed, one may correct one.

        SettingsError where its day is before the exam's or still to come, where it contradicts what
        holds and does not correct it, where there is no such finding, and where its source names
        the patient.
        """
        return pathology_keeping.add_pathology(self.parts, exam, new, who)

    def note(
        self, act: str, who: str, exam: int | None = None, detail: Plain | None = None
    ) -> None:
        """Add to the audit trail what else was done: shown, exported. No names in `detail`."""
        with self.parts.database.writing() as connection:
            audit_trail.append(connection, self.parts.now(), who, act, exam, detail or {})

    def search(
        self,
        text: str = "",
        state: ExamState | None = None,
        modality: str | None = None,
        since: datetime | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> tuple[Exam, ...]:
        """The work list: exams that came last first, at most `limit`, those after exam `after`.

        `text`: words of which each is part of the patient's name or number. `since` it came.
        """
        if not 1 <= limit <= MOST_ROWS:
            raise SettingsError(f"{limit} exams were asked for; expected 1 to {MOST_ROWS}.")
        with self.parts.database.reading() as connection:
            return work_list.search(connection, text, state, modality, since, limit, after)

    def all_exams(self) -> Iterator[Exam]:
        """Every exam, those that came last first."""
        after = None
        while found := self.search(limit=MOST_ROWS, after=after):
            yield from found
            after = found[-1].number

    def exam(self, exam: int) -> Exam:
        """By its number."""
        with self.parts.database.reading() as connection:
            return work_list.exam(connection, exam)

    def images_of(self, exam: int) -> tuple[KeptImage, ...]:
        """By series number, then in the order in which they came; none of an exam that is gone."""
        with self.parts.database.reading() as connection:
            return work_list.images_of(connection, exam)

    def readings_of(self, exam: int) -> tuple[KeptReading, ...]:
        """The oldest first."""
        with self.parts.database.reading() as connection:
            return work_list.readings_of(connection, exam)

    def impressions_of(self, exam: int) -> tuple[KeptImpression, ...]:
        """The oldest first."""
        with self.parts.database.reading() as connection:
            return work_list.impressions_of(connection, exam)

    def sign_offs_of(self, exam: int) -> tuple[KeptSignOff, ...]:
        """The oldest first; the last one holds."""
        with self.parts.database.reading() as connection:
            return work_list.sign_offs_of(connection, exam)

    def pathology_of(self, exam: int) -> tuple[KeptPathology, ...]:
        """The oldest first, corrected ones too; `pathology_records.present` says which hold."""
        with self.parts.database.reading() as connection:
            return pathology_keeping.rows_of(connection, exam)

    def results_of(self, exam: int) -> tuple[KeptResult, ...]:
        """The oldest first, superseded ones too."""
        with self.parts.database.reading() as connection:
            return work_list.results_of(connection, exam)

    def audit_of(self, exam: int) -> tuple[AuditRow, ...]:
        """What was done to an exam, in order; of a deleted one too."""
        with self.parts.database.reading() as connection:
            return tuple(audit_trail.rows(connection, exam))

    def open_file(self, content: str) -> BinaryIO:
        """A file of the store, for reading, by the SHA-256 that its row gives."""
        return self.parts.files.open(content)

    def path_of(self, content: str) -> Path:
        """Where that file lies; it is not to be written to."""
        return self.parts.files.path(content)

    def head(self) -> AuditHead:
        """Of the audit trail: to be written down elsewhere, see `verify`."""
        with self.parts.database.reading() as connection:
            return audit_trail.head(connection)

    def verify(self, written_down: AuditHead | None = None) -> tuple[str, ...]:
        """What is wrong with the audit trail, a line each, none where it holds.

        `written_down`: a head of earlier, without which one who can write to the database can make
        the whole trail anew.
        """
        with self.parts.database.reading() as connection:
            return tuple(audit_trail.complaints(connection, written_down))

    def check(self, written_down: AuditHead | None = None, read_files: bool = True) -> Checked:
        """Rows, files and audit trail; files that no row names are removed.

        Without `read_files`, of files only their size is looked at.
        """
        return store_check.check(self.parts, written_down, read_files)

    def delete_patient(self, patient_id: str, who: str, really: bool = False) -> tuple[int, ...]:
        """Delete all exams of a patient, by PatientID, for good; their numbers.

        Files that another exam holds too stay. Nothing goes unless `really`. Backups are the
        site's to delete.
        """
        return removal.delete_patient(self.parts, patient_id, who, really)

    def retain(self, period: timedelta, who: str, really: bool = False) -> tuple[int, ...]:
        """Delete exams whose last act is longer ago; their numbers. Nothing goes unless `really`.

        What waits in the outbox stays.
        """
        return removal.retain(self.parts, period, who, really)

    def room(self) -> Room:
        """How much may still be written."""
        file = self.parts.database.file
        places = [self.parts.folder, *([] if file is None else [file.parent])]
        return Room(min(map(free_at, places)), self._least_free)


def _make_private(file: Path, make: bool) -> None:
    if not make and not file.is_file():
        raise SettingsError(
            "There is no exam store at the place given. Give its --folder and --store, or "
            "restore a backup there."
        )
    try:
        file.parent.mkdir(0o700, parents=True, exist_ok=True)
        file.touch(0o600)
    except OSError as error:
        raise StorageError(
            f"The exam store's database cannot be made ({error.strerror}). Allow this user to "
            "write there, or choose another place."
        ) from None
