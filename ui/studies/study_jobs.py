"""Studies that came are kept and read one after the other, on a thread of its own."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from senoscope.domain.errors import SenoscopeError, SettingsError
from senoscope.studies.study_intake import Tell
from senoscope.ui.frames.overlay import Header

if TYPE_CHECKING:
    from senoscope.studies.images.series import Study
    from senoscope.studies.modes.mode import Mode

MOST_WAITING = 20
STOP_LIMIT_S = 10.0
KEEP_LIMIT_S = 120.0
"""Twelve key frames took 9 to 37 s; who ends the program at an exam's end waits no longer."""

log = logging.getLogger(__name__)

Work = Callable[[Tell, Event], tuple[int, ...]]
"""The exams' numbers. Ends soon once the event is set."""
KeepAndRead = Callable[[Path, str, Tell, Event], tuple[int, ...]]
"""What is at the path, for that login; the exams' numbers. Ends soon once the event is set."""

ReadAgain = Callable[[int, "Study", "Mode", str, Tell, Event], tuple[int, ...]]
"""Of `StudyIntake.read_again`."""


def never_read_again(*_: object) -> tuple[int, ...]:
    """For those who keep other things than studies."""
    raise SettingsError("Nothing is read again here. Upload the study again.")


@dataclass(frozen=True, slots=True)
class _Job:
    """`must`: it keeps what cannot be asked for again, and is done even when all ends."""

    work: Work
    folder: Path | None = None
    must: bool = False
    stopping: Event = field(default_factory=Event)


class StudyJobs:
    """Any thread may ask. What a job was given is removed when it has ended."""

    def __init__(
        self, keep_and_read: KeepAndRead, read_again: ReadAgain = never_read_again
    ) -> None:
        self.keep_and_read, self._read_again = keep_and_read, read_again
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = Lock()
        self._open: list[_Job] = []
        self._share = 0.0
        self._message = ""
        self._exams: tuple[int, ...] = ()
        self._thread = Thread(target=self._run, name="senoscope-studies", daemon=True)
        self._thread.start()

    def add(self, folder: Path | None, path: Path, who: str) -> None:
        """Read `path`, then remove `folder`. SettingsError where too many wait."""

        def read(tell: Tell, stopping: Event) -> tuple[int, ...]:
            return self.keep_and_read(path, who, tell, stopping)

        self.do(read, folder)

    def again(self, exam: int, study: Study, mode: Mode, who: str) -> None:
        """Read what is kept by that mode. SettingsError where too many wait."""

        def read(tell: Tell, stopping: Event) -> tuple[int, ...]:
            return self._read_again(exam, study, mode, who, tell, stopping)

        self.do(read)

    def do(self, work: Work, folder: Path | None = None) -> None:
        """Do `work` in its turn, then remove `folder`. SettingsError where too many wait."""
        self._add(_Job(work, folder))

    def keep(self, work: Callable[[], tuple[int, ...]]) -> None:
        """Do `work` in its turn, however many wait and whatever is stopped; `close` waits for it.

        It gives the exams' numbers; its errors are told as those of a study are.
        """
        self._add(_Job(lambda _tell, _stopping: work(), must=True))

    def stop(self) -> None:
        """End the present reading."""
        with self._lock:
            if self._open:
                self._open[0].stopping.set()

    def close(self) -> None:
        """End all; what waits is not read, but what is to be kept is, within `KEEP_LIMIT_S`."""
        with self._lock:
            keeps = any(job.must for job in self._open)
            for job in self._open:
                job.stopping.set()
        self._queue.put(None)
        self._thread.join(KEEP_LIMIT_S if keeps else STOP_LIMIT_S)
        with self._lock:
            left = sum(job.must for job in self._open)
        if left:
            log.error(
                "Senoscope ends and %d of what was to be kept as a study is not, after %.0f s: a "
                "live exam's pictures and facts are in the folder of exams, and what was received "
                "is kept at the next start.",
                left,
                KEEP_LIMIT_S,
            )

    def state(self) -> Header:
        """JSON-ready: reading or idle, the share done, the exams of the last job.

        The message is of all jobs since there was none: who sends several is told of each.
        """
        with self._lock:
            return {
                "state": "reading" if self._open else "idle",
                "waiting": max(len(self._open) - 1, 0),
                "share": round(self._share, 3),
                "message": self._message,
                "exams": list(self._exams),
            }

    def _add(self, job: _Job) -> None:
        with self._lock:
            if len(self._open) >= MOST_WAITING and not job.must:
                raise SettingsError(
                    f"{MOST_WAITING} studies wait to be read. Send this one when they are done."
                )
            if not self._open:
                self._message = ""
            self._open.append(job)
        self._queue.put(job)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            message = ""
            exams: tuple[int, ...] = ()
            try:
                if job.must or not job.stopping.is_set():
                    exams = job.work(self._tell, job.stopping)
            except SenoscopeError as error:
                message = str(error)
            except Exception:
                # The thread must outlive a fault of one study, whose files may be hostile.
                log.exception("A study was not read")
                message = (
                    "The study was not read because of a fault in the program; see the log. Others "
                    "can be read."
                )
            if job.folder is not None:
                shutil.rmtree(job.folder, ignore_errors=True)
            with self._lock:
                self._open.remove(job)
                self._share, self._exams = 0.0, exams
                if message not in self._message:
                    self._message = f"{self._message} {message}".strip()

    def _tell(self, share: float) -> None:
        self._share = share
