"""The calibration page's requests: where it stands, a whole picture, points, templates."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.ui.calibration.calibration_session import CalibrationSession
from senoscope.ui.calibration.screen_templates import ScreenTemplates, file_name
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT, attached

CALIBRATION_PATH = "/calibration/"
"""Of the page; what it asks for is below /screen."""


class PointsAsked(BaseModel):
    """Two points [x, y] on the whole picture of that number, and the millimetres between them."""

    picture: int
    a: tuple[float, float]
    b: tuple[float, float]
    mm: float


class DistanceAsked(BaseModel):
    """As `PointsAsked`; `expected` millimetres or None."""

    picture: int
    a: tuple[float, float]
    b: tuple[float, float]
    expected: float | None = None


class DepthAsked(BaseModel):
    """The depth that the scanner's screen says."""

    mm: float


class TemplateAsked(BaseModel):
    """A template's name."""

    name: str


class TemplateSent(BaseModel):
    """A template file's text; `ScreenTemplate.parse` bounds and checks it."""

    text: str


def add_calibration(app: FastAPI, session: CalibrationSession) -> None:
    """Serve /screen and what is below it, and the way to the page itself."""
    routes = APIRouter(prefix="/screen")
    _add_scale(routes, session)
    _add_templates(routes, session, session.templates)
    app.include_router(routes)

    @app.get(CALIBRATION_PATH.rstrip("/"))
    def page() -> RedirectResponse:
        return RedirectResponse(CALIBRATION_PATH)


def _add_scale(routes: APIRouter, session: CalibrationSession) -> None:
    @routes.get("")
    def state() -> Header:
        return session.state()

    @routes.get("/picture")
    def picture() -> Response:
        return Response(session.picture(), media_type="application/octet-stream", headers=UNKEPT)

    @routes.post("/points")
    def points(asked: PointsAsked) -> Header:
        session.set_points(asked.picture, asked.a, asked.b, asked.mm)
        return session.state()

    @routes.post("/depth")
    def depth(asked: DepthAsked) -> Header:
        session.set_depth(asked.mm)
        return session.state()

    @routes.post("/forget")
    def forget() -> Header:
        session.forget()
        return session.state()

    @routes.post("/distance")
    def measure(asked: DistanceAsked) -> Header:
        session.measure(asked.picture, asked.a, asked.b, asked.expected)
        return session.state()


def _add_templates(
    routes: APIRouter, session: CalibrationSession, templates: ScreenTemplates
) -> None:
    @routes.post("/templates")
    def save(asked: TemplateAsked) -> Header:
        session.save_template(asked.name)
        return session.state()

    @routes.post("/templates/upload")
    def upload(sent: TemplateSent) -> Header:
        templates.keep(ScreenTemplate.parse(sent.text))
        return session.state()

    @routes.post("/templates/delete")
    def delete(asked: TemplateAsked) -> Header:
        templates.delete(asked.name)
        return session.state()

    @routes.get("/templates/file")
    def file(name: str) -> Response:
        template = templates.named(name)
        headers = attached(f"{file_name(name)}.yaml")
        return Response(template.text(), media_type="application/yaml", headers=headers)
