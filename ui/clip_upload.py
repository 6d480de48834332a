"""A clip sent by the browser, straight to the disk, bounded and gone again when it is closed."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from anyio import to_thread
from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.realtime.frame_spool import KEPT_FREE
from senoscope.realtime.recording_format import ENDING, MAGIC
from senoscope.ui.overlay import Header
from senoscope.ui.request_guard import STREAMED
from senoscope.ui.review_session import ReviewSession

LARGEST_CLIP = 4 * 2**30
"""Bytes. A minute of raw frames of 1024x768 at 30 a second has 1.4 GB."""
LONGEST_NAME = 120
_AT_ONCE = 2**20


def add_upload(app: FastAPI, session: ReviewSession) -> None:
    """Serve STREAMED: the file is the body, its name percent-encoded in X-File-Name."""

    @app.post(STREAMED)
    async def upload(request: Request) -> Header:
        path = session.uploads / secrets.token_hex(8)
        name = _shown_name(request.headers.get("x-file-name", ""))
        try:
            await _receive(request, path)
            whole = await to_thread.run_sync(_with_its_ending, path)
        except (ClientDisconnect, SettingsError, StorageError):
            path.unlink(missing_ok=True)
            raise
        await to_thread.run_sync(session.open_upload, whole, name)
        return session.state()


async def _receive(request: Request, path: Path) -> None:
    """Write the body to `path`. SettingsError: too large or empty; StorageError: no room."""
    file = await to_thread.run_sync(_new, path)
    came, waiting = 0, bytearray()
    try:
        async for part in request.stream():
            came += len(part)
            if came > LARGEST_CLIP:
                raise SettingsError(
                    f"A file of more than {LARGEST_CLIP // 2**30} GB was sent; expected a clip "
                    "below that. Cut it, or read it with `senoscope live --source FILE`."
                )
            waiting += part
            if len(waiting) >= _AT_ONCE:
                await to_thread.run_sync(_write, file, path, bytes(waiting))
                waiting.clear()
        await to_thread.run_sync(_write, file, path, bytes(waiting))
    finally:
        file.close()
    if not came:
        raise SettingsError("An empty file was sent; expected a clip. Choose another.")


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


def _with_its_ending(path: Path) -> Path:
    """Recordings are known by their ending elsewhere; the name that was sent is not believed."""
    with path.open("rb") as file:
        is_recording = file.read(len(MAGIC)) == MAGIC
    return path.rename(path.with_suffix(ENDING)) if is_recording else path


def _shown_name(sent: str) -> str:
    """The name on the sender's machine, shortened; only ever shown back."""
    name = unquote(sent[: 3 * LONGEST_NAME], errors="replace").replace("\\", "/")
    kept = "".join(each for each in name.rpartition("/")[2] if each.isprintable())
    return kept[:LONGEST_NAME] or "clip"


def _no_room(path: Path, why: str | None) -> StorageError:
    return StorageError(
        f"The clip cannot be kept in {path.parent} ({why}). Free space, or allow writing there."
    )
