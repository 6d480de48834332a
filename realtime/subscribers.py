"""Who wants to be told, and what happens to one that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Told = TypeVar("Told")


class Subscribers(Generic[Told]):
    """Callbacks, told in turn on the thread that has something to tell. Any may subscribe."""

    def __init__(self) -> None:
        self.error = ""
        """What one that was let go had raised."""
        self._lock = Lock()
        self._callbacks: tuple[Callable[[Told], None], ...] = ()

    def add(self, callback: Callable[[Told], None]) -> Callable[[], None]:
        """Tell `callback` from now on; gives what ends that."""
        with self._lock:
            self._callbacks = (*self._callbacks, callback)
        return lambda: self._remove(callback)

    def tell(self, what: Told) -> None:
        """All of them; one that raises is told no more."""
        for callback in self._callbacks:
            try:
                callback(what)
            except Exception as error:
                # Other people's code: whatever one does, the picture goes on.
                log.exception("A viewer failed and gets no more frames")
                self.error = f"A viewer failed and was let go: {error!r}"
                self._remove(callback)

    def _remove(self, callback: Callable[[Told], None]) -> None:
        with self._lock:
            self._callbacks = tuple(kept for kept in self._callbacks if kept is not callback)
