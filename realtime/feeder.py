"""Keeps the AI process fed with the newest frame, and starts it again when it dies.

One thread asks and one hears the answers: a reader of two stages has a frame in each.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import Event, Semaphore, Thread

from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.realtime.ledger import DropCause
from senoscope.realtime.newest import Newest
from senoscope.realtime.picture import Picture
from senoscope.realtime.published import AiState
from senoscope.realtime.reader_process import AGAIN, Lost, ReaderProcess
from senoscope.realtime.worker import (
    Answer,
    BuildFailed,
    BuildReader,
    ReadFailed,
    Ready,
)

FIRST_BACK_OFF_S = 0.5
LAST_BACK_OFF_S = 10.0
"""Waits before a restart double from the first to the last; a process that lived longer than the
last one begins at the first again."""
IDLE_CHECK_S = 1.0
"""With no frames coming, the death of the process is noticed after this long."""
LATE_NS = 400_000_000
"""Without an answer for so long the AI is said to be off, long before it is given up."""
STOP_GRACE_S = 1.0
STOP_LIMIT_S = 5.0

Asked = tuple[Picture, ReadFailed | Lost | None]
"""A picture that was asked about, and what went wrong in asking."""

FAULT = Lost(
    "The AI stopped because of a fault in the program; see the log. Start Senoscope again."
)
LATE = "The AI does not answer. If that lasts, it is started again."
NO_READER = ReaderDescription("", ())

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AiStatus:
    """How the AI is doing, at one moment. `message` is "" when all is well."""

    state: AiState = AiState.STARTING
    message: str = ""
    restarts: int = 0
    description: ReaderDescription = NO_READER


class Feeder:
    """Takes the newest picture whenever the AI has room, and says what became of each.

    With `reads_all` none is left out for a newer one: `offer` waits until there is room.

    Exactly one of two is called, once, for each picture offered: `on_read(picture, reading,
    cpu_ns)` with the processor time the AI process used for it, or `on_dropped(picture, cause)`.
    """

    def __init__(
        self,
        build_reader: BuildReader,
        on_read: Callable[[Picture, Reading, int], None],
        on_dropped: Callable[[Picture, DropCause], None],
        reads_all: bool = False,
    ) -> None:
        self.status = AiStatus()
        """Replaced as a whole, so that any thread may look at it."""
        self.decided = Event()
        """Set once the AI reads for the first time, cannot be built, or is to stop."""
        self._build_reader = build_reader
        self._on_read = on_read
        self._on_dropped = on_dropped
        self._reads_all = reads_all
        self._newest: Newest[Picture] = Newest()
        self._stopping = Event()
        self._process: ReaderProcess | None = None
        self._cpu_ns = self._awaiting_since_ns = 0
        self._lost: Lost | None = None
        self._thread = Thread(target=self._run, name="senoscope-feeder", daemon=True)

    @property
    def present(self) -> AiStatus:
        """`status`, and off while an answer is overdue."""
        status, since_ns = self.status, self._awaiting_since_ns
        overdue = since_ns and time.monotonic_ns() - since_ns > LATE_NS
        if overdue and status.state is AiState.READING:
            return replace(status, state=AiState.OFF, message=LATE)
        return status

    def start(self) -> None:
        """Start the AI process."""
        self._thread.start()

    def offer(self, picture: Picture) -> None:
        """Have this picture read next, in place of one that still waits, or after it."""
        take = self._newest.put if self._reads_all else self._newest.offer
        unread = take(picture)
        if unread is picture:
            self._on_dropped(picture, self._ended_or(DropCause.AI_OFF))
        elif unread is not None:
            self._on_dropped(unread, DropCause.SUPERSEDED)

    def let_go(self) -> None:
        """Have nothing more read: no `offer` waits any longer."""
        self._stopping.set()
        self.decided.set()
        self._end_slot()

    def stop(self) -> None:
        """End thread and process. A frame being read gets a moment to finish."""
        self.let_go()
        self._thread.join(STOP_GRACE_S)
        deadline = time.monotonic() + STOP_LIMIT_S
        while self._thread.is_alive() and time.monotonic() < deadline:
            if self._process is not None:
                self._process.kill()
            self._thread.join(0.1)

    def _run(self) -> None:
        back_off_s = FIRST_BACK_OFF_S
        while not self._stopping.is_set():
            started = time.monotonic()
            end = self._one_process()
            if isinstance(end, BuildFailed):
                # Trying again would fail again: the person who can act on it must act first.
                self._end_slot()
                self.decided.set()
                return
            if time.monotonic() - started > LAST_BACK_OFF_S:
                back_off_s = FIRST_BACK_OFF_S
            if self._stopping.wait(back_off_s):
                return
            back_off_s = min(2 * back_off_s, LAST_BACK_OFF_S)
            restarts = self.status.restarts + 1
            self.status = replace(self.status, state=AiState.STARTING, restarts=restarts)

    def _one_process(self) -> BuildFailed | Lost:
        """Start an AI process, live with it, and say why it ended."""
        self._process = process = ReaderProcess(self._build_reader)
        end: BuildFailed | Lost = FAULT
        try:
            ready = process.start()
            end = self._serve(process, ready) if isinstance(ready, Ready) else ready
        finally:
            self.status = replace(self.status, state=AiState.OFF, message=end.message)
            self._close_slot(self._ended_or(DropCause.AI_OFF))
            process.close()
        if not self._stopping.is_set():
            log.warning("AI off: %s", end.message)
        return end

    def _serve(self, process: ReaderProcess, ready: Ready) -> Lost:
        """Have pictures read until the process is lost or the loop stops."""
        self.status = replace(
            self.status, state=AiState.READING, message="", description=ready.description
        )
        self._lost = None
        self._newest.open()
        self.decided.set()
        self._cpu_ns = ready.cpu_ns
        room, asked = Semaphore(ready.at_once), SimpleQueue[Asked | None]()
        hearing = Thread(
            target=self._hear, args=(process, asked, room), name="senoscope-answers", daemon=True
        )
        hearing.start()
        try:
            self._ask(process, asked, room)
        finally:
            asked.put(None)
            hearing.join()
        return self._lost or Lost("The loop has ended.")

    def _ask(
        self, process: ReaderProcess, asked: SimpleQueue[Asked | None], room: Semaphore
    ) -> None:
        while not self._stopping.is_set() and self._lost is None:
            # First room, then a picture: one that waited for room would no longer be the newest.
            if not room.acquire(timeout=IDLE_CHECK_S):
                continue
            picture = self._newest.take(IDLE_CHECK_S)
            if picture is not None:
                asked.put((picture, process.ask(picture.frame)))
                continue
            room.release()
            if self._lost is None and not process.is_alive():
                self._lost = Lost(f"The AI process stopped unexpectedly. {AGAIN}")

    def _hear(
        self, process: ReaderProcess, asked: SimpleQueue[Asked | None], room: Semaphore
    ) -> None:
        about: Asked | None = None
        try:
            while (about := asked.get()) is not None:
                picture, failed = about
                self._awaiting_since_ns = time.monotonic_ns()
                reply = self._lost or failed or process.answer()
                self._awaiting_since_ns = 0
                if isinstance(reply, Lost):
                    self._lose(reply)
                self._settle(picture, reply)
                room.release()
        finally:
            if about is not None:
                self._lose(FAULT)

    def _lose(self, lost: Lost) -> None:
        self._lost = self._lost or lost
        # Wakes the one who waits for a picture to ask about.
        self._close_slot(DropCause.AI_OFF)

    def _settle(self, picture: Picture, reply: Answer | ReadFailed | Lost) -> None:
        if isinstance(reply, Answer):
            if self.status.message:
                self.status = replace(self.status, message="")
            self._on_read(picture, reply.reading, reply.cpu_ns - self._cpu_ns)
            self._cpu_ns = reply.cpu_ns
        elif isinstance(reply, ReadFailed):
            if self.status.message != reply.message:
                log.warning("Frame %d was not read: %s", picture.frame.index, reply.message)
                self.status = replace(self.status, message=reply.message)
            self._on_dropped(picture, DropCause.AI_ERROR)
        else:
            self._on_dropped(picture, self._ended_or(DropCause.AI_LOST))

    def _close_slot(self, cause: DropCause) -> None:
        waiting = self._newest.close()
        if waiting is not None:
            self._on_dropped(waiting, cause)

    def _end_slot(self) -> None:
        waiting = self._newest.end()
        if waiting is not None:
            self._on_dropped(waiting, self._ended_or(DropCause.AI_OFF))

    def _ended_or(self, cause: DropCause) -> DropCause:
        return DropCause.ENDED if self._stopping.is_set() else cause
