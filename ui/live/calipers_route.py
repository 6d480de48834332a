"""What lies between two calipers that a hand set on a picture standing still."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field

from senoscope.calibration.spacing import Point
from senoscope.domain.errors import ImageError
from senoscope.ui.frames.measured_facts import Facts, distance_facts
from senoscope.ui.live.frame_hub import FrameHub
from senoscope.ui.review.review_session import ReviewSession

MOST_PAIRS = 2
"""As many as scanners offer at once, and as the page has lines for."""


class PairAsked(BaseModel):
    """Two points [x, y] in the frame's pixels, pixel centres at integers."""

    a: Point
    b: Point


class LivePairAsked(PairAsked):
    """`sequence` of the frame the browser shows."""

    sequence: Annotated[int, Field(ge=1)]


def add_calipers(app: FastAPI, hub: FrameHub, review: ReviewSession | None) -> None:
    """Serve /live/distance, and /clip/frames/N/distance where clips are reviewed."""
    routes = APIRouter()

    @routes.post("/live/distance")
    def on_live(asked: LivePairAsked) -> Facts:
        held = hub.held(asked.sequence)
        if held is None:
            raise ImageError(
                "This frame is no longer in memory, so nothing was measured on it. Resume, then "
                "freeze again."
            )
        return distance_facts(asked.a, asked.b, held.published.frame.spacing)

    if review is not None:

        @routes.post("/clip/frames/{place}/distance")
        def on_clip(place: int, asked: PairAsked) -> Facts:
            return distance_facts(asked.a, asked.b, review.clip.frame(place).spacing)

    app.include_router(routes)
