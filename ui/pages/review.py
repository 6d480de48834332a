"""The clip review page: a clip read frame by frame, its timeline, lesions and outlines."""

from __future__ import annotations

from collections.abc import Collection

import gradio as gr

from senoscope.domain.reading import OperatingPoint
from senoscope.ui.pages.one_element import page_of, style_of

_SCRIPTS = (
    "words.js",
    "outlines.js",
    "measures.js",
    "review_clip.js",
    "review_picture.js",
    "calipers.js",
    "review_timeline.js",
    "review_lesions.js",
    "review_edit.js",
    "review_handles.js",
    "review_open.js",
    "area.js",
    "review_area.js",
    "review_export.js",
    "review_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


def review_page(operating_point: OperatingPoint, ways: Collection[str] = ()) -> gr.Blocks:
    """The page: one element that asks the routes below /clip for all it shows.

    The operating point is marked on the timeline's lanes. `ways` as in `page_of`.
    """
    point = [operating_point.low_below, operating_point.high_from]
    return page_of("review", _SCRIPTS, ways, operating_point=point)


def review_style() -> str:
    """The page's style sheet for its head: the live page's, then its own."""
    return style_of("live.css", "review.css")
