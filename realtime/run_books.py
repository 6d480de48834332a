"""The books of a whole run: every frame of every exam, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock

from senoscope.realtime.histogram import NO_SPREAD, Spread
from senoscope.realtime.ledger import DropCause, Ledger, LedgerSnapshot


@dataclass(frozen=True, slots=True)
class RunBooks(LedgerSnapshot):
    """The counts of all exams together, of one and the same moment; they only ever grow.

    `lesion_frames` and `engine_falls` are among those read, counted a moment before. `unusable` is
    of the present source, `unshown` of the run; see `LoopReport`. `until_read` is how long it took
    from the capture of each frame that was read to its reading, `stages` how long each stage.
    """

    lesion_frames: int = 0
    engine_falls: int = 0
    unusable: int = 0
    unshown: int = 0
    until_read: Spread = NO_SPREAD
    stages: Mapping[str, Spread] = field(default_factory=dict)


class RunLedger:
    """Gives each exam its ledger, and carries over what an exam came to when the next begins.

    A ledger that was carried over still counts, here as well: of an exam that ended, frames are in
    flight, and the capture thread may be at one. All ledgers of a run share a lock, so that
    `snapshot` is of one moment.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._ended = Ledger(self._lock)
        self._present = Ledger(self._lock)

    @property
    def present(self) -> Ledger:
        """Of the present exam."""
        return self._present

    def next_exam(self) -> Ledger:
        """The ledger of another exam, which is the present one from now on."""
        with self._lock:
            self._present.end_in(self._ended)
            self._present = Ledger(self._lock)
            return self._present

    def snapshot(self) -> LedgerSnapshot:
        """All exams together."""
        with self._lock:
            ended, present = self._ended.snapshot(), self._present.snapshot()
        return LedgerSnapshot(
            ended.captured + present.captured,
            ended.read + present.read,
            ended.duplicates + present.duplicates,
            {cause: ended.dropped[cause] + present.dropped[cause] for cause in DropCause},
            ended.in_flight + present.in_flight,
        )
