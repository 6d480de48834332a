"""The filmstrip: which frames were kept, and what the operator says of each."""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, Field

from senoscope.realtime.tracking.same_lesion import Offer, Seen
from senoscope.ui.frames.key_frames import KeyFrame, KeyFrames, Remark, Side, Verdict
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT


class Remarked(BaseModel):
    """See `Remark`."""

    side: Side = Side.UNKNOWN
    clock: int | None = None
    from_nipple_cm: float | None = None
    note: Annotated[str, Field(max_length=4096)] = ""
    verdict: Verdict = Verdict.OPEN


class SameAnswered(BaseModel):
    """Whether the lesion is `older`: "again" or "across", as in `Seen`, "two", or taken back."""

    older: int
    answer: Literal["again", "across", "two", "undo"]


def add_key_frames(app: FastAPI, key_frames: KeyFrames) -> None:
    """Serve /live/key_frames, each one's picture, remark and answer."""
    routes = APIRouter(prefix="/live/key_frames")

    @routes.get("")
    def strip(since: int = -1) -> dict[str, Any]:
        version = key_frames.version
        kept = None if version == since else [_described(each) for each in key_frames.all()]
        return {"version": version, "frames": kept}

    @routes.get("/{number}")
    def picture(number: int) -> Response:
        jpeg = key_frames.one(number).jpeg
        return Response(jpeg, media_type="image/jpeg", headers=UNKEPT)

    @routes.post("/{number}")
    def remark(number: int, said: Remarked) -> dict[str, Any]:
        key_frames.remark(number, Remark(**said.model_dump()))
        return strip()

    @routes.post("/{number}/same")
    def same(number: int, said: SameAnswered) -> dict[str, Any]:
        if said.answer == "undo":
            key_frames.undo(number)
        elif said.answer == "two":
            key_frames.part(number, said.older)
        else:
            key_frames.join(number, said.older, Seen(said.answer))
        return strip()

    app.include_router(routes)


def _described(kept: KeyFrame) -> Header:
    track = kept.track
    return {
        "number": track.number,
        "frame": kept.shown.frame.index,
        "suspicion": track.suspicion,
        "probability": round(track.probability, 2),
        "thumb": "data:image/jpeg;base64," + base64.b64encode(kept.thumb).decode("ascii"),
        "outline": (track.lesion.contour / kept.shown.frame.size).round(4).ravel().tolist(),
        **asdict(kept.remark),
        "offer": _link(kept.offer),
        "joined": _link(kept.joined),
        "parted": list(kept.parted),
        "diameters_mm": None
        if kept.diameters_mm is None
        else [round(each, 1) for each in kept.diameters_mm],
    }


def _link(link: Offer | None) -> Header | None:
    return None if link is None else {"older": link.older, "seen": link.seen.value}
