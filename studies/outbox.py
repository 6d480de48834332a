"""What waits to be sent, as the one who sends sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Waiting:
    """One DICOM file for one destination, by its name; `tries` have failed so far."""

    number: int
    path: Path
    destination: str
    tries: int


class Outbox(Protocol):
    """Survives a restart: what is not said to be sent is due again."""

    def due(self, now: datetime) -> Sequence[Waiting]:
        """What may be tried now, the oldest first."""

    def sent(self, number: int, now: datetime) -> None:
        """The destination has said that it holds the file."""

    def put_off(self, number: int, why: str, until: datetime) -> None:
        """It failed, and may be tried again."""

    def give_up(self, number: int, why: str) -> None:
        """The destination refuses the file itself; a person has to look."""
