"""The studies page: what was uploaded, what was read of it, and its sign-off."""

from __future__ import annotations

import gradio as gr

from senoscope.ui.pages.one_element import page_of, style_of

_SCRIPTS = (
    "words.js",
    "outlines.js",
    "measures.js",
    "studies_list.js",
    "studies_upload.js",
    "studies_picture.js",
    "studies_drawing.js",
    "studies_cards.js",
    "studies_sign.js",
    "studies_export.js",
    "studies_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


def studies_page(reviews: bool, logs_in: bool = False) -> gr.Blocks:
    """The page: one element that asks the routes below /study for all it shows.

    With `reviews` there is a way to the page that reviews clips, with `logs_in` one to log out.
    """
    return page_of("studies", _SCRIPTS, reviews=reviews, logs_in=logs_in)


def studies_style() -> str:
    """The page's style sheet for its head: the live page's, then its own."""
    return style_of("live.css", "studies.css")
