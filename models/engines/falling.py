"""A network on a server, with the same one here: whatever the server owes, this machine reads.

An answer that is late, lost or of no use is made up for at once. From then on the network here
reads, without waiting, while a thread asks whether the server is to be had again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable, SenoscopeError
from senoscope.models.engines.base import Engine, LoadedEngine, Tensors

FIRST_BACK_OFF_S = 0.5
LAST_BACK_OFF_S = 10.0
"""Waits before the server is asked again double from the first to the last; a return that held for
longer than the last one begins at the first again."""
START_LIMIT_S = 2.0
"""Whoever starts waits so long for the server before the network here reads."""

log = logging.getLogger(__name__)


@runtime_checkable
class MayFall(Protocol):
    """An engine that another may stand in for."""

    @property
    def fell(self) -> bool:
        """Whether another gave the last answer."""


def fell(engine: Engine) -> bool:
    """Whether another engine gave the last answer in place of `engine`."""
    return isinstance(engine, MayFall) and engine.fell


class FallingEngine:
    """Runs the server's network while it can be had, `local` for every picture it does not answer.

    `open_remote` connects anew and gives it; its SenoscopeError says why not. Where that fails at
    the start, the network here reads until the server comes. Used by one thread.
    """

    def __init__(self, local: LoadedEngine, open_remote: Callable[[], Engine]) -> None:
        self.input_shape = local.input_shape
        self.fell = False
        self._local, self._open_remote = local, open_remote
        self._remote: Engine | None = None
        self._back_off_s = 0.0
        self._returned_at = time.monotonic()
        self._asked, self._ended = Event(), Event()
        self._said = ""
        self._seek()
        self._asked.wait(START_LIMIT_S)

    @property
    def name(self) -> str:
        """Of what reads now."""
        return (self._remote or self._local).name

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        """(crops, 1, rows, columns) in, outputs by name out. Valid until the next call."""
        remote = self._remote
        if remote is not None:
            try:
                answer = remote.run(picture)
            except EngineUnavailable as error:
                self._remote = None
                self._lose(error)
            else:
                self.fell = False
                return answer
        self.fell = True
        return self._local.run(picture)

    def close(self) -> None:
        """Ask the server no more."""
        self._ended.set()

    def _lose(self, error: SenoscopeError) -> None:
        self._say(error)
        if time.monotonic() - self._returned_at > LAST_BACK_OFF_S:
            self._back_off_s = FIRST_BACK_OFF_S
        self._seek()

    def _say(self, error: SenoscopeError) -> None:
        """Once, however often it is asked in vain."""
        if str(error) != self._said:
            self._said = str(error)
            log.warning("%s reads in place of the server. %s", self._local.name, error)

    def _seek(self) -> None:
        Thread(target=self._until_it_reads, name="senoscope-server", daemon=True).start()

    def _until_it_reads(self) -> None:
        """Ask the server until it answers a picture in time; then it reads again."""
        probe = np.zeros(self.input_shape, np.float32)
        while not self._ended.wait(self._back_off_s):
            self._back_off_s = min(max(2 * self._back_off_s, FIRST_BACK_OFF_S), LAST_BACK_OFF_S)
            try:
                remote = self._open_remote()
                remote.run(probe)
            except SenoscopeError as error:
                self._say(error)
                self._asked.set()
                continue
            self._said, self._returned_at = "", time.monotonic()
            self._remote = remote
            self._asked.set()
            return
