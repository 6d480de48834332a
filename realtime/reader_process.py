"""The main process's side of one AI process: start it, have frames read, end it."""

from __future__ import annotations

import multiprocessing
import pickle
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

from senoscope.domain.frame import Frame, Gray
from senoscope.realtime import worker_log
from senoscope.realtime.started_unheard import started_unheard
from senoscope.realtime.worker import (
    MOST_AT_ONCE,
    NO_MEMORY,
    Answer,
    BuildFailed,
    BuildReader,
    ReadFailed,
    Ready,
    Request,
    Told,
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

    `ask` is used by one thread, `answer` by one, `kill` by any, the rest by none beside them. As
    many frames may be asked for before the first is answered as `Ready.at_once` says; each lies in
    memory of its own meanwhile, so it needs no lock. `close` ends the process and removes the
    memory in every case.
    """

    def __init__(self, build_reader: BuildReader) -> None:
        # "spawn": a forked child would inherit the locks of threads that it does not have.
        context = multiprocessing.get_context("spawn")
        self._connection, self._far_end = context.Pipe()
        self._process = context.Process(
            target=run_worker, args=(self._far_end, build_reader), name="senoscope-ai", daemon=True
        )
        self._memories: list[SharedMemory | None] = [None] * MOST_AT_ONCE
        self._asked = 0

    def start(self) -> Ready | BuildFailed | Lost:
        """Start the process and wait until its reader is built."""
        try:
            with started_unheard():
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

    def ask(self, frame: Frame) -> ReadFailed | Lost | None:
        """Have one frame read. None: `answer` will tell."""
        try:
            slot = self._write(frame.pixels)
        except OSError as error:
            return ReadFailed(f"No shared memory for a {frame.size} picture: {error}")
        rows, columns = frame.pixels.shape
        try:
            self._connection.send(Request(slot, rows, columns, frame.index))
        except OSError:
            return self._lost()
        return None

    def answer(self) -> Answer | ReadFailed | Lost:
        """Wait for what became of the frame asked for first."""
        reply: Answer | ReadFailed | Lost = self._receive(ANSWER_LIMIT_S)
        return reply

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End the process at once; whoever waits for it is then told Lost. From any thread."""
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
        for place in range(MOST_AT_ONCE):
            self._remove_memory(place)

    def _write(self, pixels: Gray) -> str:
        place = self._asked % MOST_AT_ONCE
        memory = self._memories[place]
        if memory is None or memory.size < pixels.nbytes:
            self._remove_memory(place)
            memory = self._memories[place] = SharedMemory(create=True, size=pixels.nbytes)
        np.copyto(np.ndarray(pixels.shape, np.uint8, memory.buf), pixels)
        self._asked += 1
        return memory.name

    def _remove_memory(self, place: int) -> None:
        memory = self._memories[place]
        if memory is not None:
            memory.close()
            memory.unlink()
            self._memories[place] = None

    def _receive(self, limit_s: float) -> Any:
        """Wait for the process's next reply, whatever it is, or Lost. Log what it logged."""
        try:
            if self._connection.poll(limit_s):
                told: Told = self._connection.recv()
                worker_log.log(told.logged)
                return told.reply
        except (EOFError, OSError):
            return self._lost()
        self._process.kill()
        return Lost(f"The AI process did not answer within {limit_s:g} s. {AGAIN}")

    def _lost(self) -> Lost:
        self._process.join(LEAVE_LIMIT_S)
        code = self._process.exitcode
        if code == NO_MEMORY:
            return Lost(f"The AI process ran out of memory. Close other programs. {AGAIN}")
        return Lost(f"The AI process stopped unexpectedly (exit code {code}). {AGAIN}")
