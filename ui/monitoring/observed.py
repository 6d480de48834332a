"""What is looked at from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from senoscope.realtime.published import LoopStatus
from senoscope.realtime.run_books import RunBooks
from senoscope.ui.monitoring.log_counts import LogCounts
from senoscope.ui.monitoring.store_watch import StoreWatch


class BookedLoop(Protocol):
    """What is asked of the loop."""

    def status(self) -> LoopStatus:
        """How it is doing now."""

    def books(self) -> RunBooks:
        """What became of every frame of the run."""


@dataclass(frozen=True, slots=True)
class Observed:
    """`viewers` says how many browsers watch; `store` None: no studies are kept."""

    loop: BookedLoop
    viewers: Callable[[], int]
    store: StoreWatch | None = None
    logs: LogCounts = field(default_factory=LogCounts)
