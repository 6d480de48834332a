"""What the stored images of an exam say for the reader log: which breast, and which scanner."""

from __future__ import annotations

from functools import cached_property

from pydicom import Dataset

from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.mammogram import Laterality
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_header import text_of
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.images.stored_mammogram import laterality_of
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.results.write_results import is_simulated
from senoscope.studies.study_reading import StudyReading

SIMULATED = "simulated"
LONGEST_SCANNER = 200


class LoggedImages:
    """Of one exam. Files that cannot be read say nothing: neither a side nor a scanner."""

    def __init__(self, store: ExamStore, exam: int) -> None:
        self._store = store
        self._kept = store.images_of(exam)

    def modality_of(self, reading: StudyReading | None) -> str:
        """By comma, of the images that it read; of all of the exam where that is not known."""
        read = set() if reading is None else {each.instance_uid for each in reading.images}
        named = [each for each in self._kept if each.instance_uid in read] or self._kept
        return ",".join(sorted({each.modality for each in named} - {""}))

    @property
    def side(self) -> Laterality | None:
        """The breast that all images show, None where they show both or one does not say it."""
        study = self._study
        if study is None or any(each.modality == "MR" for each in self._kept):
            return None
        sides = {laterality_of(each) for each in study.images if each.has_pixels}
        return sides.pop() if len(sides) == 1 else None

    @property
    def station(self) -> str:
        """StationName, which may say a hospital's room: it leaves under a pseudonym only."""
        return _text(self._header, "StationName")

    @property
    def accession(self) -> str:
        """AccessionNumber: by it a hospital calls the exam, so it never leaves."""
        return _text(self._header, "AccessionNumber")

    @property
    def scanner(self) -> str:
        """Manufacturer and model, and that no patient was there where it is simulated."""
        words = [_text(self._header, each) for each in ("Manufacturer", "ManufacturerModelName")]
        if self._header is not None and is_simulated(self._header):
            words.insert(0, SIMULATED)
        return " ".join(filter(None, words))[:LONGEST_SCANNER]

    @cached_property
    def _study(self) -> Study | None:
        # Slices of MRI are many, and of both breasts: the first says what is asked of them.
        slices = [each for each in self._kept if each.modality == "MR"]
        wanted = [each for each in self._kept if each.modality != "MR"] + slices[:1]
        with StudyFiles.listed([self._store.path_of(each.content) for each in wanted]) as files:
            studies, _ = read_studies(files)
        return studies[0] if len(studies) == 1 else None

    @cached_property
    def _header(self) -> Dataset | None:
        if self._study is None:
            return None
        try:
            return SourceImages(self._study).header(self._study.images[0].instance_uid)
        except SourceUnavailable:
            return None


def one_line(text: str) -> str:
    """What is printed of it, words with one space between."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _text(header: Dataset | None, keyword: str) -> str:
    return "" if header is None else one_line(text_of(header, keyword))
