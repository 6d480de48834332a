"""What was said of a breast, by whom and when: the rows that a reader study is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality


class Said(StrEnum):
    """By whom, and knowing what."""

    ALONE = "reader alone"
    WITH_AI = "reader with AI"
    AI = "AI"
    OVERRIDE = "override"
    PATHOLOGY = "pathology"


class Outcome(StrEnum):
    """What became of it: by tissue, or by follow-up without cancer."""

    MALIGNANT = "malignant"
    BENIGN = "benign"
    NO_CANCER = "no cancer in follow-up"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing said; entries are added and never changed, a later one of the same corrects.

    `patient`, `exam`, `by` are pseudonyms: a patient's exams are alike, so she is what is
    resampled. `laterality` None: of the whole exam. `by`: the reader, or the AI's name and version.
    `probability` of malignancy in 0..1, or None; `assessment` a BI-RADS category, or "". `finding`
    is a number within the exam. `reason` of an override. `outcome` of pathology alone, and with it
    `found_on`: the day of the tissue, or to which she was followed without cancer.
    """

    at: datetime
    patient: str
    exam: str
    said: Said
    by: str
    laterality: Laterality | None = None
    modality: str = ""
    scanner: str = ""
    probability: float | None = None
    assessment: str = ""
    finding: int | None = None
    reason: str = ""
    outcome: Outcome | None = None
    found_on: date | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise SettingsError("An entry was given a time without its zone; expected one with it.")
        if not (self.patient.strip() and self.exam.strip() and self.by.strip()):
            raise SettingsError(
                "An entry was given without patient, exam or who said it; expected all three."
            )
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise SettingsError(
                f"A probability of {self.probability:g} was given; expected 0 to 1."
            )
        if (self.said is Said.PATHOLOGY) != (self.outcome is not None):
            raise SettingsError(
                f"An entry of {self.said.value!r} was given "
                f"{'without' if self.outcome is None else 'with'} an outcome; expected one of "
                "pathology, and of nothing else."
            )
        if self.found_on is not None and self.outcome is None:
            raise SettingsError(
                f"An entry of {self.said.value!r} was given with a day on which it was found; "
                "expected one of pathology alone."
            )
