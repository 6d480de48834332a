"""Files of a study, sent by the browser one by one, straight to the disk and bounded together."""

from __future__ import annotations

from anyio import to_thread
from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect

from senoscope.domain.errors import SenoscopeError
from senoscope.ui.access.request_guard import UserOf
from senoscope.ui.frames.overlay import Header
from senoscope.ui.streamed_body import receive
from senoscope.ui.studies.study_desk import StudyDesk


def add_study_upload(app: FastAPI, desk: StudyDesk, user_of: UserOf) -> None:
    """Serve /study/uploads: begin one, add files whose body each is, then have it read."""

    @app.post("/study/uploads")
    def begin() -> Header:
        return {"token": desk.uploads.begin()}

    @app.post("/study/uploads/{token}/file")
    async def add(token: str, request: Request) -> Header:
        path = await to_thread.run_sync(desk.uploads.next_file, token)
        try:
            came = await receive(request, path, desk.uploads.bytes_left(token), "a study")
        except (ClientDisconnect, SenoscopeError):
            path.unlink(missing_ok=True)
            raise
        desk.uploads.count(token, came)
        return {}

    @app.post("/study/uploads/{token}/read")
    def read(token: str, request: Request) -> Header:
        desk.read(token, user_of(request) or "")
        return desk.job()
