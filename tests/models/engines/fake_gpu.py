"""A GPU of host memory, that keeps count: satisfies Gpu."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from senoscope.models.engines.gpu import Card

CARD = Card("Fake 1", (8, 6), "13.0")


class FakeGpu:
    """What is put into its stream is done when it is synchronised, or never."""

    stream = 7

    def __init__(self, card: Card = CARD) -> None:
        self.card = card
        self.memory: dict[int, NDArray[np.uint8]] = {}
        self.pinned_arrays = 0
        self.captures = 0
        self.pending: list[Callable[[], None]] = []
        self._capturing: list[Callable[[], None]] | None = None
        self.bound = threading.get_ident()

    def bind(self) -> None:
        self.bound = threading.get_ident()

    def pinned(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        self.pinned_arrays += 1
        return np.zeros(shape, np.float32)

    def allocate(self, size: int) -> int:
        address = 4096 * (len(self.memory) + 1)
        self.memory[address] = np.zeros(size, np.uint8)
        return address

    def upload(self, address: int, host: NDArray[np.float32]) -> None:
        def copy() -> None:
            self.memory[address][: host.nbytes] = host.reshape(-1).view(np.uint8)

        self.enqueue(copy)

    def download(self, host: NDArray[np.float32], address: int) -> None:
        def copy() -> None:
            host.reshape(-1).view(np.uint8)[:] = self.memory[address][: host.nbytes]

        self.enqueue(copy)

    def enqueue(self, work: Callable[[], None]) -> None:
        (self.pending if self._capturing is None else self._capturing).append(work)

    def captured(self, run: Callable[[], None]) -> Callable[[], None]:
        self.captures += 1
        graph = self._capturing = []
        run()
        self._capturing = None
        return lambda: self.pending.extend(graph)

    def synchronise(self) -> None:
        assert self.bound == threading.get_ident(), "the card is not this thread's"
        done, self.pending = self.pending, []
        for work in done:
            work()

    def floats(self, address: int) -> NDArray[np.float32]:
        return self.memory[address].view(np.float32)
