"""The main process's side of one AI process: start it, have frames read, end it."""

from __future__ import annotations

import multiprocessing
import pickle
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

from senoscope.domain.frame import Frame, Gray
from senoscope.realtime.worker import (
    Answer,
    BuildFailed,
    BuildReader,
    ReadFailed,
    Ready,
    Request,
    run_worker,
)

READY_LIMIT_S = 120.0
"""Loading and compiling models on a slow machine takes tens of seconds."""
ANSWER_LIMIT_S = 5.0
"""A frame takes tens of milliseconds; after this long the process hangs."""
AGAIN = "It is being started again."
LEAVE_LIMIT_S = 1.0
"""How long a process that was told to end may take before it is killed."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The process died, hung or could not be started."""

    message: str


class ReaderProcess:
    """One AI process and the shared memory in which it is handed frames.

    Used by one thread, except for `kill`. The memory is written only while the process waits for a
    request, so it needs no lock. `close` ends the process and removes the memory in every case.
    """

    def __init__(self, build_reader: BuildReader) -> None:
        # "spawn": a forked child would inherit the locks of threads that it does not have.
        context = multiprocessing.get_context("spawn")
        self._connection, self._far_end = context.Pipe()
        self._process = context.Process(
            target=run_worker, args=(self._far_end, build_reader), name="senoscope-ai", daemon=True
        )
        self._memory: SharedMemory | None = None

    def start(self) -> Ready | BuildFailed | Lost:
        """Start the process and wait until its reader is built."""
        try:
            self._process.start()
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            return BuildFailed(f"The reader cannot be handed to its own process: {error}")
        except OSError as error:
            return Lost(f"The AI process could not be started: {error}. {AGAIN}")
        finally:
            # Only the child may hold this end: then its death closes the pipe.
            self._far_end.close()
        reply: Ready | BuildFailed | Lost = self._receive(READY_LIMIT_S)
        return reply

    def read(self, frame: Frame) -> Answer | ReadFailed | Lost:
        """Have one frame read, and wait for the answer."""
        try:
            slot = self._write(frame.pixels)
        except OSError as error:
            return ReadFailed(f"No shared memory for a {frame.size} picture: {error}")
        rows, columns = frame.pixels.shape
        try:
            self._connection.send(Request(slot, rows, columns, frame.index))
        except OSError:
            return self._lost()
        reply: Answer | ReadFailed | Lost = self._receive(ANSWER_LIMIT_S)
        return reply

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End the process at once; a waiting `start` or `read` then gives Lost. From any thread."""
        if self._process.pid is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process, kindly and then not, and remove the shared memory."""
        self._connection.close()
        if self._process.pid is not None:
            self._process.join(LEAVE_LIMIT_S)
            self._process.kill()
            # Bounded: a process stuck in a driver cannot be killed, and must not hold up the next.
            self._process.join(LEAVE_LIMIT_S)
        self._remove_memory()

    def _write(self, pixels: Gray) -> str:
        if self._memory is None or self._memory.size < pixels.nbytes:
            self._remove_memory()
            self._memory = SharedMemory(create=True, size=pixels.nbytes)
        np.copyto(np.ndarray(pixels.shape, np.uint8, self._memory.buf), pixels)
        return self._memory.name

    def _remove_memory(self) -> None:
        if self._memory is not None:
            self._memory.close()
            self._memory.unlink()
            self._memory = None

    def _receive(self, limit_s: float) -> Any:
        """Wait for the process's next message, whatever it is, or Lost."""
        try:
            if self._connection.poll(limit_s):
                return self._connection.recv()
        except (EOFError, OSError):
            return self._lost()
        self._process.kill()
        return Lost(f"The AI process did not answer within {limit_s:g} s. {AGAIN}")

    def _lost(self) -> Lost:
        self._process.join(LEAVE_LIMIT_S)
        code = self._process.exitcode
        return Lost(f"The AI process stopped unexpectedly (exit code {code}). {AGAIN}")
