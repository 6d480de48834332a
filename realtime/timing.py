"""How long each stage takes, and how fast frames come. All in bounded memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

import numpy as np

from senoscope.realtime.histogram import Histogram, Spread

RING_LENGTH = 4096
"""Samples kept per stage: the last two minutes at 30 frames a second."""
RECENT_FRAMES = 60
RECENT_NS = 2_000_000_000
SPREAD_FRAMES = 384
"""Moments that the rates of a whole exam are worked out from, spread evenly over it."""
THINNED_BY = 3
"""Odd: every second one of frames that come in pairs would all be of one kind."""
LAST_INTERVALS = 31
"""The usual interval is their median: up to half of them may be late."""
FEWEST_INTERVALS = 8
STALL_TIMES, STALL_NS = 3, 200_000_000
"""A gap is a stall beyond so many usual intervals and beyond what an eye overlooks."""


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


LATENCY = "latency"
"""Of `StageTimes` the name that is no stage, but all of them."""


class StageTimes:
    """Milliseconds by stage name, added and asked for from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rings: dict[str, Ring] = {}
        self._histograms: dict[str, Histogram] = {}

    def add(self, stage: str, milliseconds: float) -> None:
        """Remember that `stage` took so long once."""
        with self._lock:
            self._rings.setdefault(stage, Ring()).add(milliseconds)
            self._histograms.setdefault(stage, Histogram()).add(milliseconds)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Remember how long what is done within takes; nothing where that raises."""
        started = time.perf_counter()
        yield
        self.add(stage, (time.perf_counter() - started) * 1e3)

    def all(self) -> dict[str, Percentiles]:
        """Every stage seen so far, in the order of first sight."""
        with self._lock:
            summaries = {stage: ring.percentiles() for stage, ring in self._rings.items()}
        return {stage: summary for stage, summary in summaries.items() if summary is not None}

    def spreads(self) -> dict[str, Spread]:
        """As `all`, of every sample there ever was."""
        with self._lock:
            return {stage: each.spread() for stage, each in self._histograms.items()}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How regularly frames came. Rates are frames a second, 0 before there is one to tell.

    `actual_hz` is the slope of the frames' count over their capture times by Theil and Sen, stalls
    cut out; `ideal_hz` what it would be at the usual interval, with no frame late or lost. Late
    gaps that follow each other are one of `stalls`. `longest_stall_s` is the longest single gap,
    and also that of a machine that slept where its clock did not.
    """

    ideal_hz: float = 0.0
    actual_hz: float = 0.0
    stalls: int = 0
    longest_stall_s: float = 0.0


NO_RHYTHM = Rhythm()


class FrameRate:
    """Frames a second, from capture times (`time.monotonic_ns()`). Any thread may add and ask.

    A frame that is no later than the one before is counted and tells nothing of the rhythm.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._recent: deque[int] = deque(maxlen=RECENT_FRAMES)
        self._first_ns = self._last_ns = self._count = 0
        self._intervals: deque[int] = deque(maxlen=LAST_INTERVALS)
        self._spread: list[tuple[int, int, int]] = []
        """(moments so far, their time without stalls, the last interval) of some moments."""
        self._moments = self._flowed_ns = self._longest_ns = self._stalls = 0
        self._every, self._stalling = 1, False

    def add(self, captured_at_ns: int) -> None:
        """Count one frame."""
        with self._lock:
            if self._count == 0:
                self._first_ns = self._last_ns = captured_at_ns
            self._count += 1
            self._recent.append(captured_at_ns)
            interval_ns = captured_at_ns - self._last_ns
            if interval_ns > 0:
                self._last_ns = captured_at_ns
                self._note(interval_ns)

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

    def rhythm(self) -> Rhythm:
        """Of all frames so far."""
        with self._lock:
            spread = np.array(self._spread, np.float64).reshape(-1, 3)
            stalls, longest_s = self._stalls, self._longest_ns / 1e9
        if len(spread) < FEWEST_INTERVALS:
            return Rhythm(stalls=stalls, longest_stall_s=longest_s)
        counts, times, intervals = spread.T
        half = len(spread) // 2
        slopes = (times[half:] - times[:-half]) / (counts[half:] - counts[:-half])
        usual, actual = float(np.median(intervals)), float(np.median(slopes))
        return Rhythm(1e9 / usual, 1e9 / actual, stalls, longest_s)

    def _note(self, interval_ns: int) -> None:
        usual_ns = self._usual_ns()
        late = usual_ns > 0 and interval_ns > max(STALL_TIMES * usual_ns, STALL_NS)
        if late:
            self._stalls += not self._stalling
            self._longest_ns = max(self._longest_ns, interval_ns)
        self._stalling = late
        self._intervals.append(interval_ns)
        if late:
            return
        self._moments += 1
        self._flowed_ns += interval_ns
        if self._moments % self._every == 0:
            self._spread.append((self._moments, self._flowed_ns, interval_ns))
            if len(self._spread) == SPREAD_FRAMES:
                self._every *= THINNED_BY
                self._spread = self._spread[THINNED_BY - 1 :: THINNED_BY]

    def _usual_ns(self) -> int:
        """0 before enough came to tell."""
        if len(self._intervals) < FEWEST_INTERVALS:
            return 0
        return sorted(self._intervals)[len(self._intervals) // 2]


def _per_second(frames: int, span_ns: int) -> float:
    return (frames - 1) * 1e9 / span_ns if span_ns > 0 else 0.0
