"""The studies page: what was uploaded, what was read of it, and its sign-off."""

from __future__ import annotations

from collections.abc import Collection

import gradio as gr

from senoscope.ui.pages.one_element import page_of, style_of

_SCRIPTS = (
    "words.js",
    "drawn_svg.js",
    "outlines.js",
    "measures.js",
    "studies_list.js",
    "studies_upload.js",
    "studies_picture.js",
    "studies_drawing.js",
    "studies_region.js",
    "hanging_pictures.js",
    "hanging_slices.js",
    "hanging_depth.js",
    "hanging_pairs.js",
    "hanging_layout.js",
    "hanging_drawing.js",
    "hanging_moves.js",
    "hanging_marks.js",
    "hanging_cards.js",
    "mri_series.js",
    "mri_planes.js",
    "mri_moves.js",
    "mri_tools.js",
    "mri_curve.js",
    "mri_lesions.js",
    "mri_phases.js",
    "studies_cards.js",
    "studies_sign.js",
    "studies_export.js",
    "studies_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


def studies_page(ways: Collection[str]) -> gr.Blocks:
    """The page: one element that asks the routes below /study for all it shows.

    `ways` as in `page_of`.
    """
    return page_of("studies", _SCRIPTS, ways)


def studies_style() -> str:
    """The page's style sheet for its head: the live page's, then its own."""
    return style_of("live.css", "studies.css", "hanging.css", "mri.css")
