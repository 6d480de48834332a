"""The form's fields as far as an exam of the store and its patient's other exams tell them."""

from __future__ import annotations

from collections.abc import Iterator

from senoscope.domain.errors import SenoscopeError, SettingsError
from senoscope.studies.cases.patient_case import exams_of_patient
from senoscope.studies.exams.exam_records import Exam
from senoscope.studies.facts.patient_facts import facts_of_dicom
from senoscope.studies.proof.reader_log import exam_score
from senoscope.studies.results.report_json import reading_of_json
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import BREAST_MRI, MAMMOGRAPHY, NETWORK, StudyReading
from senoscope.ui.frames.overlay import Header
from senoscope.ui.risk.field_texts import texts_of
from senoscope.ui.studies.seen_exams import SeenExams

DENSITY = "density_category"


class ExamFacts:
    """Any thread may ask; SenoscopeErrors say why not."""

    def __init__(self, seen: SeenExams) -> None:
        self._seen = seen

    def fields(self, number: int) -> Header:
        """`fields` as the form has them, with their `sources`; `notes` on what could not be told.

        Age and BMI of the exam itself; density and scores of the newest reading of each modality
        of the patient, as far as what a program found may be shown.
        """
        exam = self._seen.store.exam(number)
        fields, sources, notes = self._of_header(exam)
        for each in exams_of_patient(self._seen.store, number):
            for name, text in self._of_readings(each):
                if name not in fields:
                    fields[name] = text
                    sources[name] = _source(each)
        return {"fields": fields, "sources": sources, "notes": notes}

    def _of_header(self, exam: Exam) -> tuple[dict[str, str], dict[str, Header], list[Header]]:
        try:
            study = self._seen.studies.open(exam.number).study
            header = SourceImages(study).header(study.images[0].instance_uid)
            found = facts_of_dicom(header)
        except SettingsError as error:
            return {}, {}, [{"note": "header", "said": {"sentence": str(error)}}]
        fields = texts_of(found.facts)
        return fields, {name: _source(exam) for name in fields}, []

    def _of_readings(self, exam: Exam) -> Iterator[tuple[str, str]]:
        """Field and text; the newest reading's.

        Of scores only probabilities of malignancy: how much a mark looks like one is none.
        """
        if not self._seen.may_show(exam.number):
            return
        for kept in reversed(self._seen.store.readings_of(exam.number)):
            try:
                reading = reading_of_json(kept.reading)
            except SenoscopeError:  # its damage is said where the exam itself is shown
                continue
            for fact in reading.facts:
                if fact.name == DENSITY:
                    yield "density", fact.word.lower()
            score, name = exam_score(reading), scored_field(reading)
            if score is not None and name:
                yield name, f"{score:.3f}"


def scored_field(reading: StudyReading) -> str:
    """Of which field its score is; "" where it is no probability of malignancy."""
    if reading.mode == BREAST_MRI:
        return ""
    if reading.mode != MAMMOGRAPHY:
        return "ultrasound"
    has_network = any(fact.name == NETWORK for image in reading.images for fact in image.facts)
    return MAMMOGRAPHY if has_network else ""


def _source(exam: Exam) -> Header:
    date = "" if exam.study_date is None else exam.study_date.isoformat()
    return {"exam": exam.number, "date": date}
