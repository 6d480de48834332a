"""The live page: the picture as it comes, and what is read of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr

from senoscope import __version__
from senoscope.domain.frame import ScanArea
from senoscope.domain.reading import OperatingPoint
from senoscope.realtime.published import PublishedFrame
from senoscope.ui.catalogue import LANGUAGES, texts
from senoscope.ui.live_route import LIVE_PATH

_SCRIPTS = (
    "words.js",
    "live_view.js",
    "live_panel.js",
    "why.js",
    "source_dialog.js",
    "live_start.js",
)
"""Joined in this order: each is a few functions, the last one starts them."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found when a source was tried.

    `size` is (columns, rows) of the whole picture, `jpeg` that picture. `fps` is None when the
    source does not say. `calibrated` says whether millimetres are known. `scan_area` (left, top,
    width, height) is the one last chosen for this source, None for the whole picture.
    """

    name: str
    size: tuple[int, int]
    fps: float | None
    simulated: bool
    calibrated: bool
    jpeg: bytes
    scan_area: tuple[int, int, int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """For the browser; the picture as a data URL."""
        picture = base64.b64encode(self.jpeg).decode("ascii")
        return {
            "name": self.name,
            "size": list(self.size),
            "fps": self.fps,
            "simulated": self.simulated,
            "calibrated": self.calibrated,
            "scan_area": self.scan_area,
            "picture": f"data:image/jpeg;base64,{picture}",
        }


@dataclass(frozen=True, slots=True)
class LiveActions:
    """What the page can ask for. Each may raise SenoscopeError; the page shows its sentence.

    They are called on the server's worker threads, possibly two at a time.

    `known_sources` names what can be offered without being typed: "phantom", "camera 0".
    `preview` opens such a name, a path or a URL, takes one picture and closes it again.
    `start_source` makes the loop read it from now on, within the area (None: the whole picture),
    and remembers both for the next start.
    `first_run` is True until a source was started once; the page then opens the source dialog.
    `explain` says why a numbered finding of a frame is what it is, part by part as in
    `why.Explainer.explain`; None where what reads cannot, and the page then does not offer it.
    """

    known_sources: Callable[[], tuple[str, ...]]
    preview: Callable[[str], Preview]
    start_source: Callable[[str, ScanArea | None], None]
    first_run: Callable[[], bool]
    explain: Callable[[PublishedFrame, int], Iterator[dict[str, Any]]] | None = None


def live_page(
    operating_point: OperatingPoint, explains: bool, proof: float | None = None
) -> gr.Blocks:
    """The page: one element that fills itself from the WebSocket.

    The operating point is marked on the probability bar; with `explains` it is offered to say why.
    `proof` is how far what reads agrees with the fp32 reference, a mean Dice.
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
        )
    return page


def live_style() -> str:
    """The page's style sheet as a `<style>` element for its head, before anything is drawn."""
    return f"<style>{_asset('live.css')}</style>"


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
