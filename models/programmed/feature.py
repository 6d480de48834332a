"""What a programmed feature is: a number with a name, a unit, a meaning and a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Values = Mapping[str, float]
"""A feature's value by its name; nan where it cannot be assessed on this frame."""


@dataclass(frozen=True, slots=True)
class Feature:
    """`unit` is "1" for a ratio or count, "deg", or "grey" (0 black to 1 white)."""

    name: str
    unit: str
    meaning: str
    source: str
