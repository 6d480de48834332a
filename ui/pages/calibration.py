"""The calibration page: source, field of view, ruler, test measurement, latency, what is left."""

from __future__ import annotations

from collections.abc import Collection

import gradio as gr

from senoscope.ui.pages.one_element import page_of, style_of

_SCRIPTS = (
    "words.js",
    "calibration_steps.js",
    "calibration_picture.js",
    "calibration_points.js",
    "calibration_templates.js",
    "calibration_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


def calibration_page(ways: Collection[str]) -> gr.Blocks:
    """The page: one element that asks the routes below /screen for all it shows.

    `ways` as in `page_of`.
    """
    return page_of("calibration", _SCRIPTS, ways)


def calibration_style() -> str:
    """The page's style sheet for its head: the live page's, then its own."""
    return style_of("live.css", "calibration.css")
