"""The reader study of a log: the store's own, computed once for what it holds, or a file's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes
from threading import Lock

from senoscope.domain.errors import SettingsError
from senoscope.domain.reader_log import LogEntry
from senoscope.models.evaluation.readers.read_log import read_log
from senoscope.models.evaluation.readers.study_tables import study_json
from senoscope.studies.deidentification.pseudonyms import KEY_BYTES, PseudonymKey
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.proof.logged_images import SIMULATED
from senoscope.studies.proof.reader_log import log_of_store, read_log_csv
from senoscope.ui.frames.overlay import Header

LARGEST_LOG = 64 * 2**20
MOST_ENTRIES = 300_000
MOST_READERS = 60
"""Readers and AIs of a log that is computed for a page: every pair of them is compared."""


class LoggedStudy:
    """Any thread may ask; one study is computed at a time. SenoscopeErrors say why not.

    `key_file` makes pseudonyms. Without one they are made up for as long as this runs, and no log
    is given away.
    """

    def __init__(self, store: ExamStore, key_file: Path | None) -> None:
        self._store, self._key_file = store, key_file
        self._made_up = PseudonymKey(token_bytes(KEY_BYTES))
        self._turn = Lock()
        self._of: tuple[LogEntry, ...] | None = None
        self._shown: Header = {}

    def shown(self) -> Header:
        """Of the store as it is now."""
        with self._turn:
            entries = self.entries()
            if entries != self._of:
                self._shown, self._of = study_shown(entries), entries
            return self._shown

    def shown_of(self, path: Path) -> Header:
        """Of a log's CSV. SettingsError where it is too much for a page."""
        with self._turn:
            return study_shown(read_log_csv(path))

    def entries(self) -> tuple[LogEntry, ...]:
        """The store's."""
        return log_of_store(self._store, self._key())

    def require_key(self) -> None:
        """SettingsError where pseudonyms would be others each time."""
        if self._key_file is None:
            raise SettingsError(
                "There is no secret key for pseudonyms, so a log given away could not be added to. "
                "Start with one, or export by `senoscope proof log --key FILE`."
            )

    def _key(self) -> PseudonymKey:
        return self._made_up if self._key_file is None else PseudonymKey.kept_in(self._key_file)


def study_shown(entries: Sequence[LogEntry]) -> Header:
    """As the page and its export have it. SettingsError where it is too much for a page."""
    readers = len({each.by for each in entries})
    if len(entries) > MOST_ENTRIES or readers > MOST_READERS:
        raise SettingsError(
            f"A log of {len(entries)} rows by {readers} readers was given; expected at most "
            f"{MOST_ENTRIES} by {MOST_READERS}. Compute it by `senoscope proof study --log FILE`."
        )
    simulated = any(SIMULATED in each.scanner for each in entries)
    return {"simulated": simulated, **study_json(read_log(entries), None)}
