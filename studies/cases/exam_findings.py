"""From what the exam store keeps of one exam to its findings, each with its place in the breast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from senoscope.domain.mammogram import Laterality
from senoscope.studies.cases.breast_place import (
    BreastPlace,
    operator_place,
    space_place,
    third_of,
)
from senoscope.studies.cases.case_values import CaseFinding, FindingKey, Modality, Said, Size
from senoscope.studies.cases.mark_places import longest_mm, mark_place, side_of_image
from senoscope.studies.exams.exam_records import KeptReading, KeptSignOff
from senoscope.studies.live_exam_facts import OperatorSaid
from senoscope.studies.modes.read_view import SIDE_CONTRADICTED
from senoscope.studies.mri.lesion_places import LesionPlace
from senoscope.studies.results.breast_mri.lesion_codes import CURVE
from senoscope.studies.results.breast_mri.lesion_measures import side_of_lesion
from senoscope.studies.results.breast_mri.report_rows import FIBROGLANDULAR
from senoscope.studies.results.report_json import reading_of_json, signed_of_json
from senoscope.studies.sign_off import SignedReading, Verdict
from senoscope.studies.study_reading import (
    BREAST_MRI,
    CAUTION,
    MAMMOGRAPHY,
    NO_MARKS_SOUGHT,
    FindingKind,
    ImageReading,
    Outlined,
    StudyFinding,
    StudyReading,
)

NIPPLE_SD_MM = 5.0
"""Of where the nipple was found in a volume."""
_VERDICTS = {"accepted": Said.ACCEPTED, "rejected": Said.OVERRULED}
_SIGNED = {
    Verdict.ACCEPTED: Said.ACCEPTED,
    Verdict.EDITED: Said.EDITED,
    Verdict.OVERRULED: Said.OVERRULED,
}
Places = Mapping[int, LesionPlace]
SideOf = Callable[[str], Laterality | None]
"""Of an ultrasound image by its SOPInstanceUID, as its header says it."""


@dataclass(frozen=True, eq=False)
class ReadExam:
    """One reading as it holds: as it was signed, if it was. `places` are of an MRI's lesions."""

    kept: KeptReading
    reading: StudyReading
    signed: SignedReading | None
    operator: Mapping[int, OperatorSaid]
    places: Places
    side_of: SideOf

    @classmethod
    def of(
        cls,
        kept: KeptReading,
        sign_offs: tuple[KeptSignOff, ...],
        operator: Mapping[int, OperatorSaid],
        places: Places,
        side_of: SideOf,
    ) -> ReadExam:
        """StorageError where what was kept is damaged."""
        own = [each for each in sign_offs if each.reading == kept.number]
        signed = signed_of_json(own[-1].signed) if own else None
        reading = reading_of_json(kept.reading) if signed is None else signed.reading
        return cls(kept, reading, signed, operator, places, side_of)

    @property
    def images(self) -> dict[str, ImageReading]:
        """By SOPInstanceUID."""
        return {each.instance_uid: each for each in self.reading.images}

    def modality_of(self, image: ImageReading) -> Modality:
        """Of one image."""
        if self.reading.mode == BREAST_MRI:
            return Modality.BREAST_MRI
        if self.reading.mode == MAMMOGRAPHY:
            return Modality.TOMOSYNTHESIS if image.frames > 1 else Modality.MAMMOGRAPHY
        return Modality.ULTRASOUND

    @property
    def modalities(self) -> list[Modality]:
        """Of which something was read."""
        return list(
            dict.fromkeys(self.modality_of(each) for each in self.reading.images if each.read)
        )

    @property
    def covered(self) -> Iterator[tuple[Modality, Laterality]]:
        """Breasts that were searched whole. A probe held by hand covers nothing for certain."""
        if self.reading.mode == BREAST_MRI:
            names = {each.name for each in self.reading.facts}
            for breast in Laterality:
                if f"{FIBROGLANDULAR}_{breast}" in names:
                    yield Modality.BREAST_MRI, breast
        elif self.reading.mode == MAMMOGRAPHY:
            for image in self.reading.images:
                cautions = {each.word for each in image.facts if each.name == CAUTION}
                side = side_of_image(image)
                if side is not None and image.read and NO_MARKS_SOUGHT not in cautions:
                    yield self.modality_of(image), side

    def findings(self) -> tuple[CaseFinding, ...]:
        """Each once: what the operator called the same as another is told with that one."""
        found = {each.number: self._finding(each) for each in self.reading.findings}
        for number, said in sorted(self.operator.items()):
            older = said.same_as
            if number in found and older is not None and older in found and older != number:
                found[older] = _joined(found[older], found.pop(number))
        return tuple(found.values())

    def _finding(self, finding: StudyFinding) -> CaseFinding:
        images = self.images
        on = [self.modality_of(images[uid]) for uid in finding.images if uid in images]
        key = self.modality_of(images[finding.key.at.instance_uid])
        said, why = self._said(finding.number)
        curve = next((each.word for each in finding.facts if each.name == CURVE), "")
        return CaseFinding(
            FindingKey(self.kept.exam, self.kept.number, finding.number),
            key,
            tuple(dict.fromkeys(each for each in on if each is not key)),
            finding.kind,
            self._place(finding),
            finding.key.at,
            self._size(finding),
            finding.probability,
            finding.suspicion if finding.kind is FindingKind.LESION else None,
            tuple(finding.assessed),
            said,
            why,
            curve=curve,
            contradicts_side=self._contradicts(finding),
        )

    def _place(self, finding: StudyFinding) -> BreastPlace:
        if self.reading.mode == MAMMOGRAPHY:
            drawn = self._drawn(finding.number)
            outlines = finding.outlines if drawn is None else (drawn, *finding.outlines)
            return mark_place(replace(finding, outlines=outlines), self.images)
        if self.reading.mode == BREAST_MRI:
            return _mri_place(finding, self.places.get(finding.number))
        said = self.operator.get(finding.number, OperatorSaid())
        side = Laterality(said.side) if said.side else self.side_of(finding.key.at.instance_uid)
        away = None if said.from_nipple_cm is None else 10 * said.from_nipple_cm
        return operator_place(side, said.clock, away)

    def _size(self, finding: StudyFinding) -> Size | None:
        longest = next((each.number for each in finding.facts if each.name == "longest"), None)
        if longest is not None:
            return Size(longest)
        drawn = self._drawn(finding.number)
        if drawn is None and finding.measured is not None:
            axis = finding.measured.long_axis
            return Size(axis.value, axis.lower, axis.upper)
        outline = drawn or finding.key
        spacing = self.reading.pixel_spacing_of(outline.at.instance_uid)
        return None if spacing is None else Size(longest_mm(outline.contour, spacing))

    def _drawn(self, number: int) -> Outlined | None:
        """By who signed, in place of the machine's outline."""
        return None if self.signed is None else self.signed.decision(number).outline

    def _said(self, number: int) -> tuple[Said, str]:
        """Who signed has the last word."""
        if self.signed is not None:
            decision = self.signed.decision(number)
            return _SIGNED[decision.verdict], decision.reason
        said = self.operator.get(number, OperatorSaid())
        return _VERDICTS.get(said.verdict, Said.NOTHING), ""

    def _contradicts(self, finding: StudyFinding) -> bool:
        images = (self.images[uid] for uid in finding.images if uid in self.images)
        return any(
            fact.name == CAUTION and fact.word == SIDE_CONTRADICTED
            for image in images
            for fact in image.facts
        )


def _mri_place(finding: StudyFinding, place: LesionPlace | None) -> BreastPlace:
    side = side_of_lesion(finding.facts)
    if side is None or place is None or not place.is_from_nipple:
        return BreastPlace(side)
    third = None if place.depth_mm is None else third_of(place.back_mm, place.depth_mm)
    return space_place(side, place.left_mm, place.head_mm, place.back_mm, NIPPLE_SD_MM, third)


def _joined(older: CaseFinding, newer: CaseFinding) -> CaseFinding:
    """The lesion as it is seen twice: its larger size, its higher suspicion."""
    sizes = [each for each in (older.size, newer.size) if each is not None]
    surer = max(older, newer, key=lambda each: each.probability)
    return replace(
        older,
        place=older.place if older.place.is_known or not newer.place.is_known else newer.place,
        size=max(sizes, key=lambda each: each.mm, default=None),
        probability=surer.probability,
        suspicion=surer.suspicion,
        same=(*older.same, newer.key.number, *newer.same),
    )
