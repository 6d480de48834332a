"""The risk page: a form of what is known of a woman, and what models of risk make of it."""

from __future__ import annotations

from collections.abc import Collection

import gradio as gr

from senoscope.ui.pages.one_element import page_of, style_of

_SCRIPTS = (
    "words.js",
    "drawn_svg.js",
    "saved_file.js",
    "risk_fields.js",
    "risk_form.js",
    "risk_women.js",
    "risk_fusion.js",
    "risk_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


def risk_page(ways: Collection[str]) -> gr.Blocks:
    """The page: one element that asks the routes below /facts. `ways` as in `page_of`."""
    return page_of("risk", _SCRIPTS, ways)


def risk_style() -> str:
    """The page's style sheet for its head: the live page's, then its own."""
    return style_of("live.css", "graphs.css", "risk.css")
