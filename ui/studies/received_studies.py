"""Studies that other systems send by C-STORE: gathered until nothing more comes, then read."""

from __future__ import annotations

import secrets
import shutil
import time
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Self

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.network.receiver import Receiver, ReceiverSettings
from senoscope.studies.study_intake import NotKept
from senoscope.ui.studies.study_jobs import KeepAndRead, StudyJobs

QUIET_S = 15.0
"""Nothing says that a study is whole; so long without another object it is taken for it."""
WHO = "receiver"


class ReceivedStudies:
    """A context manager: listens from entry to exit. `folder` is for this alone.

    What was taken stays there until the exam store holds it: after a crash or on a full disk it is
    read at the next start; what the store refuses is put into `folder`/refused. PortInUse,
    SettingsError or StorageError where it cannot listen.
    """

    def __init__(
        self,
        settings: ReceiverSettings,
        folder: Path,
        jobs: StudyJobs,
        keep_and_read: KeepAndRead,
        quiet_s: float = QUIET_S,
    ) -> None:
        self._jobs, self._keep_and_read, self._quiet_s = jobs, keep_and_read, quiet_s
        self._taken, self._gathered = folder / "taken", folder / "gathered"
        self._refused = folder / "refused"
        self._receiver = Receiver(settings, self._taken, self._note)
        self._last_s = 0.0
        self._stopping = Event()
        self._thread = Thread(target=self._gather, name="senoscope-received", daemon=True)

    def __enter__(self) -> Self:
        self._gathered.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._receiver.start()
        for left in sorted(self._gathered.iterdir()):
            self._jobs.keep(partial(self._read, left))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._receiver.stop()
        self._stopping.set()
        self._thread.join()

    def _note(self, _path: Path) -> None:
        self._last_s = time.monotonic()

    def _gather(self) -> None:
        while not self._stopping.wait(min(1.0, self._quiet_s / 4)):
            if time.monotonic() - self._last_s < self._quiet_s:
                continue
            files = [each for each in self._taken.iterdir() if not each.name.startswith(".")]
            if not files:
                continue
            together = self._gathered / secrets.token_hex(8)
            together.mkdir(mode=0o700)
            for file in files:
                file.rename(together / file.name)
            self._jobs.keep(partial(self._read, together))

    def _read(self, together: Path) -> tuple[int, ...]:
        try:
            exams = self._keep_and_read(together, WHO, _say_nothing, self._stopping)
        except NotKept:  # the sender may have them no more: a person has to look
            self._refused.mkdir(mode=0o700, exist_ok=True)
            together.rename(self._refused / together.name)
            raise
        except SourceUnavailable:  # kept, and not read
            shutil.rmtree(together, ignore_errors=True)
            raise
        shutil.rmtree(together, ignore_errors=True)
        return exams


def _say_nothing(_share: float) -> None:
    pass
