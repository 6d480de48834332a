"""What is logged in the AI process: told to the main one, since only one may keep the log's file.

What an exception says stays behind, as it does in the log.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

OWN = logging.getLogger("senoscope")


class Line(NamedTuple):
    """Of a log, by the name of its logger."""

    logger: str
    level: int
    message: str


class LinesToTell(logging.Handler):
    """A context manager: takes what Senoscope's own modules log from entry to exit."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: deque[Line] = deque()

    def __enter__(self) -> LinesToTell:
        OWN.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        OWN.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by `logging`, on any thread."""
        self._lines.append(Line(record.name, record.levelno, record.getMessage()))

    def taken(self) -> tuple[Line, ...]:
        """What came since the last time. By one thread at a time."""
        return tuple(self._lines.popleft() for _ in range(len(self._lines)))


def log(lines: Iterable[Line]) -> None:
    """Log what was taken in the other process as if it had been said in this one."""
    for line in lines:
        logging.getLogger(line.logger).log(line.level, "%s", line.message)
