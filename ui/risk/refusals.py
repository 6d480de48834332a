"""Why what was typed into a field is not taken: a key of the page's words, and what fills it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

from senoscope.ui.frames.overlay import Header

LONGEST_SHOWN = 24
"""Characters of what was typed that a reason repeats."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """`why` without "risk_refused_"; `said` fills the blanks of its sentence."""

    field: str
    why: str
    said: Header = dataclass_field(default_factory=dict)

    def facts(self) -> Header:
        """For the page."""
        return {"field": self.field, "why": self.why, "said": dict(self.said)}


class FieldRefused(ValueError):
    """Within the form alone: it is caught where the fields are gone through."""

    def __init__(self, why: str, **said: object) -> None:
        super().__init__(why)
        self.why, self.said = why, said

    def of(self, name: str) -> Refusal:
        """The same of that field."""
        return Refusal(name, self.why, self.said)


def shown(text: str) -> str:
    """What was typed, cut where it is long."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
