"""/live/why: why a lesion's number is what it is, part by part as it is worked out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from senoscope.domain.errors import ImageError, SenoscopeError, SettingsError
from senoscope.realtime.published import PublishedFrame
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import said
from senoscope.ui.live.frame_hub import FrameHub

Explain = Callable[[PublishedFrame, int], Iterator[Header]]

log = logging.getLogger(__name__)


class WhyAsked(BaseModel):
    """`number` is the lesion's, on the frame of that `sequence`."""

    sequence: Annotated[int, Field(ge=1)]
    number: Annotated[int, Field(ge=1)]


def add_why_route(app: FastAPI, hub: FrameHub, explain: Explain | None) -> None:
    """Serve /live/why, which says that it cannot where `explain` is None."""
    routes = APIRouter(prefix="/live")

    @routes.post("/why")
    def why(asked: WhyAsked) -> StreamingResponse:
        if explain is None:
            raise SettingsError(
                "What reads here cannot say why. Start Senoscope with a classifier that can."
            )
        held = hub.held(asked.sequence)
        if held is None:
            raise ImageError(
                "This frame is no longer in memory, so nothing can be said of why. Resume, then "
                "freeze again."
            )
        if not held.whole:
            raise ImageError(
                "Of this frame only the compressed picture is left, which reads differently. "
                "Choose one nearer to the moment of the freeze."
            )
        parts = explain(held.published, asked.number)
        return StreamingResponse(_lines(parts), media_type="application/x-ndjson")

    app.include_router(routes)


def _lines(parts: Iterator[Header]) -> Iterator[str]:
    """One line of JSON for each part; the last says what went wrong, where something did.

    Each part is made when the browser can take it, and none once it has gone away.
    """
    try:
        for part in parts:
            yield json.dumps(part, separators=(",", ":")) + "\n"
    except SenoscopeError as error:
        yield json.dumps(said(error)) + "\n"
    except Exception:  # the answer has begun: only a line of it can still say that it will not end
        log.exception("Why could not be said.")
        message = "Why could not be said because of a fault in the program; see the log. Try again."
        yield json.dumps(said(SenoscopeError(message))) + "\n"
