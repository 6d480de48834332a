"""Files appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from senoscope.domain.errors import StorageError


def write_text(path: Path, text: str, private: bool = False) -> None:
    """Write `text` to `path`, see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"), private)


def write_bytes(path: Path, content: bytes, private: bool = False) -> None:
    """Write `content` to `path` by way of a name beside it. StorageError says why not.

    `private`: only this user may read it.
    """
    # A name of its own: two that write at once each write a whole file.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        if path.exists() and not path.is_file():
            # A device would be replaced by a file, where this user may.
            raise StorageError(
                f"{path} cannot be written: it is a folder or a device. Name another."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch(0o600 if private else 0o666, exist_ok=False)
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise StorageError(
            f"{path} cannot be written ({error.strerror}). Free space, allow writing there, or "
            "choose another place."
        ) from error
