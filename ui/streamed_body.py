"""A request's body, written to the disk as it comes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO

from anyio import to_thread
from fastapi import Request

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.realtime.frame_spool import KEPT_FREE

_AT_ONCE = 2**20


async def receive(request: Request, path: Path, most_bytes: int, what: str) -> int:
    """Write the body to `path`, a new file of this user's alone; how many bytes came.

    `what` is "a clip" or the like. SettingsError: more than `most_bytes`, or nothing;
    StorageError: no room. What was written is left to the caller, who knows of other failures too.
    """
    file = await to_thread.run_sync(_new, path)
    came, waiting = 0, bytearray()
    try:
        async for part in request.stream():
            came += len(part)
            if came > most_bytes:
                raise SettingsError(
                    f"More than {most_bytes / 2**30:.3g} GB was sent; expected {what} below that. "
                    "Send less, or read it where it lies by the command line."
                )
            waiting += part
            if len(waiting) >= _AT_ONCE:
                await to_thread.run_sync(_write, file, path, bytes(waiting))
                waiting.clear()
        await to_thread.run_sync(_write, file, path, bytes(waiting))
    finally:
        file.close()
    if not came:
        raise SettingsError(f"An empty file was sent; expected {what}. Choose another.")
    return came


def _new(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A patient may be on it: nobody else may read it.
        path.touch(0o600, exist_ok=False)
        return path.open("wb", buffering=0)
    except OSError as error:
        raise _no_room(path, error.strerror) from error


def _write(file: BinaryIO, path: Path, part: bytes) -> None:
    if shutil.disk_usage(path.parent).free < KEPT_FREE + len(part):
        raise _no_room(path, "the disk is nearly full")
    try:
        rest = memoryview(part)
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise _no_room(path, error.strerror) from error


def _no_room(path: Path, why: str | None) -> StorageError:
    return StorageError(
        f"What was sent cannot be kept in {path.parent} ({why}). Free space, or allow writing "
        "there."
    )
