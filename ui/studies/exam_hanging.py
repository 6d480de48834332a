"""What the hanging of an exam's mammograms asks: pictures, parts of them, and what was outlined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.studies.images.breast_object import REFUSALS
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import is_mammogram
from senoscope.studies.images.stored_tomosynthesis import is_tomosynthesis
from senoscope.studies.pixels.grey_windows import AS_STORED, Contrast
from senoscope.studies.study_reading import StudyReading
from senoscope.ui.frames.overlay import Header
from senoscope.ui.studies.drawn_region import RegionAsked, region_words
from senoscope.ui.studies.hung_mammograms import HungMammograms
from senoscope.ui.studies.hung_slices import MIDDLE, SlicePictures, SlicesAsked
from senoscope.ui.studies.open_studies import OpenStudies

_NO_WORDS: Header = {
    "name": "",
    "word": None,
    "agreement": 0.0,
    "reason": "words are told of mammograms alone, not of slices",
}


@dataclass(frozen=True, slots=True)
class PictureAsked:
    """The window's place, what is made of it, and of tomosynthesis which slices."""

    voi: int = 0
    contrast: Contrast = AS_STORED
    slices: SlicesAsked = MIDDLE


class ExamHanging:
    """Any thread may ask; images as the page counts them. SenoscopeErrors say why not.

    `shown_reading` is that of an exam, None where what the AI read may not be seen, or is not
    there: pictures are to be seen before, outlines are not.
    """

    def __init__(
        self, studies: OpenStudies, shown_reading: Callable[[int], StudyReading | None]
    ) -> None:
        self._studies, self._shown_reading = studies, shown_reading
        self._mammograms = HungMammograms()
        self._slices = SlicePictures()

    def picture(
        self, exam: int, image: int, rows: int, asked: PictureAsked
    ) -> tuple[Header, bytes]:
        """See `HungMammograms.reduced` and `SlicePictures.reduced`."""
        found = self._studies.open(exam).breast_image(image)
        if is_tomosynthesis(found):
            return self._slices.reduced(found, rows, asked.slices, asked.voi, asked.contrast)
        _require_flat(found, asked.slices)
        return self._mammograms.reduced(found, rows, (asked.voi, asked.contrast))

    def crop(self, exam: int, image: int, left: int, top: int, asked: PictureAsked) -> bytes:
        """See `HungMammograms.crop`."""
        found = self._studies.open(exam).breast_image(image)
        if is_tomosynthesis(found):
            return self._slices.crop(found, left, top, asked.slices, asked.voi, asked.contrast)
        _require_flat(found, asked.slices)
        return self._mammograms.crop(found, left, top, (asked.voi, asked.contrast))

    def words(self, exam: int, asked: RegionAsked) -> list[Header]:
        """See `region_words`. SettingsError before what the AI says may be seen."""
        found = self._studies.open(exam).breast_image(asked.image)
        if self._shown_reading(exam) is None:
            raise SettingsError(
                "Words are not said yet. Read the exam without the AI first, or wait until it is "
                "read."
            )
        if not is_mammogram(found):
            return [_NO_WORDS]
        return region_words(found, asked)

    def regions(self, exam: int, image: int) -> dict[str, list[list[float]]]:
        """By name the outlines of parts, x, y, x, y ... in pixels as stored; by even-odd rule."""
        of_image = self._studies.open(exam).breast_image(image)
        reading = self._shown_reading(exam)
        if reading is None:
            raise SettingsError(
                "What was outlined is not shown yet. Read the exam without the AI first, or wait "
                "until it is read."
            )
        found: dict[str, list[list[float]]] = {}
        for each in reading.images:
            if each.instance_uid == of_image.instance_uid:
                for region in each.regions:
                    flat = [round(float(value), 1) for value in region.contour.ravel()]
                    found.setdefault(region.name, []).append(flat)
        return found


def _require_flat(image: StoredImage, asked: SlicesAsked) -> None:
    """What is neither a mammogram nor slices says why it is not shown."""
    if not is_mammogram(image):
        why = REFUSALS.get(image.breast, "it has no pixels") if image.breast else "it has no pixels"
        raise SourceUnavailable(f"File {image.place} of the study is not shown: {why}.")
    if asked != MIDDLE:
        raise SettingsError(
            f"Slices were asked of file {image.place} of the study, which is one picture. Ask for "
            "it without slices."
        )
