"""Exams of the store, opened to be looked at: their images in order, and frames of them."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SenoscopeError, SettingsError
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_header import date_of
from senoscope.studies.images.breast_object import BreastObject
from senoscope.studies.images.mammogram import FOR_PROCESSING
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import is_mammogram, laterality_of, view_of
from senoscope.studies.images.stored_tomosynthesis import is_tomosynthesis
from senoscope.studies.images.tomosynthesis_header import slice_side
from senoscope.studies.mri.mri_slices import is_mri
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.results.write_results import is_simulated
from senoscope.ui.frames.overlay import Header
from senoscope.ui.studies.hanging_places import HangingView, Kind

MOST_OPEN = 4
"""Their headers stay in memory."""


class OpenStudy:
    """One exam's study. `images` are as the page counts them, those with pixels alone.

    `birth_date` is an ISO date, "" where it is not said. `simulated`: of no patient.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._sources = SourceImages(study)
        self._pictures = [each for each in study.images if each.has_pixels]
        self.instance_uids = [each.instance_uid for each in self._pictures]
        self.images: list[Header] = [
            {"frames": each.frames, "modality": each.modality, "shows": each.trouble is None}
            for each in self._pictures
        ]
        self._turn = Lock()
        self.birth_date, self.simulated = "", False
        try:
            header = self._sources.header(study.images[0].instance_uid)
        except SenoscopeError:  # said where a picture or a result of it is asked for
            return
        born = date_of(header, "PatientBirthDate")
        self.birth_date = "" if born is None else born.isoformat()
        self.simulated = is_simulated(header)

    @property
    def holds_mri(self) -> bool:
        """Whether there are MR images of a class that is read."""
        return any(map(is_mri, self.study.images))

    def views(self) -> list[HangingView]:
        """Of the mammograms and tomosynthesis among `images`, by their headers alone."""
        return [
            _view(place, each, self._sources)
            for place, each in enumerate(self._pictures)
            if _kind_of(each) is not None
        ]

    def breast_image(self, image: int) -> StoredImage:
        """A mammogram, or tomosynthesis. SettingsError where that image is none."""
        found = self._image(image)
        if _kind_of(found) is None:
            raise SettingsError(
                f"Image {image} of the exam is no mammogram and no tomosynthesis; expected one. "
                "Show it by itself."
            )
        return found

    def picture(self, image: int, frame: int) -> NDArray[np.uint8]:
        """(rows, columns) or (rows, columns, 3) RGB; `frame` counts from 1.

        SettingsError where there is none; errors as of `SourceImages.picture`.
        """
        found = self._image(image)
        with self._turn:  # the sources keep what they read
            return self._sources.picture(found.frame_place(frame))

    def _image(self, image: int) -> StoredImage:
        if not 0 <= image < len(self._pictures):
            raise SettingsError(
                f"Image {image} was asked for; the exam has {len(self._pictures)}, counted from 0."
            )
        return self._pictures[image]


def _kind_of(image: StoredImage) -> Kind | None:
    """None: neither a mammogram nor one object that holds tomosynthesis."""
    if is_mammogram(image):
        return Kind.SYNTHETIC if image.breast is BreastObject.SYNTHETIC else Kind.PLAIN
    if is_tomosynthesis(image):
        return Kind.SLICES
    is_other = image.breast in (BreastObject.PROJECTIONS, BreastObject.PRIVATE)
    return Kind.OTHER if is_other else None


def _view(place: int, image: StoredImage, sources: SourceImages) -> HangingView:
    said, kind = image.mammogram, _kind_of(image)
    side = slice_side(image)[0] if kind is Kind.SLICES else laterality_of(image)
    try:
        view = view_of(image, sources.header(image.instance_uid))
    except SenoscopeError:  # said where its picture is asked for
        view = None if said is None else said.view
    plain = HangingView(
        image=place,
        side=side or "",
        view=view or "",
        processing=image.sop_class == FOR_PROCESSING,
        kind=kind or Kind.PLAIN,
    )
    if said is None:
        return plain.model_copy(update={"is_wrapped": kind is Kind.PLAIN})
    return plain.model_copy(
        update={
            "modifiers": said.modifiers,
            "has_other_modifier": said.has_other_modifier,
            "is_partial": said.is_partial,
            "has_implant": said.has_implant,
        }
    )


class OpenStudies:
    """The exams looked at last stay open. Any thread may ask."""

    def __init__(self, store: ExamStore) -> None:
        self._store = store
        self._lock = Lock()
        self._open: OrderedDict[tuple[int, tuple[str, ...]], OpenStudy] = OrderedDict()

    def open(self, exam: int) -> OpenStudy:
        """Of the exam's files as they are now. SettingsError where it holds none that are read."""
        contents = tuple(each.content for each in self._store.images_of(exam))
        key = exam, contents
        with self._lock:
            if key not in self._open:
                paths = [self._store.path_of(each) for each in contents]
                with StudyFiles.listed(paths) as files:
                    studies, _ = read_studies(files)
                if len(studies) != 1:
                    raise SettingsError(
                        f"Exam {exam} holds {len(studies)} studies that can be read; expected one. "
                        "Upload it again, and check the store: senoscope store check."
                    )
                self._open[key] = OpenStudy(studies[0])
                while len(self._open) > MOST_OPEN:
                    self._open.popitem(last=False)
            self._open.move_to_end(key)
            return self._open[key]
