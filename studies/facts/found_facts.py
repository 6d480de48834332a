"""Facts of a woman from what others keep of her, and what there was beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from senoscope.domain.risk import PatientFacts


@dataclass(frozen=True, slots=True)
class FoundFacts:
    """`not_taken`: what was there and not understood, by its codes; a person may enter it."""

    facts: PatientFacts
    not_taken: tuple[str, ...] = ()


def completed_years(born: date, on: date) -> int:
    """As ages are told: of those born on 29 February a year is full on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
