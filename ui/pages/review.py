"""The clip review page: a clip read frame by frame, its timeline, lesions and outlines."""

from __future__ import annotations

from importlib.resources import files

import gradio as gr

from senoscope import __version__
from senoscope.domain.reading import OperatingPoint
from senoscope.ui.catalogue import LANGUAGES, texts

_SCRIPTS = (
    "words.js",
    "outlines.js",
    "review_clip.js",
    "review_picture.js",
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


def review_page(operating_point: OperatingPoint) -> gr.Blocks:
    """The page: one element that asks the routes below /clip for all it shows.

    The operating point is marked on the timeline's lanes. The template is rendered once, as the
    live page's is.
    """
    page = gr.Blocks(
        title=texts("en")["brand"],
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),
    )
    with page:
        gr.HTML(
            html_template=_asset("review.html"),
            js_on_load="\n".join(_asset(name) for name in _SCRIPTS),
            apply_default_css=False,
            elem_id="senoscope-review",
            words={language: texts(language) for language in LANGUAGES},
            version=__version__,
            operating_point=[operating_point.low_below, operating_point.high_from],
        )
    return page


def review_style() -> str:
    """The page's style sheet as a `<style>` element for its head: the live page's, then its own."""
    return f"<style>{_asset('live.css')}\n{_asset('review.css')}</style>"


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
