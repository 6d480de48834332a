"""A clip sent by the browser, straight to the disk, bounded and gone again when it is closed."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import unquote

from anyio import to_thread
from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.realtime.recording.recording_format import ENDING, MAGIC
from senoscope.ui.access.request_guard import STREAMED
from senoscope.ui.frames.overlay import Header
from senoscope.ui.review.review_session import ReviewSession
from senoscope.ui.streamed_body import receive

LARGEST_CLIP = 4 * 2**30
"""Bytes. A minute of raw frames of 1024x768 at 30 a second has 1.4 GB."""
LONGEST_NAME = 120


def add_upload(app: FastAPI, session: ReviewSession) -> None:
    """Serve STREAMED: the file is the body, its name percent-encoded in X-File-Name."""

    @app.post(STREAMED)
    async def upload(request: Request) -> Header:
        path = session.uploads / secrets.token_hex(8)
        name = _shown_name(request.headers.get("x-file-name", ""))
        try:
            await receive(request, path, LARGEST_CLIP, "a clip")
            whole = await to_thread.run_sync(_with_its_ending, path)
        except (ClientDisconnect, SettingsError, StorageError):
            path.unlink(missing_ok=True)
            raise
        await to_thread.run_sync(session.open_upload, whole, name)
        return session.state()


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
