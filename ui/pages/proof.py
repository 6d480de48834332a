"""The page of the reader study: what the log shows, and where later pathology is entered."""

from __future__ import annotations

from collections.abc import Collection

import gradio as gr

from senoscope.ui.pages.one_element import page_of, style_of

_SCRIPTS = (
    "words.js",
    "drawn_svg.js",
    "saved_file.js",
    "proof_counts.js",
    "proof_roc.js",
    "proof_tables.js",
    "proof_multiples.js",
    "proof_drift.js",
    "proof_pathology.js",
    "proof_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


def proof_page(ways: Collection[str]) -> gr.Blocks:
    """The page: one element that asks the routes below /log. `ways` as in `page_of`."""
    return page_of("proof", _SCRIPTS, ways)


def proof_style() -> str:
    """The page's style sheet for its head: the live page's, then its own."""
    return style_of("live.css", "graphs.css", "proof.css")
