"""The store's reader log as it is given away: its table and the dictionary of columns, zipped."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from senoscope.domain.reader_log import LogEntry
from senoscope.studies.proof.reader_log import write_log_csv

TABLE = "reader_log.csv"


def log_archive(entries: Sequence[LogEntry]) -> bytes:
    """StorageError where there is no room to write it."""
    packed = io.BytesIO()
    with TemporaryDirectory(prefix="senoscope-log-") as name:
        folder = Path(name)
        write_log_csv(entries, folder / TABLE)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
    return packed.getvalue()
