"""The pages, each mounted where it is served, and known to the others by it."""

from __future__ import annotations

from typing import cast

import gradio as gr
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount

from senoscope.domain.reading import OperatingPoint
from senoscope.ui.access.request_guard import UserOf
from senoscope.ui.calibration.calibration_route import CALIBRATION_PATH
from senoscope.ui.live.live_actions import LiveActions
from senoscope.ui.pages.calibration import calibration_page, calibration_style
from senoscope.ui.pages.case import case_page, case_style
from senoscope.ui.pages.live import live_page, live_style
from senoscope.ui.pages.proof import proof_page, proof_style
from senoscope.ui.pages.review import review_page, review_style
from senoscope.ui.pages.risk import risk_page, risk_style
from senoscope.ui.pages.rooms import rooms_page, rooms_style
from senoscope.ui.pages.studies import studies_page, studies_style
from senoscope.ui.review.review_route import REVIEW_PATH


def with_pages(
    app: FastAPI,
    actions: LiveActions,
    point: OperatingPoint,
    proof: float | None,
    asks_who: bool,
    auth: UserOf | None,
) -> FastAPI:
    """The live page last: its path holds every other. `proof` as in `live_page`."""
    served = {
        "live": True,
        "review": actions.review is not None,
        "studies": actions.studies is not None,
        "risk": actions.studies is not None,
        "proof": actions.studies is not None,
        "rooms": actions.rooms is not None,
        "calibration": actions.calibration is not None,
        "login": asks_who,
    }
    ways = [name for name, is_served in served.items() if is_served]
    if "studies" in ways:
        app = _mounted(app, studies_page(ways), "/studies", studies_style(), auth)
        app = _mounted(app, case_page(ways), "/case", case_style(), auth)
        app = _mounted(app, risk_page(ways), "/risk", risk_style(), auth)
        app = _mounted(app, proof_page(ways), "/proof", proof_style(), auth)
    if "rooms" in ways:
        app = _mounted(app, rooms_page(ways), "/rooms", rooms_style(), auth)
    if "calibration" in ways:
        path = CALIBRATION_PATH.rstrip("/")
        app = _mounted(app, calibration_page(ways), path, calibration_style(), auth)
    if "review" in ways:
        review = review_page(point, ways)
        app = _mounted(app, review, REVIEW_PATH.rstrip("/"), review_style(), auth)
    page = live_page(
        point,
        explains=actions.explain is not None,
        proof=proof,
        ways=ways,
    )
    return _mounted(app, page, "/", live_style(), auth)


def _mounted(app: FastAPI, page: gr.Blocks, path: str, head: str, auth: UserOf | None) -> FastAPI:
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path=path,
        auth_dependency=auth,
        run_history=False,
        footer_links=[],
        max_file_size="1mb",
        theme=gr.themes.Base(font="system-ui", font_mono="ui-monospace"),
        head=head,
        ssr_mode=False,
        enable_monitoring=False,
    )
    # Gradio compresses its files, but not the page, which is the largest.
    gradio_app = cast("FastAPI", cast("Mount", mounted.routes[-1]).app)
    gradio_app.add_middleware(GZipMiddleware)
    return mounted
