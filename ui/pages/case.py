"""The page of a patient's case: what every modality found, by where it lies in the breast."""

from __future__ import annotations

from collections.abc import Collection

import gradio as gr

from senoscope.ui.pages.one_element import page_of, style_of

_SCRIPTS = (
    "words.js",
    "drawn_svg.js",
    "case_words.js",
    "case_diagram.js",
    "case_lesions.js",
    "case_exams.js",
    "case_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


def case_page(ways: Collection[str]) -> gr.Blocks:
    """The page: one element that asks for the case of the exam that its address names.

    `ways` as in `page_of`.
    """
    return page_of("case", _SCRIPTS, ways)


def case_style() -> str:
    """The page's style sheet for its head: the live page's, then its own."""
    return style_of("live.css", "case.css")
