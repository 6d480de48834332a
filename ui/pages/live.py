"""The live page: the picture as it comes, and what is read of it."""

from __future__ import annotations

from collections.abc import Collection

import gradio as gr

from senoscope.domain.reading import OperatingPoint
from senoscope.ui.live.live_route import LIVE_PATH
from senoscope.ui.pages.one_element import page_of, style_of

_SCRIPTS = (
    "words.js",
    "outlines.js",
    "measures.js",
    "live_view.js",
    "live_panel.js",
    "calipers.js",
    "why.js",
    "area.js",
    "source_dialog.js",
    "exam_dialog.js",
    "cine.js",
    "key_frames.js",
    "recording.js",
    "live_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""

_NOT_AT_THE_BEDSIDE = ("risk", "proof", "rooms")
"""Pages that the top bar has no room for beside source and exam; the studies page leads there."""


def live_page(
    operating_point: OperatingPoint,
    explains: bool,
    proof: float | None = None,
    ways: Collection[str] = (),
) -> gr.Blocks:
    """The page: one element that fills itself from the WebSocket.

    The operating point is marked on the probability bar; with `explains` it is offered to say why.
    `proof` is how far what reads agrees with the fp32 reference, a mean Dice. `ways` as
    in `page_of`.
    """
    return page_of(
        "live",
        _SCRIPTS,
        [each for each in ways if each not in _NOT_AT_THE_BEDSIDE],
        path=LIVE_PATH,
        operating_point=[operating_point.low_below, operating_point.high_from],
        explains=explains,
        proof=proof,
    )


def live_style() -> str:
    """The page's style sheet for its head."""
    return style_of("live.css")
