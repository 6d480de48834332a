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
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable, SenoscopeError
from senoscope.models.engines.base import Engine, LoadedEngine, Tensors

FIRST_BACK_OFF_S = 0.5
LAST_BACK_OFF_S = 10.0
"""Waits before the server is asked again double from the first to the last; a return that held for
longer than the last one begins at the first again."""
START_LIMIT_S = 2.0
"""For each network whoever starts waits so long for the server before the one here reads."""

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

    `open_remote` connects anew and gives it after it answered a picture in time; its SenoscopeError
    says why not. Where that fails at the start, the network here reads until the server comes. It
    is asked for as long as somebody holds this engine. `network` is named in the log. Used by one
    thread.
    """

    def __init__(
        self, local: LoadedEngine, open_remote: Callable[[], Engine], network: str
    ) -> None:
        self.input_shape = local.input_shape
        self.fell = False
        self._local, self._open_remote, self._network = local, open_remote, network
        self._remote: Engine | None = None
        self._back_off_s = FIRST_BACK_OFF_S
        self._returned_at = time.monotonic()
        self._asked = Event()
        self._said = ""
        self._seek(0.0)
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

    def ask(self) -> float | None:
        """Ask for the server once. None: it reads; else how long to wait, s, before the next."""
        try:
            remote = self._open_remote()
        except SenoscopeError as error:
            self._say(str(error))
        except Exception as error:  # noqa: BLE001 - nobody else asks again for the rest of the run
            self._say(f"Asking it failed by a {type(error).__name__}.")
        else:
            if self._said:
                log.warning("%s: the server reads again.", self._network)
            self._said, self._returned_at = "", time.monotonic()
            self._remote = remote
            self._asked.set()
            return None
        self._asked.set()
        return self._next_wait_s()

    def _lose(self, error: EngineUnavailable) -> None:
        self._say(str(error))
        if time.monotonic() - self._returned_at > LAST_BACK_OFF_S:
            self._back_off_s = FIRST_BACK_OFF_S
        self._seek(self._next_wait_s())

    def _next_wait_s(self) -> float:
        wait_s = self._back_off_s
        self._back_off_s = min(2 * wait_s, LAST_BACK_OFF_S)
        return wait_s

    def _say(self, reason: str) -> None:
        """Once, however often it is asked in vain."""
        if reason != self._said:
            self._said = reason
            log.warning(
                "%s: %s reads in place of the server. %s", self._network, self._local.name, reason
            )

    def _seek(self, wait_s: float) -> None:
        asking = (ref(self), wait_s)
        Thread(target=_until_it_reads, args=asking, name="senoscope-server", daemon=True).start()


def _until_it_reads(engine: ReferenceType[FallingEngine], wait_s: float | None) -> None:
    """Ask for `engine`'s server until it reads, or nobody holds the engine any more."""
    while wait_s is not None:
        time.sleep(wait_s)
        held = engine()
        wait_s = None if held is None else held.ask()
        del held
