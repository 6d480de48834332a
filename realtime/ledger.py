"""The books of a loop: what became of every captured frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock


class DropCause(StrEnum):
    """Why a frame was not read."""

    SUPERSEDED = "superseded"
    """A newer frame came before the AI was free."""
    UNSUITABLE = "unsuitable"
    """It is nothing the AI should read: Doppler, air, a menu; see `Unsuitable`."""
    AI_OFF = "ai_off"
    """The AI was starting, or off."""
    AI_LOST = "ai_lost"
    """The AI process died or hung while it read this frame."""
    AI_ERROR = "ai_error"
    """The AI could not read this frame."""
    ENDED = "ended"
    """The loop was stopped first."""


@dataclass(frozen=True, slots=True)
class LedgerSnapshot:
    """The counts at one moment; `dropped` names every cause, also those that are 0."""

    captured: int
    read: int
    duplicates: int
    dropped: Mapping[DropCause, int]
    in_flight: int

    @property
    def balanced(self) -> bool:
        """Whether every captured frame is accounted for."""
        settled = self.read + self.duplicates + sum(self.dropped.values())
        return self.in_flight >= 0 and self.captured == settled + self.in_flight


class Ledger:
    """Counts frames, from any thread. Each captured frame is to be settled exactly once.

    `in_flight` is counted on its own and not worked out from the rest, so that `balanced` proves
    something.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._captured = self._read = self._duplicates = self._in_flight = 0
        self._dropped: Counter[DropCause] = Counter()

    def capture(self) -> None:
        """Count a captured frame; it is in flight until settled."""
        with self._lock:
            self._captured += 1
            self._in_flight += 1

    def settle_read(self) -> None:
        """Count a frame in flight as read."""
        with self._lock:
            self._in_flight -= 1
            self._read += 1

    def settle_duplicate(self) -> None:
        """Count a frame in flight as showing what the one before showed; it is not read again."""
        with self._lock:
            self._in_flight -= 1
            self._duplicates += 1

    def settle_dropped(self, cause: DropCause) -> None:
        """Count a frame in flight as never to be read."""
        with self._lock:
            self._in_flight -= 1
            self._dropped[cause] += 1

    def snapshot(self) -> LedgerSnapshot:
        """Give all counts, of one and the same moment."""
        with self._lock:
            dropped = {cause: self._dropped[cause] for cause in DropCause}
            return LedgerSnapshot(
                self._captured, self._read, self._duplicates, dropped, self._in_flight
            )
