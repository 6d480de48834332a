"""One line of a report's tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What is named, what is said of it, and how sure that is; "" where that is not known."""

    name: str
    value: str
    doubt: str = ""
