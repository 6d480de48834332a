"""How often something went wrong: the log's records by level."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from senoscope.ui.logs import OWN, SERVER


class LogCounts(logging.Handler):
    """A context manager: counts what is logged from entry to exit, whatever is kept of it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._counts = {"warning": 0, "error": 0}

    def __enter__(self) -> LogCounts:
        for name in (OWN, SERVER):
            logging.getLogger(name).addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        for name in (OWN, SERVER):
            logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by `logging`, which holds the handler's lock."""
        level = "error" if record.levelno >= logging.ERROR else "warning"
        self._counts[level] += 1

    @property
    def counts(self) -> Mapping[str, int]:
        """By level, all of them named."""
        return dict(self._counts)
