"""What the page asks of the program: save a snapshot, try a source, start it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from senoscope.calibration.spacing import Point
from senoscope.domain.errors import SenoscopeError, StorageError
from senoscope.domain.frame import ScanArea
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.frames.packed import said
from senoscope.ui.frames.snapshot import save_snapshot
from senoscope.ui.live.calipers_route import MOST_PAIRS
from senoscope.ui.live.frame_hub import FrameHub
from senoscope.ui.live.live_actions import LiveActions


class SnapshotAsked(BaseModel):
    """`sequence` of the frame the browser shows, and the calipers set on it."""

    sequence: Annotated[int, Field(ge=1)]
    calipers: Annotated[list[tuple[Point, Point]], Field(max_length=MOST_PAIRS)] = []


class SourceAsked(BaseModel):
    """`source` is a known name, a path or a URL.

    `framing`: found, whole, or [left, top, width, height]; None: the source's usual one.
    """

    source: Annotated[str, Field(min_length=1, max_length=4096)]
    framing: Cut | tuple[int, int, int, int] | None = None


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
        return {"file": save_snapshot(held, snapshots, now, asked.calipers).name}

    @routes.get("/sources")
    def sources() -> dict[str, Any]:
        return {"sources": list(actions.known_sources()), "first_run": actions.first_run()}

    @routes.post("/preview")
    def preview(asked: SourceAsked) -> dict[str, Any]:
        return actions.preview(asked.source).as_json()

    @routes.post("/start")
    def start(asked: SourceAsked) -> dict[str, str]:
        framing = asked.framing
        chosen = ScanArea(*framing) if isinstance(framing, tuple) else framing
        actions.start_source(asked.source, chosen)
        return {"source": asked.source}

    app.include_router(routes)
    app.add_exception_handler(SenoscopeError, _sentence)


def _sentence(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(said(error), status_code=409)
