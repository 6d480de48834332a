"""When the next frame is due."""

from __future__ import annotations

import time
from threading import Event

from senoscope.domain.errors import SettingsError

FASTEST_HZ = 1000.0
LATE_NS = 250 * 10**6
"""Who is later than this goes on from here, so that no burst follows a stall."""


class Pace:
    """An even beat from the first `wait` on. `rate_hz` None: flat out, no waiting.

    Beats are counted from the start and not from the last frame, so lateness does not add up.
    Beats missed in a stall are skipped, so that no burst follows.
    """

    def __init__(self, rate_hz: float | None) -> None:
        if rate_hz is not None and not 0 < rate_hz <= FASTEST_HZ:
            raise SettingsError(
                f"A rate of {rate_hz:g} frames a second was given; expected more than 0 and at "
                f"most {FASTEST_HZ:g}. Try 30."
            )
        self._period_s = None if rate_hz is None else 1 / rate_hz
        self._due_s: float | None = None
        self._stopped = Event()

    def wait(self) -> bool:
        """Wait for the next beat; the first is now. False once stopped."""
        if self._period_s is None:
            return not self._stopped.is_set()
        now_s = time.monotonic()
        if self._due_s is None:
            self._due_s = now_s
        late_s = now_s - self._due_s
        if late_s < 0:
            self._stopped.wait(-late_s)
        else:
            self._due_s += late_s // self._period_s * self._period_s
        self._due_s += self._period_s
        return not self._stopped.is_set()

    def stop(self) -> None:
        """End a waiting `wait`, from any thread."""
        self._stopped.set()


class Timetable:
    """When frames are due that were taken some time apart. `flat_out`: nobody waits for it."""

    def __init__(self, flat_out: bool = False) -> None:
        self._flat_out = flat_out
        self._began_ns: int | None = None

    def due_ns(self, since_ns: int) -> int:
        """In `time.monotonic_ns()`, of what was taken `since_ns` after the first, which is now."""
        now_ns = time.monotonic_ns()
        began_ns = now_ns - since_ns if self._began_ns is None else self._began_ns
        late = not self._flat_out and now_ns - since_ns - began_ns > LATE_NS
        self._began_ns = now_ns - since_ns if late else began_ns
        return self._began_ns + since_ns
