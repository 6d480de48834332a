"""The AI process: reads frames from shared memory, in their order, until its pipe closes.

A reader of two stages is given the next frame while the one before is in its second stage.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol, runtime_checkable

import numpy as np

from senoscope.domain.errors import SenoscopeError
from senoscope.domain.frame import Gray
from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.realtime.worker_log import Line, LinesToTell

MOST_AT_ONCE = 2
"""Frames in the process: one in each stage."""
NO_MEMORY = errno.ENOMEM
"""The exit code of a process that had no memory left."""


class FrameReader(Protocol):
    """A frame in, a reading out. Lives in the AI process; `read` is used by one thread."""

    @property
    def description(self) -> ReaderDescription:
        """What reads."""

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Read one (rows, columns) picture, which may be looked at only until `read` returns.

        The reading's `frame_index` is the one given. SenoscopeError when this frame cannot be read.
        """


@runtime_checkable
class StagedReader(Protocol):
    """A FrameReader whose work falls into two stages that need not wait for each other's frames."""

    def begin(self, pixels: Gray, frame_index: int) -> Callable[[], Reading]:
        """Do the first stage. What it gives does the second, to be called on another thread.

        `pixels` may be looked at until that has returned. Together they are `read`.
        """


BuildReader = Callable[[], FrameReader]
"""Makes the reader, in the AI process. Must be picklable: a module's function or a dataclass."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The reader is built. `cpu_ns` is the processor time the process has used so far.

    `at_once` frames may be asked for before the first is answered.
    """

    description: ReaderDescription
    cpu_ns: int
    at_once: int


@dataclass(frozen=True, slots=True)
class BuildFailed:
    """The reader could not be built; the process ends."""

    message: str


@dataclass(frozen=True, slots=True)
class Request:
    """Read the (rows, columns) picture at the start of the named shared memory."""

    slot: str
    rows: int
    columns: int
    frame_index: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The reading asked for, and the processor time the process has used so far."""

    reading: Reading
    cpu_ns: int


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """One frame could not be read; the process goes on."""

    message: str


@dataclass(frozen=True, slots=True)
class Told:
    """What goes through the pipe: a reply, and what was logged in the process since the last."""

    reply: Ready | BuildFailed | Answer | ReadFailed
    logged: tuple[Line, ...]


Finish = Callable[[], Reading | ReadFailed]
"""The rest of the work on a frame that was begun."""
Tell = Callable[[Ready | BuildFailed | Answer | ReadFailed], None]


def run_worker(connection: Connection[Any, Any], build_reader: BuildReader) -> None:
    """Build the reader, then answer requests until the other end of `connection` closes."""
    # Ctrl-C reaches every process of a terminal; the main process decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with LinesToTell() as lines:

        def tell(reply: Ready | BuildFailed | Answer | ReadFailed) -> None:
            connection.send(Told(reply, lines.taken()))

        reader = _build(tell, build_reader)
        if reader is not None:
            _answer(connection, reader, tell)


def _answer(connection: Connection[Any, Any], reader: FrameReader, tell: Tell) -> None:
    begun: SimpleQueue[Finish | None] = SimpleQueue()
    finisher = Thread(target=_finish, args=(tell, begun), name="senoscope-second-stage")
    finisher.start()
    slots = _Slots()
    try:
        while True:
            begun.put(_begin(reader, slots, connection.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the main process let go, or was killed
    finally:
        begun.put(None)
        finisher.join()
        slots.close()


class _Slots:
    """The shared memories this process is attached to; the main process makes and removes them."""

    def __init__(self) -> None:
        self._memories: dict[str, SharedMemory] = {}

    def picture(self, request: Request) -> Gray:
        # The least recently used may be let go: no more are asked for at once than there are.
        memory = self._memories.pop(request.slot, None) or SharedMemory(request.slot)
        self._memories[request.slot] = memory
        while len(self._memories) > MOST_AT_ONCE:
            self._memories.pop(next(iter(self._memories))).close()
        return np.ndarray((request.rows, request.columns), np.uint8, memory.buf)

    def close(self) -> None:
        for memory in self._memories.values():
            memory.close()


def _build(tell: Tell, build_reader: BuildReader) -> FrameReader | None:
    try:
        with _memory_or_end():
            reader = build_reader()
        at_once = MOST_AT_ONCE if isinstance(reader, StagedReader) else 1
        ready = Ready(reader.description, time.process_time_ns(), at_once)
    except Exception as error:  # noqa: BLE001 - a process boundary: the other side must hear of any
        tell(BuildFailed(_in_words(error)))
        return None
    tell(ready)
    return reader


def _begin(reader: FrameReader, slots: _Slots, request: Request) -> Finish:
    """All of the work but for a second stage; its failures too are told in the frames' order."""
    try:
        with _memory_or_end():
            pixels = slots.picture(request)
            if isinstance(reader, StagedReader):
                return reader.begin(pixels, request.frame_index)
            reading = reader.read(pixels, request.frame_index)
    except Exception as error:  # noqa: BLE001 - a process boundary: one bad frame must not end it
        failed = ReadFailed(_in_words(error))
        return lambda: failed
    return lambda: reading


def _finish(tell: Tell, begun: SimpleQueue[Finish | None]) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while (finish := begun.get()) is not None:
            tell(_finished(finish))


def _finished(finish: Finish) -> Answer | ReadFailed:
    try:
        with _memory_or_end():
            found = finish()
    except Exception as error:  # noqa: BLE001 - as above
        return ReadFailed(_in_words(error))
    return found if isinstance(found, ReadFailed) else Answer(found, time.process_time_ns())


@contextlib.contextmanager
def _memory_or_end() -> Iterator[None]:
    """End the process where it has no memory left: it would fail at every frame from then on."""
    try:
        yield
    except MemoryError:
        os._exit(NO_MEMORY)


def _in_words(error: Exception) -> str:
    if isinstance(error, SenoscopeError):
        return str(error)
    return f"{type(error).__name__}: {error}"
