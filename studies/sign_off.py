"""What a clinician makes of a reading: before it was shown, and of each finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from senoscope.domain.errors import SettingsError
from senoscope.studies.study_reading import Outlined, StudyReading

LONGEST_TEXT = 2000


class Verdict(StrEnum):
    """On one finding."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    OVERRULED = "overruled"


class Assessment(StrEnum):
    """BI-RADS category. The clinician's alone: none is ever suggested from a probability."""

    INCOMPLETE = "0"
    NEGATIVE = "1"
    BENIGN = "2"
    PROBABLY_BENIGN = "3"
    LOW_SUSPICION = "4A"
    MODERATE_SUSPICION = "4B"
    HIGH_SUSPICION = "4C"
    HIGHLY_SUGGESTIVE = "5"
    KNOWN_MALIGNANCY = "6"


@dataclass(frozen=True, slots=True)
class Decision:
    """On the finding of that number; `reason` is needed to overrule it, `outline` to edit it."""

    number: int
    verdict: Verdict
    reason: str = ""
    outline: Outlined | None = None

    def __post_init__(self) -> None:
        if self.verdict is Verdict.OVERRULED and not self.reason.strip():
            raise SettingsError(
                f"Finding {self.number} was overruled without a reason; expected one. Write why."
            )
        if (self.verdict is Verdict.EDITED) != (self.outline is not None):
            raise SettingsError(
                f"Finding {self.number} was given as {self.verdict.value}; expected an outline "
                "where it was edited, and nowhere else. Draw it, or accept the finding."
            )
        _require_short(self.reason)


@dataclass(frozen=True, slots=True)
class Impression:
    """The clinician's assessment in words and a category, as it was at `at`.

    `probability` of malignancy in 0..1, the clinician's own: for the log of what readers say, None
    where none was given.
    """

    assessment: Assessment
    text: str
    at: datetime
    probability: float | None = None

    def __post_init__(self) -> None:
        _require_short(self.text)
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise SettingsError(
                f"A probability of {100 * self.probability:g} % was given; expected 0 to 100 %, or "
                "none."
            )


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a person's name as in DICOM ("Family^Given") and the organisation."""

    name: str
    organization: str

    def __post_init__(self) -> None:
        for given in (self.name, self.organization):
            if not given.strip() or len(given) > 64 or not given.isprintable() or "\\" in given:
                raise SettingsError(
                    "Who signs was given without a name or an organisation, or with one that DICOM "
                    "cannot hold; expected 1 to 64 printed characters each, no backslash."
                )


@dataclass(frozen=True, slots=True)
class SignedReading:
    """A reading that a person took responsibility for.

    `alone`: what was said before the AI was shown, None where the site does not ask for it.
    `decisions` are one for each finding. SettingsError where one lacks, or is of none.
    """

    reading: StudyReading
    alone: Impression | None
    decisions: tuple[Decision, ...]
    final: Impression
    signer: Signer

    def __post_init__(self) -> None:
        wanted = sorted(each.number for each in self.reading.findings)
        decided = sorted(each.number for each in self.decisions)
        if wanted != decided:
            raise SettingsError(
                f"Decisions on findings {decided} were given; expected one on each of {wanted}. "
                "Accept, edit or overrule every finding."
            )

    def decision(self, number: int) -> Decision:
        """On that finding."""
        return next(each for each in self.decisions if each.number == number)


def _require_short(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise SettingsError(
            f"A text of {len(text)} characters was given; expected at most {LONGEST_TEXT}. "
            "Shorten it."
        )
