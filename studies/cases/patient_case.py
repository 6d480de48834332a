"""All of one patient in one place: her exams, findings by where they lie, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from senoscope.domain.errors import SenoscopeError
from senoscope.studies.cases.case_values import CaseExam, CaseFinding
from senoscope.studies.cases.disagreements import Disagreement, disagreements
from senoscope.studies.cases.exam_findings import Places, ReadExam
from senoscope.studies.cases.exam_images import HeaderSides, exam_is_simulated
from senoscope.studies.cases.matching import LesionGroup, grouped
from senoscope.studies.cases.operator_said import operator_said
from senoscope.studies.cases.priors import PriorLine, compared_with_priors
from senoscope.studies.exams.exam_records import Exam, KeptReading
from senoscope.studies.exams.exam_store import MOST_ROWS, ExamStore
from senoscope.studies.mri.kept_analysis import kept_analysis_of
from senoscope.studies.mri.lesion_places import lesion_places
from senoscope.studies.present_results import present_of, result_bytes, volume_results
from senoscope.studies.study_reading import BREAST_MRI

Shows = Callable[[int], bool]
"""Whether what a program found in that exam may be seen yet."""
VolumePlaces = Callable[[ExamStore, Exam, KeptReading], Places]


@dataclass(frozen=True, slots=True)
class PatientCase:
    """`exams`, the newest first, among them the one that was `asked` for.

    `groups`: findings of the newest exam of each modality, those that are one lesion together.
    `lines`: what became of each of them, and of what earlier exams had.
    """

    asked: int
    exams: tuple[CaseExam, ...]
    groups: tuple[LesionGroup, ...]
    disagreements: tuple[Disagreement, ...]
    lines: tuple[PriorLine, ...]

    @property
    def findings(self) -> tuple[CaseFinding, ...]:
        """Of all exams."""
        return tuple(finding for exam in self.exams for finding in exam.findings)


def patient_case(
    store: ExamStore,
    exam_number: int,
    shows: Shows = lambda _: True,
    places: VolumePlaces | None = None,
) -> PatientCase:
    """Of that exam's patient, by PatientID; of the exam alone where it has none.

    What one exam kept and is damaged is said of it, and the others stand. SettingsError where there
    is no such exam; StorageError where the store fails.
    """
    exams = tuple(
        _case_exam(store, each, shows(each.number), places or kept_places)
        for each in exams_of_patient(store, exam_number)
    )
    groups = grouped(exams)
    return PatientCase(
        exam_number,
        exams,
        groups,
        disagreements(exams, groups),
        compared_with_priors(exams),
    )


def exams_of_patient(store: ExamStore, exam_number: int) -> list[Exam]:
    """The newest study first, then what came last."""
    own = store.exam(exam_number)
    found = [own] if not own.patient_id.strip() else list(_of_patient(store, own.patient_id))
    found.sort(key=lambda each: (str(each.study_date or ""), each.number), reverse=True)
    return found


def _of_patient(store: ExamStore, patient_id: str) -> Iterator[Exam]:
    """The search finds what holds the number's words: whose number it is decides."""
    after = None
    while True:
        rows = store.search(patient_id, limit=MOST_ROWS, after=after)
        yield from (each for each in rows if each.patient_id == patient_id)
        if len(rows) < MOST_ROWS:
            return
        after = rows[-1].number


def kept_places(store: ExamStore, exam: Exam, kept: KeptReading) -> Places:
    """Of the lesions of a breast MRI, from what is kept beside its reading."""
    results = volume_results(present_of(store.results_of(exam.number), kept.number))
    volumes = (kept_analysis_of(result_bytes(store, each)) for each in results)
    return {number: place for each in volumes for number, place in lesion_places(each).items()}


def _case_exam(store: ExamStore, exam: Exam, shows: bool, places: VolumePlaces) -> CaseExam:
    told = CaseExam(
        exam.number, exam.study_date, exam.modality, (), frozenset(), (), exam.state.value, shows
    )
    try:
        told = replace(told, simulated=exam_is_simulated(store, exam.number))
        read = list(_readings(store, exam, places))
    except SenoscopeError as error:  # of this exam alone: the others may be well
        return replace(told, trouble=str(error))
    signed = [each.signed for each in read if each.signed is not None]
    troubles = [image.trouble for each in read for image in each.reading.images if image.trouble]
    is_read = any(each.modalities for each in read)
    return replace(
        told,
        modalities=tuple(dict.fromkeys(one for each in read for one in each.modalities)),
        covered=frozenset(one for each in read for one in each.covered) if shows else frozenset(),
        findings=tuple(one for each in read for one in each.findings()) if shows else (),
        assessment=signed[-1].final.assessment.value if signed else "",
        trouble="" if is_read else " ".join(dict.fromkeys(troubles)),
    )


def _readings(store: ExamStore, exam: Exam, places: VolumePlaces) -> Iterator[ReadExam]:
    """The last one of each mode."""
    last = {each.mode: each for each in store.readings_of(exam.number)}
    sign_offs = store.sign_offs_of(exam.number)
    for kept in last.values():
        its_places = places(store, exam, kept) if kept.mode == BREAST_MRI else {}
        sides = HeaderSides(store, exam.number)
        yield ReadExam.of(kept, sign_offs, operator_said(kept.ledger), its_places, sides)
