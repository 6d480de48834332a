"""One slot that keeps only the newest: how the AI always gets the freshest frame."""

from __future__ import annotations

from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Newest(Generic[Item]):
    """A slot for one item between two threads; closed until `open` is called.

    Every item offered comes out exactly once: taken, or handed back by `offer` or `close`. So
    whoever counts what comes out has counted everything.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._item: Item | None = None
        self._accepting = False

    def open(self) -> None:
        """Accept items from now on."""
        with self._changed:
            self._accepting = True

    def close(self) -> Item | None:
        """Accept no more and wake the taker; gives back the item that was waiting, if any."""
        with self._changed:
            self._accepting = False
            waiting, self._item = self._item, None
            self._changed.notify_all()
            return waiting

    def offer(self, item: Item) -> Item | None:
        """Put `item` in the slot. Gives back the item that will not be taken.

        That is the older one it displaced, `item` itself when closed, or None.
        """
        with self._changed:
            if not self._accepting:
                return item
            displaced, self._item = self._item, item
            self._changed.notify()
            return displaced

    def take(self, timeout_s: float) -> Item | None:
        """Wait for an item and empty the slot. None after `timeout_s`, or at once when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or not self._accepting, timeout_s)
            item, self._item = self._item, None
            return item
