"""One slot between who has frames and who reads them: the newest only, or each in its turn."""

from __future__ import annotations

from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Newest(Generic[Item]):
    """A slot for one item between two threads; closed until `open` is called.

    Every item given comes out exactly once: taken, or handed back by `offer`, `put`, `close` or
    `end`. So whoever counts what comes out has counted everything.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._item: Item | None = None
        self._accepting = self._ended = False

    def open(self) -> None:
        """Accept items from now on; without effect after `end`."""
        with self._changed:
            self._accepting = not self._ended
            self._changed.notify_all()

    def close(self) -> Item | None:
        """Accept no more and wake the taker; gives back the item that was waiting, if any."""
        with self._changed:
            self._accepting = False
            waiting, self._item = self._item, None
            self._changed.notify_all()
            return waiting

    def end(self) -> Item | None:
        """Close for good; nobody waits any longer."""
        with self._changed:
            self._ended = True
            return self.close()

    def offer(self, item: Item) -> Item | None:
        """Put `item` in the slot. Gives back the item that will not be taken.

        That is the older one it displaced, `item` itself when closed, or None.
        """
        with self._changed:
            if not self._accepting:
                return item
            displaced, self._item = self._item, item
            self._changed.notify_all()
            return displaced

    def put(self, item: Item) -> Item | None:
        """Wait until the slot is open and empty, and put `item` there. Gives it back once ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or (self._accepting and self._item is None))
            if self._ended:
                return item
            self._item = item
            self._changed.notify_all()
            return None

    def take(self, timeout_s: float) -> Item | None:
        """Wait for an item and empty the slot. None after `timeout_s`, or at once when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or not self._accepting, timeout_s)
            item, self._item = self._item, None
            self._changed.notify_all()
            return item
