"""How long each stage takes, and how fast frames come. All in bounded memory."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from threading import Lock

import numpy as np

RING_LENGTH = 4096
"""Samples kept per stage: the last two minutes at 30 frames a second."""
RECENT_FRAMES = 60
RECENT_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Milliseconds that 50, 95 and 99 % of the samples do not exceed."""

    p50: float
    p95: float
    p99: float


class Ring:
    """The last `RING_LENGTH` samples of one quantity."""

    def __init__(self) -> None:
        self._samples = np.zeros(RING_LENGTH)
        self._count = 0

    def add(self, sample: float) -> None:
        """Remember a sample; the oldest is forgotten when full."""
        self._samples[self._count % RING_LENGTH] = sample
        self._count += 1

    def percentiles(self) -> Percentiles | None:
        """None before the first sample."""
        if self._count == 0:
            return None
        kept = self._samples[: min(self._count, RING_LENGTH)]
        return Percentiles(*(float(value) for value in np.percentile(kept, (50, 95, 99))))


class StageTimes:
    """Milliseconds by stage name, added and asked for from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rings: dict[str, Ring] = {}

    def add(self, stage: str, milliseconds: float) -> None:
        """Remember that `stage` took so long once."""
        with self._lock:
            self._rings.setdefault(stage, Ring()).add(milliseconds)

    def all(self) -> dict[str, Percentiles]:
        """Every stage seen so far, in the order of first sight."""
        with self._lock:
            summaries = {stage: ring.percentiles() for stage, ring in self._rings.items()}
        return {stage: summary for stage, summary in summaries.items() if summary is not None}


class FrameRate:
    """Frames a second, from capture times (`time.monotonic_ns()`)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._recent: deque[int] = deque(maxlen=RECENT_FRAMES)
        self._first_ns = self._last_ns = self._count = 0

    def add(self, captured_at_ns: int) -> None:
        """Count one frame."""
        with self._lock:
            if self._count == 0:
                self._first_ns = captured_at_ns
            self._last_ns = captured_at_ns
            self._count += 1
            self._recent.append(captured_at_ns)

    def recent(self) -> float:
        """Of the last two seconds; 0 when nothing comes."""
        earliest_ns = time.monotonic_ns() - RECENT_NS
        with self._lock:
            times = [at_ns for at_ns in self._recent if at_ns >= earliest_ns]
        return _per_second(len(times), times[-1] - times[0]) if times else 0.0

    def overall(self) -> float:
        """From the first frame to the last; 0 before the second."""
        with self._lock:
            return _per_second(self._count, self._last_ns - self._first_ns)


def _per_second(frames: int, span_ns: int) -> float:
    return (frames - 1) * 1e9 / span_ns if span_ns > 0 else 0.0
