"""The live page: the picture as it comes, and what is read of it."""

from __future__ import annotations

from importlib.resources import files

import gradio as gr

from senoscope import __version__
from senoscope.domain.reading import OperatingPoint
from senoscope.ui.catalogue import LANGUAGES, texts
from senoscope.ui.live_route import LIVE_PATH

_SCRIPTS = (
    "words.js",
    "outlines.js",
    "live_view.js",
    "live_panel.js",
    "why.js",
    "area.js",
    "source_dialog.js",
    "exam_dialog.js",
    "cine.js",
    "key_frames.js",
    "recording.js",
    "live_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


def live_page(
    operating_point: OperatingPoint,
    explains: bool,
    proof: float | None = None,
    reviews: bool = False,
) -> gr.Blocks:
    """The page: one element that fills itself from the WebSocket.

    The operating point is marked on the probability bar; with `explains` it is offered to say why.
    `proof` is how far what reads agrees with the fp32 reference, a mean Dice. With `reviews` there
    is a way to the page that reviews clips.
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
            html_template=_asset("live.html"),
            js_on_load="\n".join(_asset(name) for name in _SCRIPTS),
            apply_default_css=False,
            elem_id="senoscope-live",
            path=LIVE_PATH,
            words={language: texts(language) for language in LANGUAGES},
            version=__version__,
            operating_point=[operating_point.low_below, operating_point.high_from],
            explains=explains,
            proof=proof,
            reviews=reviews,
        )
    return page


def live_style() -> str:
    """The page's style sheet as a `<style>` element for its head, before anything is drawn."""
    return f"<style>{_asset('live.css')}</style>"


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
