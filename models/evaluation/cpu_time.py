"""What one step costs the processor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from time import process_time
from typing import TypeVar

TIMED = 30
"""Cases to measure on: enough for a median."""
WARM_UP = 3
"""Runs before the clock counts: the first ones fill caches and allocate."""
Case = TypeVar("Case")


def cpu_ms(work: Callable[[Case], object], cases: Sequence[Case]) -> float:
    """Median milliseconds of this process's CPU time, all threads, to `work` on one of `cases`.

    nan without cases. CPU time hangs less on what else the machine does than wall time, though
    it is not free of it: other programs take caches and clock rate.
    """
    for case in cases[:WARM_UP]:
        work(case)
    spent = []
    for case in cases:
        started = process_time()
        work(case)
        spent.append(process_time() - started)
    return 1e3 * median(spent) if spent else float("nan")
