"""Processes that do not hear Ctrl-C: a terminal sends it to all, and one alone decides who ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def started_unheard() -> Iterator[None]:
    """What is started within, by this thread, never hears Ctrl-C, not even while it imports."""
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker  # noqa: PLC0415 - only where there is one

    # Its own start would let Ctrl-C through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
