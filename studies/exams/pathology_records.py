"""What became of a breast: as it is given to the exam store, and as the store gives it back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import Outcome

LONGEST_SOURCE = 200
WITHDRAWN = "withdrawn"
"""Said in place of an outcome: that a row was never true of this exam."""
MOST_FINDINGS = 10_000

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class NewPathology:
    """Of one finding, one breast (`finding` None) or the whole exam (`laterality` None too).

    `found_on`: the day of the tissue, or the day up to which she was followed without cancer.
    `source`: where it is written, without names: the laboratory and the kind of tissue. `corrects`:
    the number of the row that this one replaces; `outcome` None then says that the row was never
    true of this exam. SettingsError.
    """

    outcome: Outcome | None
    found_on: date
    laterality: Laterality | None = None
    finding: int | None = None
    source: str = ""
    corrects: int | None = None

    def __post_init__(self) -> None:
        if self.outcome is None and self.corrects is None:
            raise SettingsError(
                "Pathology was given without an outcome; expected one of "
                f"{', '.join(Outcome)}. Leave it out where nothing is known yet."
            )
        if self.finding is not None and not 1 <= self.finding <= MOST_FINDINGS:
            raise SettingsError(
                f"Pathology of finding {self.finding} was given; expected a number from 1, as the "
                "reading counts its findings, or none."
            )
        if len(self.source) > LONGEST_SOURCE or not (self.source + " ").isprintable():
            raise SettingsError(
                f"The source of pathology was given in {len(self.source)} characters; expected at "
                f"most {LONGEST_SOURCE} printed ones on one line. Shorten it."
            )

    @classmethod
    def of_texts(
        cls,
        outcome: str,
        found_on: str,
        laterality: str = "",
        finding: str = "",
        source: str = "",
        corrects: int | None = None,
    ) -> NewPathology:
        """As a form or a table gives it; `WITHDRAWN` in place of an outcome takes a row back."""
        said = outcome.strip()
        known = [*Outcome, *([] if corrects is None else [WITHDRAWN])]
        if said not in known:
            raise SettingsError(
                f"An outcome of {said[:40]!r} was given; expected one of {', '.join(known)}. "
                "Leave the row out where nothing is known yet."
            )
        return cls(
            None if said == WITHDRAWN else Outcome(said),
            day_said(found_on),
            side_said(laterality),
            _finding_said(finding),
            source.strip(),
            corrects,
        )

    @property
    def place(self) -> tuple[Laterality | None, int | None]:
        """What it is of."""
        return self.laterality, self.finding


@dataclass(frozen=True, slots=True)
class KeptPathology:
    """As it was given; rows are never changed, `corrects` names the one that it replaces."""

    number: int
    exam: int
    corrects: int | None
    laterality: Laterality | None
    finding: int | None
    outcome: Outcome | None
    found_on: date
    source: str
    who: str
    made_at: datetime

    @property
    def place(self) -> tuple[Laterality | None, int | None]:
        """What it is of."""
        return self.laterality, self.finding

    @property
    def of_what(self) -> str:
        """In words."""
        side = {
            None: "the exam",
            Laterality.LEFT: "the left breast",
            Laterality.RIGHT: "the right breast",
        }
        where = side[self.laterality]
        return where if self.finding is None else f"finding {self.finding} of {where}"


def present(rows: Sequence[KeptPathology]) -> tuple[KeptPathology, ...]:
    """Of an exam's rows those that hold now: not corrected since, nor taken back."""
    corrected = {each.corrects for each in rows}
    return tuple(each for each in rows if each.number not in corrected and each.outcome is not None)


def day_said(text: str) -> date:
    """SettingsError unless it is a day as 2026-11-28."""
    said = text.strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said, re.ASCII):
            return date.fromisoformat(said)
    except ValueError:
        pass  # such as a 31st of June: told below, as every other text is
    raise SettingsError(
        f"A date of {said[:40]!r} was given; expected year, month and day as 2026-11-28."
    )


def side_said(text: str) -> Laterality | None:
    """None for nothing. SettingsError unless it is L or R."""
    said = text.strip()
    if said not in ("", *Laterality):
        raise SettingsError(
            f"A side of {said[:40]!r} was given; expected {', '.join(Laterality)}, or nothing for "
            "the whole exam."
        )
    return Laterality(said) if said else None


def _finding_said(text: str) -> int | None:
    said = text.strip()
    if not said:
        return None
    if not re.fullmatch(r"\d{1,5}", said, re.ASCII):
        raise SettingsError(
            f"A finding of {said[:40]!r} was given; expected its number in the reading, or nothing."
        )
    return int(said)
