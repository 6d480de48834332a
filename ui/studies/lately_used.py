"""What was asked for lately, kept in memory up to a size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class LatelyUsed(Generic[Key, Value]):
    """Up to `most` of what `size_of` counts; what came last stays, however large. No lock."""

    def __init__(self, most: int, size_of: Callable[[Value], int]) -> None:
        self._most, self._size_of = most, size_of
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """None where it is not kept, or not any more."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Key, value: Value) -> Value:
        """The same value. What was asked for least lately goes first."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        size = sum(map(self._size_of, self._kept.values()))
        while len(self._kept) > 1 and size > self._most:
            size -= self._size_of(self._kept.popitem(last=False)[1])
        return value
