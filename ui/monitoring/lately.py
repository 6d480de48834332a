"""What takes long to work out, as of lately; whoever asks waits a bounded time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Generic, TypeVar

from senoscope.domain.errors import SenoscopeError

LONGEST_REST_S = 600.0

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """`value` is the newest there was, None before the first; `age_s` how long ago it was made.

    `answers` False: the last try failed, by `error` where it was one of ours, or has not ended in
    time.
    """

    value: T | None
    age_s: float
    answers: bool
    error: SenoscopeError | None = None


class Lately(Generic[T]):
    """Works something out on a thread, one at a time and only when it is asked for.

    It is worked out anew after `fresh_s`; with `share`, later where it took long, so that it takes
    no larger share of the time, but within `LONGEST_REST_S`. Who asks waits for it until `wait_s`
    after it was begun: however many ask, one that hangs holds each up no longer.
    """

    def __init__(
        self, work: Callable[[], T], fresh_s: float, wait_s: float, share: float | None = None
    ) -> None:
        self._work, self._fresh_s, self._wait_s, self._share = work, fresh_s, wait_s, share
        self._changed = Condition()
        self._begun: float | None = None
        self._due = self._made = 0.0
        self._value: T | None = None
        self._failed = False
        self._error: SenoscopeError | None = None

    def known(self) -> Known[T]:
        """The newest there is. Any thread may ask."""
        with self._changed:
            now = time.monotonic()
            if self._begun is None and now >= self._due:
                self._begun = now
                Thread(target=self._run, args=(now,), name="senoscope-lately", daemon=True).start()
            if self._begun is not None:
                rest_s = max(self._begun + self._wait_s - now, 0.0)
                self._changed.wait_for(lambda: self._begun is None, rest_s)
            late = self._begun is not None and time.monotonic() >= self._begun + self._wait_s
            age_s = time.monotonic() - self._made if self._value is not None else 0.0
            return Known(self._value, age_s, not (self._failed or late), self._error)

    def _run(self, begun: float) -> None:
        value, error = None, None
        try:
            value = self._work()
        except SenoscopeError as raised:
            error = raised
            if not self._failed:
                log.warning("What is watched from outside does not answer: %s", error)
        finally:
            ended = time.monotonic()
            with self._changed:
                self._failed, self._error = value is None, error
                self._due = ended + self._fresh_s
                if value is not None:
                    self._value, self._made = value, ended
                    self._due = max(self._due, ended + self._rest_s(ended - begun))
                self._begun = None
                self._changed.notify_all()

    def _rest_s(self, took_s: float) -> float:
        return 0.0 if self._share is None else min(took_s / self._share, LONGEST_REST_S)
