"""The AI process: reads one frame at a time from shared memory until its pipe closes."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Protocol

import numpy as np

from senoscope.domain.errors import SenoscopeError
from senoscope.domain.frame import Gray
from senoscope.domain.reading import ReaderDescription, Reading


class FrameReader(Protocol):
    """A frame in, a reading out. Lives in the AI process and is used by one thread."""

    @property
    def description(self) -> ReaderDescription:
        """What reads."""

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Read one (rows, columns) picture, which may be looked at only until `read` returns.

        The reading's `frame_index` is the one given. SenoscopeError when this frame cannot be read.
        """


BuildReader = Callable[[], FrameReader]
"""Makes the reader, in the AI process. Must be picklable: a module's function or a dataclass."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The reader is built. `cpu_ns` is the processor time the process has used so far."""

    description: ReaderDescription
    cpu_ns: int


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


def run_worker(connection: Connection[Any, Any], build_reader: BuildReader) -> None:
    """Build the reader, then answer requests until the other end of `connection` closes."""
    # Ctrl-C reaches every process of a terminal; the main process decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    slot = _Slot()
    try:
        reader = _build(connection, build_reader)
        while reader is not None:
            connection.send(_read(reader, slot, connection.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the main process let go, or was killed
    finally:
        slot.close()


class _Slot:
    """The shared memory this process is attached to; the main process makes and removes it."""

    def __init__(self) -> None:
        self._memory: SharedMemory | None = None

    def picture(self, request: Request) -> Gray:
        if self._memory is None or self._memory.name != request.slot:
            self.close()
            self._memory = SharedMemory(request.slot)
        return np.ndarray((request.rows, request.columns), np.uint8, self._memory.buf)

    def close(self) -> None:
        if self._memory is not None:
            self._memory.close()
            self._memory = None


def _build(connection: Connection[Any, Any], build_reader: BuildReader) -> FrameReader | None:
    try:
        reader = build_reader()
        ready = Ready(reader.description, time.process_time_ns())
    except Exception as error:  # noqa: BLE001 - a process boundary: the other side must hear of any
        connection.send(BuildFailed(_in_words(error)))
        return None
    connection.send(ready)
    return reader


def _read(reader: FrameReader, slot: _Slot, request: Request) -> Answer | ReadFailed:
    try:
        reading = reader.read(slot.picture(request), request.frame_index)
    except Exception as error:  # noqa: BLE001 - a process boundary: one bad frame must not end it
        return ReadFailed(_in_words(error))
    return Answer(reading, time.process_time_ns())


def _in_words(error: Exception) -> str:
    if isinstance(error, SenoscopeError):
        return str(error)
    return f"{type(error).__name__}: {error}"
