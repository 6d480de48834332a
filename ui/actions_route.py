"""What the page asks of the program: save a snapshot, try a source, start it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from senoscope.domain.errors import SenoscopeError, StorageError
from senoscope.domain.frame import ScanArea
from senoscope.ui.frame_hub import FrameHub
from senoscope.ui.live_actions import LiveActions
from senoscope.ui.snapshot import save_snapshot


class SnapshotAsked(BaseModel):
    """`sequence` of the frame the browser shows."""

    sequence: Annotated[int, Field(ge=1)]


class SourceAsked(BaseModel):
    """`source` is a known name, a path or a URL; `scan_area` [left, top, width, height]."""

    source: Annotated[str, Field(min_length=1, max_length=4096)]
    scan_area: tuple[int, int, int, int] | None = None


def add_actions(app: FastAPI, hub: FrameHub, actions: LiveActions, snapshots: Path) -> None:
    """Serve /live/snapshot, /live/sources, /live/preview and /live/start."""
    routes = APIRouter(prefix="/live")

    @routes.post("/snapshot")
    def snapshot(asked: SnapshotAsked) -> dict[str, str]:
        held = hub.held(asked.sequence)
        if held is None:
            raise StorageError(
                "This frame is no longer in memory, so it was not saved. Freeze first, then save."
            )
        now = datetime.now(UTC).astimezone()
        return {"file": save_snapshot(held, snapshots, now).name}

    @routes.get("/sources")
    def sources() -> dict[str, Any]:
        return {"sources": list(actions.known_sources()), "first_run": actions.first_run()}

    @routes.post("/preview")
    def preview(asked: SourceAsked) -> dict[str, Any]:
        return actions.preview(asked.source).as_json()

    @routes.post("/start")
    def start(asked: SourceAsked) -> dict[str, str]:
        area = None if asked.scan_area is None else ScanArea(*asked.scan_area)
        actions.start_source(asked.source, area)
        return {"source": asked.source}

    app.include_router(routes)
    app.add_exception_handler(SenoscopeError, _sentence)


def said(error: Exception) -> dict[str, str]:
    """What the page is told of an error: its kind, whose lead it knows, and its sentence."""
    return {"kind": type(error).__name__, "message": str(error)}


def _sentence(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(said(error), status_code=409)
