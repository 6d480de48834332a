"""The log a bug report needs: what went wrong and when, never of whom."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path


def log_file() -> Path:
    """Where this user's log is kept."""
    return user_log_path("senoscope", appauthor=False) / "senoscope.log"


def start_log(path: Path) -> None:
    """Keep warnings of Senoscope's own modules in `path`, at most 2 MB; says so where it cannot."""
    own = logging.getLogger("senoscope")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"senoscope: no log is kept, {path} cannot be written ({error}).\n")
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    own.addHandler(handler)
