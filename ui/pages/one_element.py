"""A page of one element, which fills itself from the server's routes."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from typing import Any

import gradio as gr

from senoscope import __version__
from senoscope.ui.words.catalogue import LANGUAGES, texts


def page_of(name: str, scripts: tuple[str, ...], ways: Collection[str], **given: Any) -> gr.Blocks:
    """The page of `NAME.html`: its scripts are joined in order, and find `given` in their props.

    `ways` are the pages that are served, this one or not, and "login" where somebody logs in.
    The template is rendered once; a second rendering would wipe the canvas, so nothing here is
    ever the output of a Gradio event.
    """
    # Not a subclass of gr.HTML: Gradio writes a stub file beside the module of every subclass.
    page = gr.Blocks(
        title=texts("en")["brand"],
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),
    )
    with page:
        gr.HTML(
            html_template=html_of(name),
            js_on_load="\n".join(_asset(script) for script in scripts),
            apply_default_css=False,
            elem_id=f"senoscope-{name}",
            words={language: texts(language) for language in LANGUAGES},
            version=__version__,
            ways=[each for each in ways if each != name],
            **given,
        )
    return page


def html_of(name: str) -> str:
    """The page as written, with the ways to the others, which all have, in its top bar."""
    return _asset(f"{name}.html").replace("    <!-- ways -->\n", _asset("ways.html"))


def style_of(*sheets: str) -> str:
    """The sheets as a `<style>` element for the page's head, before anything is drawn."""
    return "<style>" + "\n".join(_asset(sheet) for sheet in sheets) + "</style>"


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
