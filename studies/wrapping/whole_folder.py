"""A folder that is there whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from senoscope.domain.errors import StorageError


@contextmanager
def whole_folder(within: Path, name: str, what: str) -> Iterator[Path]:
    """A folder to write into, which becomes `within / name` when all has been written.

    StorageError, which names it by `what` and `name`, where the disk refuses: then nothing of it
    is left.
    """
    partial = within / f".{name}.{secrets.token_hex(4)}.partial"
    try:
        try:
            partial.mkdir(parents=True)
            yield partial
            partial.rename(within / name)
        except OSError as error:
            raise StorageError(
                f"{what} {name} cannot be written ({error.strerror}). Free space, allow writing "
                "there, or choose another folder; what was there before stays."
            ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
