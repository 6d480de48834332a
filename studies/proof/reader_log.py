"""The exam store as a reader log: what readers and the AI said of exams, and what became of them.

Pseudonyms come from the site's secret key, and are alike in every export with it. They are others
than those of copies without the person: there dates are moved, here they are the true ones.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from senoscope.domain.errors import SenoscopeError, StorageError
from senoscope.domain.reader_log import LogEntry, Said
from senoscope.studies.deidentification.pseudonyms import PseudonymKey
from senoscope.studies.exams.exam_records import (
    Exam,
    KeptImpression,
    KeptReading,
    KeptSignOff,
)
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.pathology_records import KeptPathology, present
from senoscope.studies.exams.study_keeping import names_patient
from senoscope.studies.proof.logged_images import LoggedImages, one_line
from senoscope.studies.proof.reader_log_table import read_log_csv, write_log_csv
from senoscope.studies.results.report_json import reading_of_json, signed_of_json
from senoscope.studies.sign_off import Assessment, Verdict
from senoscope.studies.study_reading import EXAM_SCORE, NETWORK, StudyReading

__all__ = ["log_of_store", "read_log_csv", "write_log_csv"]

WITHHELD = "(withheld: it names the patient)"
"""In place of a reason in which the patient's name or number stands."""
PSEUDONYM_BYTES = 10


def log_of_store(store: ExamStore, key: PseudonymKey) -> tuple[LogEntry, ...]:
    """All that was said of all exams of the store, in the order in which it was said.

    Of pathology, what was taken back and what was corrected to another place is left out; what was
    corrected in its place stays, and the later row holds. StorageError names the exam of which
    something kept is damaged.
    """
    entries: list[LogEntry] = []
    for exam in store.all_exams():
        try:
            entries += _Exam(store, exam, key).entries()
        except SenoscopeError as error:
            raise StorageError(f"Exam {exam.number} cannot be logged. {error}") from error
    return tuple(sorted(entries, key=lambda each: each.at))


@dataclass(frozen=True, slots=True)
class _Pseudonyms:
    key: PseudonymKey

    def of(self, kind: str, *who: str) -> str:
        digest = self.key.digest(f"reader log {kind}", *who)
        return kind[0].upper() + b32encode(digest[:PSEUDONYM_BYTES]).decode()


class _Exam:
    """One exam's entries."""

    def __init__(self, store: ExamStore, exam: Exam, key: PseudonymKey) -> None:
        self._store, self._exam = store, exam
        self._names = _Pseudonyms(key)
        self._images = LoggedImages(store, exam.number)
        # Exams without a number are many patients': each is one of its own.
        who = ("id", exam.patient_id) if exam.patient_id.strip() else ("study", exam.study_uid)
        self._patient = self._names.of("patient", *who)
        self._number = self._names.of("exam", exam.study_uid)
        station = self._images.station
        named = [self._names.of("station", station)] if station else []
        self._scanner = " ".join([self._images.scanner, *named]).strip()

    def entries(self) -> Iterator[LogEntry]:
        """In no order."""
        number = self._exam.number
        readings = self._store.readings_of(number)
        for kept in readings:
            yield from self._of_ai(kept)
        for each in self._store.impressions_of(number):
            yield from self._of_impression(each, readings)
        for signed in self._store.sign_offs_of(number):
            yield from self._of_sign_off(signed)
        yield from self._of_pathology(self._store.pathology_of(number))

    def _of_impression(
        self, kept: KeptImpression, readings: Sequence[KeptReading]
    ) -> Iterator[LogEntry]:
        before = [each for each in readings if each.made_at <= kept.made_at]
        reading = reading_of_json(before[-1].reading) if before else None
        yield replace(
            self._blank(Said.ALONE, kept),
            modality=self._images.modality_of(reading),
            laterality=self._images.side,
            assessment=Assessment(kept.impression["assessment"]).value,
            # What was kept by an earlier release holds none.
            probability=kept.impression.get("probability"),
        )

    def _of_ai(self, kept: KeptReading) -> Iterator[LogEntry]:
        reading = reading_of_json(kept.reading)
        whole = LogEntry(
            at=kept.made_at,
            patient=self._patient,
            exam=self._number,
            said=Said.AI,
            by=one_line(_version(kept)),
            laterality=self._images.side,
            modality=self._images.modality_of(reading),
            scanner=self._scanner,
            probability=exam_score(reading),
        )
        yield whole
        for each in reading.findings:
            yield replace(whole, finding=each.number, probability=each.probability)

    def _of_sign_off(self, kept: KeptSignOff) -> Iterator[LogEntry]:
        signed = signed_of_json(kept.signed)
        modality = self._images.modality_of(signed.reading)
        yield replace(
            self._blank(Said.WITH_AI, kept),
            modality=modality,
            laterality=self._images.side,
            assessment=signed.final.assessment.value,
            probability=signed.final.probability,
        )
        for each in signed.decisions:
            if each.verdict is Verdict.OVERRULED:
                yield replace(
                    self._blank(Said.OVERRIDE, kept),
                    modality=modality,
                    laterality=self._images.side,
                    finding=each.number,
                    reason=self._without_name(each.reason),
                )

    def _of_pathology(self, rows: Sequence[KeptPathology]) -> Iterator[LogEntry]:
        """What holds, and what each of them corrected in its place."""
        by_number = {each.number: each for each in rows}
        for holding in present(rows):
            row: KeptPathology | None = holding
            while row is not None and row.place == holding.place and row.outcome is not None:
                yield replace(
                    self._blank(Said.PATHOLOGY, row, outcome=row),
                    laterality=row.laterality,
                    finding=row.finding,
                )
                row = None if row.corrects is None else by_number[row.corrects]

    def _blank(
        self,
        said: Said,
        kept: KeptImpression | KeptSignOff | KeptPathology,
        outcome: KeptPathology | None = None,
    ) -> LogEntry:
        return LogEntry(
            at=kept.made_at,
            patient=self._patient,
            exam=self._number,
            said=said,
            by=self._names.of("reader", kept.who),
            scanner=self._scanner,
            outcome=None if outcome is None else outcome.outcome,
            found_on=None if outcome is None else outcome.found_on,
        )

    def _without_name(self, reason: str) -> str:
        exam = self._exam
        said = names_patient(reason, exam.patient_id, exam.patient_name)
        return WITHHELD if said else one_line(reason)


def _version(kept: KeptReading) -> str:
    """What read it: models, engine and software, so that a new version is another reader."""
    software = [f"{name} {version}" for name, version in sorted(kept.versions.items())]
    return f"{' + '.join(kept.models)} ({', '.join([kept.engine, *software])})"


def exam_score(reading: StudyReading) -> float | None:
    """Of the whole exam; 0 where it was read and nothing found, None where it was not read.

    Its networks' highest, else the score made for exams, else the highest finding's.
    """
    if reading.abstained:
        return None
    of_images = [
        each.number for image in reading.images for each in image.facts if each.name == NETWORK
    ]
    of_exam = [each.number for each in reading.facts if each.name == EXAM_SCORE]
    of_findings = [each.probability for each in (*reading.findings, *reading.below)]
    for found in (of_images, of_exam, of_findings):
        scores = [each for each in found if each is not None]
        if scores:
            return max(scores)
    return 0.0
