"""The exam store with all that works on it while the pages are served."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from senoscope.realtime.worker import BuildReader
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.network.destination_settings import load_destinations
from senoscope.studies.network.sender import Sender
from senoscope.ui.assemble import build_study_desk
from senoscope.ui.review_session import Unhurried
from senoscope.ui.settings import Settings
from senoscope.ui.store_command import store_place


class StudiesAtHand:
    """A context manager: the store is open from the start, results are sent from entry to exit.

    `pacs` is the file of destinations, which need not be there. SettingsError where it is damaged;
    errors as of `ExamStore.open`.
    """

    def __init__(self, reads: BuildReader, kept: Path, settings: Settings, pacs: Path) -> None:
        destinations = load_destinations(pacs) if pacs.exists() else {}
        self.store = ExamStore.open(*store_place(settings.store))
        self._sender = Sender(self.store.outbox, destinations)
        self.desk = build_study_desk(
            Unhurried(reads),
            kept / "uploads_of_studies",
            self.store,
            settings.reads_alone,
            tuple(destinations),
        )
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        self._ending.callback(self.store.close)
        self._ending.callback(self.desk.close)
        self._ending.callback(self._sender.stop)
        self._sender.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()
