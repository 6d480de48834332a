"""A folder for what passes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from senoscope.domain.errors import StorageError


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """New and private, in the usual place; it goes with all in it. StorageError."""
    try:
        folder = TemporaryDirectory(prefix=prefix)
    except OSError as error:
        raise StorageError(
            f"A temporary folder cannot be made ({error.strerror}). Free room there, or set "
            "TMPDIR to a folder with room."
        ) from error
    with folder as name:
        yield Path(name)
