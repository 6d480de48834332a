"""Work beside the capture thread: on the newest there is, when there is time for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


class Aside(Generic[T]):
    """Calls `work` with what is offered; what was not begun gives way to what is newer.

    `in_line`: at once, by whoever offers. The thread starts with the first offer.
    """

    def __init__(self, work: Callable[[T], None], in_line: bool = False) -> None:
        self.error = ""
        """The last fault, "" before one."""
        self._work, self._in_line = work, in_line
        self._changed = Condition()
        self._waiting: T | None = None
        self._closed = False
        self._thread: Thread | None = None

    def offer(self, item: T) -> None:
        """Have this worked on next."""
        if self._in_line:
            self._work(item)
            return
        with self._changed:
            if self._closed:
                return
            self._waiting = item
            self._changed.notify()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="senoscope-aside", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Begin nothing more, and wait for what was begun."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting is not None or self._closed)
                item, self._waiting = self._waiting, None
                if self._closed or item is None:
                    return
            try:
                self._work(item)
            except Exception as error:
                # Whatever is wrong with it, the picture goes on.
                log.exception("A picture was not looked at")
                self.error = f"A picture was not looked at because of a fault: {error!r}"
