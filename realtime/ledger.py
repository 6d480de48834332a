"""The books of a loop: what became of every captured frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import RLock
from types import MappingProxyType


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


NONE: Mapping[DropCause, int] = MappingProxyType({})


class Ledger:
    """Counts frames, from any thread. Each captured frame is to be settled exactly once.

    `in_flight` is counted on its own and not worked out from the rest, so that `balanced` proves
    something. Ledgers of one run share a lock.
    """

    def __init__(self, lock: RLock | None = None) -> None:
        self._lock = lock or RLock()
        self._captured = self._read = self._duplicates = self._in_flight = 0
        self._dropped: Counter[DropCause] = Counter()
        self._heir: Ledger | None = None

    def capture(self) -> None:
        """Count a captured frame; it is in flight until settled."""
        self._count(captured=1, in_flight=1)

    def settle_read(self) -> None:
        """Count a frame in flight as read."""
        self._count(read=1, in_flight=-1)

    def settle_duplicate(self) -> None:
        """Count a frame in flight as showing what the one before showed; it is not read again."""
        self._count(duplicates=1, in_flight=-1)

    def settle_dropped(self, cause: DropCause) -> None:
        """Count a frame in flight as never to be read."""
        self._count(dropped={cause: 1}, in_flight=-1)

    def end_in(self, heir: Ledger) -> None:
        """Add all counts to `heir`, and from now on count there as well as here."""
        with self._lock:
            self._heir = heir
            heir._count(
                self._captured, self._read, self._duplicates, self._dropped, self._in_flight
            )

    def snapshot(self) -> LedgerSnapshot:
        """Give all counts, of one and the same moment."""
        with self._lock:
            dropped = {cause: self._dropped[cause] for cause in DropCause}
            return LedgerSnapshot(
                self._captured, self._read, self._duplicates, dropped, self._in_flight
            )

    def _count(
        self,
        captured: int = 0,
        read: int = 0,
        duplicates: int = 0,
        dropped: Mapping[DropCause, int] = NONE,
        in_flight: int = 0,
    ) -> None:
        with self._lock:
            self._captured += captured
            self._read += read
            self._duplicates += duplicates
            self._dropped.update(dropped)
            self._in_flight += in_flight
            if self._heir is not None:
                self._heir._count(captured, read, duplicates, dropped, in_flight)
