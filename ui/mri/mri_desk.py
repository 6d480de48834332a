"""What the page asks of an exam's breast MRI: pictures, curves, maps, lesions, and what changed."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.domain.errors import SettingsError
from senoscope.studies.mri.kept_analysis import KeptAnalysis, kept_analysis_of
from senoscope.studies.present_results import kept_volumes, present
from senoscope.ui.frames.overlay import Header
from senoscope.ui.mri.colour_maps import MapAsked
from senoscope.ui.mri.cut_planes import Corrected, Plane
from senoscope.ui.mri.loaded_exams import LoadedExams, LoadedMri, MriSource, MriViews
from senoscope.ui.mri.mri_facts import loaded_facts
from senoscope.ui.mri.plane_pictures import MriPictureAsked, png
from senoscope.ui.mri.prior_exams import compared
from senoscope.ui.mri.voxel_curves import CurveAsked, curve_of
from senoscope.ui.studies.lately_used import LatelyUsed
from senoscope.ui.studies.seen_exams import SeenExams

MOST_PRIORS = 100
_MOST_KEPT = 4
"""Exams whose lesions stay in memory."""


@dataclass(frozen=True, slots=True)
class MriPlace:
    """An exam, and the set of phases by its number; None: the one that was read, or the best."""

    exam: int
    set_number: int | None = None


class MriDesk:
    """Any thread may ask; SenoscopeErrors say why not.

    Pictures and curves are to be seen before what a program found may be shown; lesions and
    outlines are not.
    """

    def __init__(self, seen: SeenExams) -> None:
        self._seen = seen
        self._loaded = LoadedExams()
        self._lesions: LatelyUsed[tuple[str, ...], list[KeptAnalysis]] = LatelyUsed(
            _MOST_KEPT, lambda _: 1
        )

    def state(self, place: MriPlace) -> Header:
        """How far it is loaded, or all that is said of it, see `loaded_facts`."""
        found = self._look(place)
        if isinstance(found, float):
            return {"state": "loading", "share": round(found, 3)}
        return loaded_facts(found, self._seen.may_show(place.exam))

    def picture(self, place: MriPlace, asked: MriPictureAsked, rows: int) -> bytes:
        """JPEG."""
        if asked.breasts:
            self._require_shown(place.exam)
        return self._views(place).pictures.jpeg(asked, rows)

    def coloured(
        self, place: MriPlace, asked: MapAsked, at: tuple[Plane, int], corrected: Corrected
    ) -> bytes:
        """PNG with what is to be seen through clear."""
        if asked.breasts:
            self._require_shown(place.exam)
        return png(self._views(place).maps.rgba(asked, *at, corrected))

    def outlines(self, place: MriPlace, plane: Plane, at: int) -> Header:
        """See `PlaneOutlines`; nothing of what was not read."""
        self._require_shown(place.exam)
        outlines = self._views(place).outlines
        return {"lesions": {}} if outlines is None else outlines.of(plane, at)

    def curve(self, place: MriPlace, asked: CurveAsked) -> Header:
        """See `curve_of`."""
        return curve_of(self._views(place).cut, asked)

    def priors(self, exam: int) -> list[Header]:
        """Other exams of the patient that hold MR, the newest first; of nobody without a number."""
        own = self._seen.store.exam(exam)
        if not own.patient_id:
            return []
        found = self._seen.store.search(own.patient_id, modality="MR", limit=MOST_PRIORS)
        others = [
            each for each in found if each.patient_id == own.patient_id and each.number != exam
        ]
        others.sort(key=lambda each: str(each.study_date or ""), reverse=True)
        return [{"number": each.number, "study_date": _date(each.study_date)} for each in others]

    def compared(self, exam: int, prior: int) -> Header:
        """See `compared`, with both dates. SettingsError where they are not one patient's."""
        if prior not in {each["number"] for each in self.priors(exam)}:
            raise SettingsError(
                f"Exam {prior} was chosen to compare with; expected another breast MRI of the same "
                "patient. Choose one of the list."
            )
        for each in (exam, prior):
            self._require_shown(each)
        dates = {
            name: _date(self._seen.store.exam(number).study_date)
            for name, number in (("now", exam), ("before", prior))
        }
        return {**compared(self._kept(exam), self._kept(prior)), "dates": dates}

    def _kept(self, exam: int) -> list[KeptAnalysis]:
        key = self._source(MriPlace(exam)).key
        known = self._lesions.get(key)
        if known is None:
            results = present(self._seen.store.results_of(exam))
            made = [kept_analysis_of(each) for each in kept_volumes(self._seen.store, results)]
            known = self._lesions.put(key, made)
        if not known:
            raise SettingsError(
                f"Exam {exam} was not read as a dynamic breast MRI: it has nothing to compare. "
                "Choose another one."
            )
        return known

    def _views(self, place: MriPlace) -> MriViews:
        found = self._look(place)
        if isinstance(found, float):
            raise SettingsError("The series is being loaded. Wait until it is shown.")
        if found.views is None:
            raise SettingsError(
                "No dynamic series can be made of this exam; the table of phases says why."
            )
        return found.views

    def _look(self, place: MriPlace) -> LoadedMri | float:
        return self._loaded.look(self._source(place))

    def _source(self, place: MriPlace) -> MriSource:
        images = self._seen.store.images_of(place.exam)
        results = present(self._seen.store.results_of(place.exam))
        return MriSource(
            place.exam,
            (*(each.content for each in images), *(each.content for each in results)),
            place.set_number,
            lambda: self._seen.studies.open(place.exam).study,
            lambda: kept_volumes(self._seen.store, results),
        )

    def _require_shown(self, exam: int) -> None:
        if not self._seen.may_show(exam):
            raise SettingsError(
                "What a program found is not shown yet. Read the exam without the AI first, or "
                "wait until it is read."
            )


def _date(given: object) -> str:
    return "" if given is None else str(given)
