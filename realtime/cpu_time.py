"""What a frame costs in processor time, over all of Senoscope's processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class CpuPerFrame:
    """Milliseconds of processor time a frame. `loop_ms` leaves out the source's own work."""

    loop_ms: float
    source_ms: float


@dataclass(frozen=True, slots=True)
class _Mark:
    """Nanoseconds of processor time used up to a frame."""

    main_ns: int
    worker_ns: int
    source_ns: int


class CpuMeter:
    """Measures from the first frame counted to the last, so that start-up stays outside.

    The main process is asked through `time.process_time_ns()`, all its threads included. The AI
    process reports its own use with each answer, so nothing is lost when it dies. The source's
    share is what the capture thread used inside `grab`; threads a library starts by itself aren't
    seen there, which is why sources use one-thread decoders.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._worker_ns = 0
        self._source_ns = 0
        self._frames = 0
        self._first: _Mark | None = None
        self._last: _Mark | None = None

    def add_worker(self, spent_ns: int) -> None:
        """Add what the AI process has used since last time."""
        with self._lock:
            self._worker_ns += spent_ns

    def add_source(self, spent_ns: int) -> None:
        """Add what one `grab` has used, on the thread that grabs."""
        with self._lock:
            self._source_ns += spent_ns

    def count_frame(self) -> None:
        """Count a frame captured while the AI reads."""
        with self._lock:
            self._last = _Mark(time.process_time_ns(), self._worker_ns, self._source_ns)
            self._first = self._first or self._last
            self._frames += 1

    def per_frame(self) -> CpuPerFrame | None:
        """None before the second frame."""
        with self._lock:
            first, last, periods = self._first, self._last, self._frames - 1
        if first is None or last is None or periods < 1:
            return None
        source_ns = last.source_ns - first.source_ns
        all_ns = (last.main_ns - first.main_ns) + (last.worker_ns - first.worker_ns)
        return CpuPerFrame((all_ns - source_ns) / periods / 1e6, source_ns / periods / 1e6)
