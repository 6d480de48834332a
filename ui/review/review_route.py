"""The review page's requests: a clip, its frames, what the reader makes of them, exports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import numpy as np
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import ScanArea
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.frames.key_frames import Remark
from senoscope.ui.frames.key_frames_route import Remarked
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT, attached, packed, told
from senoscope.ui.review.clip_export import frames_csv, key_images, readings_json
from senoscope.ui.review.clip_outlines import MOST_POINTS, Points, painted
from senoscope.ui.review.clip_upload import add_upload
from senoscope.ui.review.open_clip import OpenClip
from senoscope.ui.review.review_session import ReviewSession

REVIEW_PATH = "/review/"
"""Of the page; what it asks for is below /clip."""
Flat = Annotated[list[float], Field(max_length=2 * MOST_POINTS)]
"""x, y, x, y ... in the frame's pixels."""


class RecordingAsked(BaseModel):
    """`name` as in the list."""

    name: Annotated[str, Field(max_length=255)]


class FramingAsked(BaseModel):
    """found, whole, or [left, top, width, height] of the picture shown."""

    framing: Cut | tuple[int, int, int, int]


class OutlineAsked(BaseModel):
    """One of: a whole `outline`; a brush `stroke` of `radius` pixels; `undo`; `reset`."""

    outline: Flat | None = None
    stroke: Flat | None = None
    radius: float = 10.0
    adds: bool = True
    undo: bool = False
    reset: bool = False


def add_review(app: FastAPI, session: ReviewSession) -> None:
    """Serve /clip and what is below it, and the way to the page itself."""
    routes = APIRouter(prefix="/clip")
    _add_opening(routes, session)
    _add_frames(routes, session)
    _add_exports(routes, session)
    app.include_router(routes)
    add_upload(app, session)

    @app.get(REVIEW_PATH.rstrip("/"))
    def page() -> RedirectResponse:
        return RedirectResponse(REVIEW_PATH)


def _add_opening(routes: APIRouter, session: ReviewSession) -> None:
    @routes.get("")
    def state() -> Header:
        return session.state()

    @routes.get("/recordings")
    def recordings() -> list[Header]:
        return [
            {
                "name": each.name,
                "began_at": each.began_at.isoformat(timespec="seconds"),
                "seconds": round(each.seconds, 1),
                "megabytes": round(each.megabytes, 1),
            }
            for each in session.recordings()
        ]

    @routes.post("/recording")
    def open_recording(asked: RecordingAsked) -> Header:
        session.open_recording(asked.name)
        return session.state()

    @routes.post("/framing")
    def read_again(asked: FramingAsked) -> Header:
        framing = asked.framing
        session.read_again(ScanArea(*framing) if isinstance(framing, tuple) else framing)
        return session.state()

    @routes.post("/cancel")
    def cancel() -> Header:
        session.cancel()
        return session.state()

    @routes.post("/close")
    def close() -> Header:
        session.close()
        return session.state()


def _add_frames(routes: APIRouter, session: ReviewSession) -> None:
    @routes.get("/lanes")
    def lanes(since: int = 0) -> Header:
        clip = session.clip
        frames = clip.review.frames(since)
        return {"from": max(since, 0), "frames": [clip.lane(frame) for frame in frames]}

    @routes.get("/frames/{place}")
    def frame(place: int) -> Response:
        clip = session.clip
        message = packed(clip.header(place), clip.jpeg(place))
        return Response(message, media_type="application/octet-stream", headers=UNKEPT)

    @routes.post("/frames/{place}/lesions/{number}")
    def draw(place: int, number: int, asked: OutlineAsked) -> Header:
        return _drawn(session.clip, place, number, asked)

    @routes.post("/lesions/{number}")
    def remark(number: int, remarked: Remarked) -> Header:
        session.clip.remark(number, Remark(**remarked.model_dump()))
        return session.state()


def _drawn(clip: OpenClip, place: int, number: int, asked: OutlineAsked) -> Header:
    """The frame's header once its outline was changed. SettingsError says why it was not."""
    key = place, number
    read = [each for each in clip.frame(place).tracks if each.number == number and number > 0]
    if not read:
        raise SettingsError(
            f"Lesion {number} is not marked on frame {place}. Go to a frame that shows it."
        )
    if asked.undo:
        clip.outlines.undo(key)
    elif asked.reset:
        clip.outlines.reset(key)
    elif asked.outline is not None:
        clip.outlines.draw(key, _points(asked.outline, clip.review.size))
    elif asked.stroke is not None:
        before = clip.outlines.lesion(key, read[0].lesion).contour
        size = clip.review.size or (0, 0)
        stroke = _points(asked.stroke)
        clip.outlines.draw(key, painted(before, stroke, asked.radius, asked.adds, size))
    else:
        raise SettingsError("Nothing was drawn; expected an outline, a stroke, undo or reset.")
    clip.changed()
    return clip.header(place)


def _add_exports(routes: APIRouter, session: ReviewSession) -> None:
    @routes.get("/export/frames.csv")
    def as_csv() -> Response:
        return _download(frames_csv(session.clip), "text/csv", "csv")

    @routes.get("/export/readings.json")
    def as_json() -> Response:
        return _download(readings_json(session.clip), "application/json", "json")

    @routes.get("/export/key_images.zip")
    def images() -> Response:
        return _download(key_images(session.exportable()), "application/zip", "zip")

    @routes.post("/export/video")
    def make_video() -> StreamingResponse:
        return told(session.film())

    @routes.get("/export/video.mp4")
    def video() -> FileResponse:
        file = session.clip.video
        if not file.exists():
            raise SettingsError("The video was not made yet. Ask for it first.")
        return FileResponse(file, media_type="video/mp4", filename=_name("mp4"))


def _points(flat: list[float], size: tuple[int, int] | None = None) -> Points:
    """(n, 2), within a frame of `size` where one is given. SettingsError: half a point."""
    if len(flat) % 2:
        raise SettingsError(f"{len(flat)} numbers were given; expected x, y, x, y ...")
    points = np.asarray(flat, np.float32).reshape(-1, 2)
    if size is not None and np.isfinite(points).all():
        points = np.clip(points, 0, np.asarray(size, np.float32) - 1)
    return points


def _download(content: str | bytes, media_type: str, ending: str) -> Response:
    return Response(content, media_type=media_type, headers=attached(_name(ending)))


def _name(ending: str) -> str:
    """Of the time, never of the clip: that may be a patient's."""
    now: datetime = datetime.now(UTC).astimezone()
    return f"senoscope_review_{now:%Y%m%d-%H%M%S}.{ending}"
