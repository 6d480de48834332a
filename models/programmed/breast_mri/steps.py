"""The steps of an analysis: told, timed, and left where a person asks to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

Say = Callable[[float, str], None]
"""Told how much is done, 0 to 1, and in words; as of `studies.modes`."""


def say_nothing(_share: float, _words: str) -> None:
    """To nobody."""


class Stopped(Exception):
    """Asked to stop."""


@dataclass
class Steps:
    """`cpu_s`: processor seconds of this thread, by step."""

    say: Say
    cancelled: Event | None
    cpu_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, share: float, words: str) -> Iterator[None]:
        """`share` is done before it. Stopped where a person asked to."""
        if self.cancelled is not None and self.cancelled.is_set():
            raise Stopped
        self.say(share, words)
        start = time.thread_time()
        yield
        self.cpu_s[name] = self.cpu_s.get(name, 0.0) + time.thread_time() - start
