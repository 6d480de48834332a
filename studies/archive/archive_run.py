"""All studies of an archive, so many at a time, each to its end or until it is put off."""

from __future__ import annotations

import heapq
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from senoscope.domain.errors import StorageError
from senoscope.studies.archive.outcome import Fate, Outcome
from senoscope.studies.archive.study_groups import ArchivedStudy

DIED = Outcome(Fate.FAILED, "Its worker died.")
MOST_REASONS = 50
WINDOW = 64
"""Studies by which the time left is told."""


class Workers(Protocol):
    """What reads studies, elsewhere."""

    @property
    def most(self) -> int:
        """How many studies may be under way, so that none of them waits for the next."""

    def begin(self, study: ArchivedStudy) -> None:
        """Have it read; does not wait."""

    def ended(self, wait_s: float) -> Sequence[tuple[ArchivedStudy, Outcome]]:
        """What has ended, DIED where nobody came back; waits so long for the first."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Pauses double from `first_s` to `last_s` after failures that follow one another.

    After `tries` a study waits for the next run; after `in_a_row` failures of any studies with no
    success between, the run ends. Of a study whose own files are away, the first try counts there.
    """

    first_s: float = 1.0
    last_s: float = 30.0
    tries: int = 6
    in_a_row: int = 20


@dataclass
class Tally:
    """Of one run. `waiting`: left for the next run, those that were never begun not counted."""

    total: int
    fates: Counter[Fate] = field(default_factory=Counter)
    waiting: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    """How many were set aside now, by reason."""
    put_off: Counter[str] = field(default_factory=Counter)
    """Of those that wait, the last reason."""
    left_s: float | None = None

    @property
    def done(self) -> int:
        """Studies that are settled."""
        return self.fates.total()

    def add_aside(self, why: str) -> None:
        """Set aside now."""
        _count(self.aside, why)

    def wait(self, why: str) -> None:
        """Left for the next run."""
        self.waiting += 1
        _count(self.put_off, why)


def _count(reasons: Counter[str], why: str) -> None:
    known = why if why in reasons or len(reasons) < MOST_REASONS else "Other reasons."
    reasons[known] += 1


@dataclass(order=True)
class _Again:
    due_s: float
    number: int
    study: ArchivedStudy = field(compare=False)


class ArchiveRun:
    """No more studies are under way, or wait to be tried again, than a few for each worker."""

    def __init__(
        self,
        workers: Workers,
        tally: Tally,
        say: Callable[[Tally], None],
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tally = tally
        self._workers, self._say, self._clock = workers, say, clock
        self._patience = patience or Patience()
        self._again: list[_Again] = []
        self._tries: dict[ArchivedStudy, int] = {}
        self._under_way = self._in_a_row = self._number = 0
        self._not_before_s = 0.0
        self._failed: StorageError | None = None
        self._ends: deque[float] = deque(maxlen=WINDOW)

    def run(self, studies: Iterable[ArchivedStudy], stopping: Event) -> None:
        """Until all are settled or wait; once `stopping` is set, until what was begun has ended.

        StorageError where nothing succeeds any more, or where `studies` raises it, once what was
        begun has ended: what was read stays, and is not read again.
        """
        rest = iter(studies)
        while not stopping.is_set() and self._failed is None:
            try:
                self._begin(rest)
            except StorageError as error:
                self._failed = error
            if not self._under_way and not self._again:
                break
            self._hear()
        while self._under_way:
            self._hear()
        self._tally.waiting += len(self._again)
        if self._failed is not None:
            raise self._failed

    def _begin(self, rest: Iterator[ArchivedStudy]) -> None:
        most = self._workers.most
        now = self._clock()
        while self._under_way < most and now >= self._not_before_s:
            if self._again and self._again[0].due_s <= now:
                study: ArchivedStudy | None = heapq.heappop(self._again).study
            elif len(self._again) < 2 * most:
                study = next(rest, None)
            else:
                return
            if study is None:
                return
            self._workers.begin(study)
            self._under_way += 1

    def _hear(self) -> None:
        wait_s = 0.5
        if not self._under_way:  # all that is left is due later
            time.sleep(min(wait_s, max(0.0, self._next_s() - self._clock())))
            return
        for study, outcome in self._workers.ended(wait_s):
            self._under_way -= 1
            if outcome.fate.is_final:
                self._settle(study, outcome)
            else:
                self._put_off(study, outcome)
        self._say(self._tally)

    def _next_s(self) -> float:
        return max(self._not_before_s, self._again[0].due_s)

    def _settle(self, study: ArchivedStudy, outcome: Outcome) -> None:
        has_failed = self._tries.pop(study, 0) > 0
        if not (has_failed and outcome.fate is Fate.SET_ASIDE):  # which is the end of failures
            self._in_a_row, self._not_before_s = 0, 0.0
        tally = self._tally
        tally.fates[outcome.fate] += 1
        if outcome.fate is Fate.SET_ASIDE:
            tally.add_aside(outcome.why)
        self._ends.append(self._clock())
        took_s = self._ends[-1] - self._ends[0]
        rest = tally.total - tally.done
        tally.left_s = rest * took_s / (len(self._ends) - 1) if len(self._ends) > 1 else None

    def _put_off(self, study: ArchivedStudy, outcome: Outcome) -> None:
        patience = self._patience
        tries = self._tries[study] = self._tries.get(study, 0) + 1
        if outcome.fate is not Fate.LATER or tries == 1:
            self._in_a_row += 1
        if self._in_a_row >= patience.in_a_row and self._failed is None:
            self._failed = StorageError(
                f"{self._in_a_row} tries in a row failed, the last with: {outcome.why} What was "
                "read stays. Mend that, then give the same command again: it goes on from here."
            )
        if tries >= patience.tries:
            del self._tries[study]
            self._tally.wait(outcome.why)
            return
        now, self._number = self._clock(), self._number + 1
        pause_s = min(patience.last_s, patience.first_s * 2 ** (tries - 1))
        heapq.heappush(self._again, _Again(now + pause_s, self._number, study))
        if outcome.fate is Fate.PUT_OFF:  # it is not this study's fault: nobody hurries
            row = min(patience.last_s, patience.first_s * 2 ** (self._in_a_row - 1))
            self._not_before_s = now + row
