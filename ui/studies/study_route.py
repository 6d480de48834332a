"""The studies page's requests: the work list, uploads, an exam, its pictures and its sign-off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field

from senoscope.ui.access.request_guard import UserOf
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT, attached, told
from senoscope.ui.studies.hanging_route import add_hanging
from senoscope.ui.studies.sign_off_asked import ImpressionAsked, SignOffAsked
from senoscope.ui.studies.study_desk import StudyDesk
from senoscope.ui.studies.study_upload import add_study_upload

STUDIES_PATH = "/studies/"
"""Of the page; what it asks for is below /study."""


class ListAsked(BaseModel):
    """`text` is looked for in names and identifiers; it is a body's, since logs keep addresses."""

    text: Annotated[str, Field(max_length=64)] = ""
    state: Annotated[str, Field(max_length=16)] = ""


class StopAsked(BaseModel):
    """The upload of that token, or what is being read."""

    token: Annotated[str, Field(max_length=64)] | None = None


class SendAsked(BaseModel):
    """A destination's name."""

    destination: Annotated[str, Field(max_length=64)]


def add_studies(app: FastAPI, desk: StudyDesk, user_of: UserOf) -> None:
    """Serve /study and what is below it, and the way to the page itself."""
    routes = APIRouter(prefix="/study")
    _add_work(routes, desk)
    _add_exam(routes, desk, user_of)
    _add_export(routes, desk, user_of)
    add_hanging(routes, desk.hanging)
    app.include_router(routes)
    add_study_upload(app, desk, user_of)

    @app.get(STUDIES_PATH.rstrip("/"))
    def page() -> RedirectResponse:
        return RedirectResponse(STUDIES_PATH)


def _add_work(routes: APIRouter, desk: StudyDesk) -> None:
    @routes.post("/list")
    def work_list(asked: ListAsked) -> list[Header]:
        return desk.work_list(asked.text, asked.state)

    @routes.get("/job")
    def job() -> Header:
        return desk.job()

    @routes.post("/stop")
    def stop(asked: StopAsked) -> Header:
        desk.stop(asked.token)
        return desk.job()


def _add_exam(routes: APIRouter, desk: StudyDesk, user_of: UserOf) -> None:
    @routes.get("/exams/{number}")
    def exam(number: int) -> Header:
        return desk.exam(number)

    @routes.get("/exams/{number}/images/{image}/{frame}")
    def picture(number: int, image: int, frame: int) -> Response:
        return Response(desk.jpeg(number, image, frame), media_type="image/jpeg", headers=UNKEPT)

    @routes.post("/exams/{number}/alone")
    def alone(number: int, asked: ImpressionAsked, request: Request) -> Header:
        desk.keep_alone(number, asked.impression(), user_of(request) or "")
        return desk.exam(number)

    @routes.post("/exams/{number}/sign")
    def sign(number: int, asked: SignOffAsked, request: Request) -> Header:
        desk.sign(number, asked, user_of(request) or "")
        return desk.exam(number)

    @routes.get("/exams/{number}/results/{place}")
    def result(number: int, place: int) -> Response:
        name, media_type, content = desk.result(number, place)
        return Response(content, media_type=media_type, headers=UNKEPT | attached(name))

    @routes.post("/exams/{number}/send")
    def send(number: int, asked: SendAsked, request: Request) -> Header:
        desk.send(number, asked.destination, user_of(request) or "")
        return desk.exam(number)


def _add_export(routes: APIRouter, desk: StudyDesk, user_of: UserOf) -> None:
    @routes.post("/exams/{number}/deidentified")
    def make(number: int, request: Request) -> StreamingResponse:
        return told(desk.deidentify(number, user_of(request) or ""))

    @routes.get("/exams/{number}/deidentified")
    def copy(number: int) -> FileResponse:
        file = desk.deidentified(number)
        return FileResponse(file, media_type="application/zip", filename=file.name, headers=UNKEPT)
