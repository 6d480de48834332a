"""The log a bug report needs: what went wrong and when, never of whom."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from platformdirs import user_log_path

from senoscope import __version__

OWN, SERVER = "senoscope", "uvicorn"
"""Loggers: what other packages say may quote what they were given."""

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogFormat(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


def log_file() -> Path:
    """Where this user's log is kept."""
    return user_log_path("senoscope", appauthor=False) / "senoscope.log"


class _Text(logging.Formatter):
    """A line each, and below it where a fault was raised."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Its first line, as in `_Json`."""
        record.message = _first_line(record)
        return super().formatMessage(record)

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - as above
        """Without what the exception says: it may quote a file's name, or what is in the file."""
        return "\n".join([_kind(ei), *(f"  {each}" for each in _places(ei))])


class _Json(logging.Formatter):
    """An object a line. Time in UTC."""

    def __init__(self, room: str | None) -> None:
        super().__init__()
        self._same = {"version": __version__} | ({} if room is None else {"room": room})

    def format(self, record: logging.LogRecord) -> str:
        """What an exception says is left out, as in `_Text`."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _first_line(record),
            **self._same,
        }
        if record.exc_info is not None and record.exc_info[0] is not None:
            line |= {"fault": _kind(record.exc_info), "at": _places(record.exc_info)}
        return json.dumps(line, ensure_ascii=False)


class _Kept(RotatingFileHandler):
    """At most 2 MB."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - as above
        """As of a full disk: logging would quote on stderr what an exception says."""
        del record
        sys.stderr.write("senoscope: a line of the log could not be written.\n")


class _Shown(logging.StreamHandler[TextIO]):
    """On stderr."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - as above
        """There is nowhere left to say it."""


def start_log(path: Path, form: LogFormat = LogFormat.TEXT, room: str | None = None) -> None:
    """Keep warnings of Senoscope and its server in `path`, at most 2 MB; says so where it cannot.

    As JSON, also on stderr, where service managers and containers collect logs. `room` then stands
    in each line.
    """
    as_json = form is LogFormat.JSON
    handlers: list[logging.Handler] = [_Shown()] if as_json else []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(_Kept(path, maxBytes=1_000_000, backupCount=1, encoding="utf-8"))
    except OSError as error:
        sys.stderr.write(f"senoscope: no log is kept, {path} cannot be written ({error}).\n")
    for name in (OWN, SERVER):
        logger = logging.getLogger(name)
        # Handlers that a library has set up for all would quote what an exception says.
        logger.propagate = False
        for handler in handlers or [_Shown()]:
            handler.setFormatter(_Json(room) if as_json else _Text(LINE))
            logger.addHandler(handler)


def _first_line(record: logging.LogRecord) -> str:
    """Uvicorn puts a whole traceback into some of its messages."""
    return record.getMessage().partition("\n")[0]


def _kind(raised: _Raised) -> str:
    return "" if raised[0] is None else raised[0].__name__


def _places(raised: _Raised) -> list[str]:
    """The last is where it was raised; of paths the end, since a home is somebody's."""
    found = traceback.extract_tb(raised[2])
    return [f"{_inside(each.filename)}:{each.lineno} in {each.name}" for each in found]


def _inside(filename: str) -> str:
    path = Path(filename)
    with suppress(ValueError, RuntimeError):  # it is not below a home, or this user has none
        path = path.relative_to(Path.home())
    return "/".join(path.parts[-3:])
