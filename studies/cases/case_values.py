"""What a patient's case is made of: exams, their findings with a place each, and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reading import Suspicion
from senoscope.studies.cases.breast_place import BreastPlace
from senoscope.studies.study_reading import FindingKind, FramePlace


class Modality(StrEnum):
    """A column of the page, in this order."""

    ULTRASOUND = "ultrasound"
    MAMMOGRAPHY = "mammography"
    TOMOSYNTHESIS = "tomosynthesis"
    BREAST_MRI = "breast_mri"


class Posture(StrEnum):
    """How the breast lay."""

    SUPINE = "supine"
    COMPRESSED = "compressed"
    PRONE = "prone"


POSTURES = {
    Modality.ULTRASOUND: Posture.SUPINE,
    Modality.MAMMOGRAPHY: Posture.COMPRESSED,
    Modality.TOMOSYNTHESIS: Posture.COMPRESSED,
    Modality.BREAST_MRI: Posture.PRONE,
}


class Said(StrEnum):
    """What a person made of a finding: while scanning, or who signed. NOTHING: nobody yet."""

    NOTHING = ""
    ACCEPTED = "accepted"
    EDITED = "edited"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True, order=True)
class FindingKey:
    """An exam of the store, a reading of it and a finding of that."""

    exam: int
    reading: int
    number: int


@dataclass(frozen=True, slots=True)
class Size:
    """The longest diameter in mm; `lower` to `upper` are 95 %, None where they are not known."""

    mm: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """One finding of one exam. `modality` is that of the image that shows it best, at `at`.

    `also`: other modalities of the same exam on which the same reading outlined it. `probability`
    is of malignancy where `kind` is LESION, else a mark's score; only the former has `suspicion`.
    `words` are of BI-RADS. `same`: numbers of the same exam that the operator called the same.
    `why`: the reason of who overruled it. `curve`: of MRI, "I", "II" or "III", else "".
    """

    key: FindingKey
    modality: Modality
    also: tuple[Modality, ...]
    kind: FindingKind
    place: BreastPlace
    at: FramePlace
    size: Size | None
    probability: float
    suspicion: Suspicion | None
    words: tuple[str, ...]
    said: Said = Said.NOTHING
    why: str = ""
    same: tuple[int, ...] = ()
    curve: str = ""
    contradicts_side: bool = False

    @property
    def modalities(self) -> frozenset[Modality]:
        """All on which it is seen."""
        return frozenset((self.modality, *self.also))

    @property
    def is_kept(self) -> bool:
        """Whether nobody has overruled it."""
        return self.said is not Said.OVERRULED


@dataclass(frozen=True, slots=True)
class CaseExam:
    """`modalities`: those that were read. `covered`: which of them show which breast whole.

    `shows`: whether what a program found may be seen yet; without, there are no `findings`.
    `assessment` is the category of who signed, "" where nobody did. `trouble`: why what was kept
    cannot be used, "" where it can.
    """

    number: int
    study_date: date | None
    stored_modality: str
    modalities: tuple[Modality, ...]
    covered: frozenset[tuple[Modality, Laterality]]
    findings: tuple[CaseFinding, ...]
    state: str
    shows: bool
    assessment: str = ""
    simulated: bool = False
    trouble: str = ""

    def of(self, modality: Modality) -> tuple[CaseFinding, ...]:
        """Its findings whose best image is of that modality."""
        return tuple(each for each in self.findings if each.modality is modality)


def by_modality(exams: Iterable[CaseExam]) -> dict[Modality, list[CaseExam]]:
    """Exams that were read in each, in the order that is given, which is the newest first."""
    found: dict[Modality, list[CaseExam]] = {each: [] for each in Modality}
    for exam in exams:
        for modality in exam.modalities:
            found[modality].append(exam)
    return found


def current(exams: Sequence[CaseExam]) -> dict[Modality, CaseExam]:
    """The newest exam of each modality; others are earlier ones."""
    return {modality: own[0] for modality, own in by_modality(exams).items() if own}
