"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

from senoscope.domain.errors import StorageError


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` by way of a name beside it. StorageError says why not."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` by way of a name beside it. StorageError says why not."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StorageError(
            f"{path} cannot be written ({error.strerror}). Free space, allow writing there, or "
            "name another file."
        ) from error
