"""What the page of a patient's case asks: the case, and a picture of each finding."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.studies.cases.exam_findings import Places
from senoscope.studies.cases.exam_images import study_of
from senoscope.studies.cases.patient_case import patient_case
from senoscope.studies.exams.exam_records import Exam, KeptReading, KeptResult
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.mri.kept_analysis import KeptAnalysis, kept_analysis_of
from senoscope.studies.mri.lesion_places import lesion_places
from senoscope.studies.present_results import present_of, result_bytes, volume_results
from senoscope.studies.results.finding_said import is_mark
from senoscope.studies.results.report_json import reading_of_json, signed_of_json
from senoscope.studies.results.report_picture import Mark, close_up, drawn
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import BREAST_MRI, Outlined, StudyFinding, StudyReading
from senoscope.ui.cases.case_facts import case_facts
from senoscope.ui.frames.overlay import Header
from senoscope.ui.studies.lately_used import LatelyUsed
from senoscope.ui.studies.seen_exams import SeenExams

MOST_VOLUME_BYTES = 128 * 2**20
"""Of kept MRI analyses that stay in memory, by their tissue."""
MOST_PLACES = 64
"""Exams of MRI whose lesions' places stay in memory: a few numbers each."""
THUMBNAIL_PX = 420
_QUALITY = 88


class CaseDesk:
    """Any thread may ask; SenoscopeErrors say why not."""

    def __init__(self, seen: SeenExams) -> None:
        self._seen = seen
        self._turn = Lock()
        self._volumes: LatelyUsed[str, KeptAnalysis] = LatelyUsed(
            MOST_VOLUME_BYTES, lambda each: each.analysis.tissue.nbytes
        )
        self._places: LatelyUsed[tuple[str, ...], Places] = LatelyUsed(MOST_PLACES, lambda _: 1)

    def case(self, exam: int) -> Header:
        """See `case_facts`, and whose it is."""
        store = self._seen.store
        own = store.exam(exam)
        made = patient_case(store, exam, self._seen.may_show, self._places_of)
        return {
            "name": own.patient_name.partition("=")[0].replace("^", " ").strip(),
            "patient_id": own.patient_id,
            **case_facts(made),
        }

    def picture(self, exam: int, reading: int, number: int) -> bytes:
        """JPEG of what shows that finding best, with its outline."""
        if not self._seen.may_show(exam):
            raise SettingsError(
                "What a program found is not shown yet. Read the exam without the AI first."
            )
        kept, read, finding, by_hand = self._finding(exam, reading, number)
        outline = finding.key if by_hand is None else by_hand
        hand = None if by_hand is None else by_hand.contour
        mark = Mark(finding.number, finding.suspicion, finding.key.contour, hand)
        if kept.mode == BREAST_MRI:
            frame = self._mri_picture(exam, kept, finding)
        else:
            study = study_of(self._seen.store, exam, [outline.at.instance_uid])
            frame = SourceImages(study).picture(outline.at)
        if is_mark(finding):
            frame, mark = close_up(frame, mark)
        spacing = read.pixel_spacing_of(outline.at.instance_uid)
        return _smaller(drawn(frame, mark, spacing).jpeg)

    def _finding(
        self, exam: int, reading: int, number: int
    ) -> tuple[KeptReading, StudyReading, StudyFinding, Outlined | None]:
        store = self._seen.store
        kept = next((each for each in store.readings_of(exam) if each.number == reading), None)
        if kept is None:
            raise SettingsError(f"Exam {exam} has no reading {reading}. Open the case again.")
        signed = [each for each in store.sign_offs_of(exam) if each.reading == reading]
        last = signed_of_json(signed[-1].signed) if signed else None
        read = reading_of_json(kept.reading) if last is None else last.reading
        finding = next((each for each in read.findings if each.number == number), None)
        if finding is None:
            raise SettingsError(
                f"Reading {reading} of exam {exam} has no finding {number}. Open the case again."
            )
        return kept, read, finding, None if last is None else last.decision(number).outline

    def _mri_picture(
        self, exam: int, kept: KeptReading, finding: StudyFinding
    ) -> NDArray[np.uint8]:
        for each in self._analyses(exam, kept):
            if finding.number in each.pictures:
                return each.pictures[finding.number]
        raise SettingsError(
            f"No picture of lesion {finding.number} of exam {exam} was kept. Read the exam again."
        )

    def _places_of(self, _store: ExamStore, exam: Exam, kept: KeptReading) -> Places:
        key = tuple(each.content for each in self._results(exam.number, kept))
        with self._turn:
            known = self._places.get(key)
        if known is None:
            known = {
                number: place
                for each in self._analyses(exam.number, kept)
                for number, place in lesion_places(each).items()
            }
            with self._turn:
                self._places.put(key, known)
        return known

    def _analyses(self, exam: int, kept: KeptReading) -> list[KeptAnalysis]:
        found = []
        with self._turn:  # each takes many times its packed size
            for result in self._results(exam, kept):
                known = self._volumes.get(result.content)
                if known is None:
                    made = kept_analysis_of(result_bytes(self._seen.store, result))
                    known = self._volumes.put(result.content, made)
                found.append(known)
        return found

    def _results(self, exam: int, kept: KeptReading) -> Sequence[KeptResult]:
        return volume_results(present_of(self._seen.store.results_of(exam), kept.number))


def _smaller(jpeg: bytes) -> bytes:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None, "just encoded"
    scale = THUMBNAIL_PX / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))[1].tobytes()
