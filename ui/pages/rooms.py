"""The page of the rooms that share a store: how each is doing, and nothing of patients."""

from __future__ import annotations

from collections.abc import Collection

import gradio as gr

from senoscope.ui.pages.one_element import page_of, style_of

TYPED, SETTING = 'senoscope live --room "Ultrasound 1"', '"room": "Ultrasound 1"'
"""How a room gets its name; the same in every language."""
_SCRIPTS = ("words.js", "rooms_cards.js", "rooms_start.js")
"""Joined in this order: each is a few functions, the last one starts them."""


def rooms_page(ways: Collection[str]) -> gr.Blocks:
    """The page: one element that asks for the rooms again and again. `ways` as in `page_of`."""
    return page_of("rooms", _SCRIPTS, ways, typed=TYPED, setting=SETTING)


def rooms_style() -> str:
    """The page's style sheet for its head: the live page's, then its own."""
    return style_of("live.css", "rooms.css")
