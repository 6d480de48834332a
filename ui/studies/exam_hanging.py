"""What the hanging of an exam's mammograms asks: pictures, parts of them, and what was outlined."""

from __future__ import annotations

from collections.abc import Callable

from senoscope.domain.errors import SettingsError
from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.studies.study_reading import StudyReading
from senoscope.ui.frames.overlay import Header
from senoscope.ui.studies.drawn_region import RegionAsked, region_words
from senoscope.ui.studies.hung_mammograms import HungMammograms
from senoscope.ui.studies.open_studies import OpenStudies


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

    def picture(
        self, exam: int, image: int, rows: int, voi: int, contrast: Contrast
    ) -> tuple[Header, bytes]:
        """See `HungMammograms.reduced`."""
        mammogram = self._studies.open(exam).mammogram(image)
        return self._mammograms.reduced(mammogram, rows, (voi, contrast))

    def crop(
        self, exam: int, image: int, left: int, top: int, voi: int, contrast: Contrast
    ) -> bytes:
        """See `HungMammograms.crop`."""
        mammogram = self._studies.open(exam).mammogram(image)
        return self._mammograms.crop(mammogram, left, top, (voi, contrast))

    def words(self, exam: int, asked: RegionAsked) -> list[Header]:
        """See `region_words`. SettingsError before what the AI says may be seen."""
        mammogram = self._studies.open(exam).mammogram(asked.image)
        if self._shown_reading(exam) is None:
            raise SettingsError(
                "Words are not said yet. Read the exam without the AI first, or wait until it is "
                "read."
            )
        return region_words(mammogram, asked)

    def regions(self, exam: int, image: int) -> dict[str, list[list[float]]]:
        """By name the outlines of parts, x, y, x, y ... in pixels as stored; by even-odd rule."""
        mammogram = self._studies.open(exam).mammogram(image)
        reading = self._shown_reading(exam)
        if reading is None:
            raise SettingsError(
                "What was outlined is not shown yet. Read the exam without the AI first, or wait "
                "until it is read."
            )
        found: dict[str, list[list[float]]] = {}
        for each in reading.images:
            if each.instance_uid == mammogram.instance_uid:
                for region in each.regions:
                    flat = [round(float(value), 1) for value in region.contour.ravel()]
                    found.setdefault(region.name, []).append(flat)
        return found
