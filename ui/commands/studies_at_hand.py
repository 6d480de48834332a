"""The exam store with all that works on it while the pages are served."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from senoscope.domain.errors import SettingsError
from senoscope.domain.spans import Spans, no_spans
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.worker import BuildReader
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.network.destination_settings import load_destinations
from senoscope.studies.network.receiver import ReceiverSettings, ServerTls
from senoscope.studies.network.sender import Sender
from senoscope.ui.assemble import build_study_desk
from senoscope.ui.commands.deidentify_command import key_file
from senoscope.ui.commands.store_command import store_place
from senoscope.ui.live.live_session import LiveSession
from senoscope.ui.monitoring.store_watch import StoreWatch
from senoscope.ui.review.review_session import Unhurried
from senoscope.ui.settings import Settings
from senoscope.ui.studies.live_exam_study import LiveExamStudies
from senoscope.ui.studies.received_studies import ReceivedStudies


class StudiesAtHand:
    """A context manager: the store is open from the start, results are sent from entry to exit.

    `pacs` is the file of destinations, which need not be there. SettingsError where it is damaged;
    errors as of `ExamStore.open`.
    """

    def __init__(
        self,
        reads: BuildReader,
        kept: Path,
        settings: Settings,
        pacs: Path,
        spans: Spans = no_spans,
    ) -> None:
        self._receives = None if settings.receive is None else _receiver_settings(settings.receive)
        destinations = load_destinations(pacs) if pacs.exists() else {}
        self.store = ExamStore.open(*store_place())
        self._sender = Sender(self.store.outbox, destinations)
        self.desk = build_study_desk(
            Unhurried(reads),
            kept / "uploads_of_studies",
            self.store,
            settings.reads_alone,
            tuple(destinations),
            key_file(),
            spans,
        )
        self.watch = StoreWatch(self.store, self.desk.jobs)
        self._folder = kept / "received"
        self._ending = ExitStack()

    def keep_exams_of(self, loop: LiveLoop, session: LiveSession) -> None:
        """Have every exam that ends there kept as a study."""
        session.keep_study = LiveExamStudies(loop, self.store, self.desk.jobs).keep

    def __enter__(self) -> Self:
        self._ending.callback(self.store.close)
        self._ending.callback(self.desk.close)
        self._ending.callback(self._sender.stop)
        self._sender.start()
        if self._receives is not None:
            jobs = self.desk.jobs
            received = ReceivedStudies(self._receives, self._folder, jobs, jobs.keep_and_read)
            self._ending.enter_context(received)
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()


def _receiver_settings(given: Mapping[str, Any]) -> ReceiverSettings:
    """SettingsError where the file of settings says something else than is needed."""
    known = {"ae", "port", "host", "callers", "certificate_file", "key_file", "ca_file"}
    try:
        if set(given) - known or not isinstance(given["port"], int):
            raise TypeError
        tls = None
        if "certificate_file" in given:
            ca_file = given.get("ca_file")
            certificate, key = Path(given["certificate_file"]), Path(given["key_file"])
            tls = ServerTls(certificate, key, None if ca_file is None else Path(ca_file))
        return ReceiverSettings(
            str(given.get("ae", "SENOSCOPE")),
            given["port"],
            str(given.get("host", "127.0.0.1")),
            tuple(map(str, given.get("callers", ()))),
            tls,
        )
    except (KeyError, TypeError) as error:
        raise SettingsError(
            'The settings say "receive" in another form than an object with "port", and where '
            f"wanted {', '.join(sorted(known - {'port'}))}. Mend it; see docs/pacs.md."
        ) from error
