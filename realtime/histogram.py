"""How often something took how long, over a whole run, in fixed buckets."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from threading import Lock

BOUNDS_MS = (
    1.0, 2.5, 5.0, 10.0, 16.0, 25.0, 33.0, 50.0, 75.0, 100.0, 150.0, 250.0, 400.0, 1000.0, 2500.0,
    5000.0,
)  # fmt: skip
"""Upper ends. 16 and 33 ms are frames at 60 and 30 a second; after 400 ms no outline is drawn."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How many samples lay in each of the buckets of `BOUNDS_MS`, and at last beyond all."""

    counts: tuple[int, ...] = (0,) * (len(BOUNDS_MS) + 1)
    sum_ms: float = 0.0

    @property
    def count(self) -> int:
        """Of all samples."""
        return sum(self.counts)


NO_SPREAD = Spread()


class Histogram:
    """Any thread may add and ask. Nothing is ever forgotten, in constant memory."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = [0] * (len(BOUNDS_MS) + 1)
        self._sum_ms = 0.0

    def add(self, milliseconds: float) -> None:
        """Count a sample; one on a bound is of the bucket that ends there."""
        with self._lock:
            self._counts[bisect_left(BOUNDS_MS, milliseconds)] += 1
            self._sum_ms += milliseconds

    def spread(self) -> Spread:
        """All samples so far, of one moment."""
        with self._lock:
            return Spread(tuple(self._counts), self._sum_ms)
