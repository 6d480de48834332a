"""The requests of a patient's case, and the way to its page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Response
from fastapi.responses import RedirectResponse

from senoscope.ui.cases.case_desk import CaseDesk
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT
from senoscope.ui.studies.seen_exams import SeenExams

CASE_PATH = "/case/"
"""Of the page, which is told an exam's number and nothing of the patient."""
ExamAsked = Annotated[int | None, Query(ge=1)]


def add_case(app: FastAPI, seen: SeenExams) -> None:
    """Serve what the page asks, below /study; nothing of it changes anything."""
    routes, desk = APIRouter(prefix="/study"), CaseDesk(seen)

    @routes.get("/exams/{number}/case")
    def case(number: int) -> Header:
        return desk.case(number)

    @routes.get("/exams/{number}/readings/{reading}/findings/{finding}")
    def picture(number: int, reading: int, finding: int) -> Response:
        jpeg = desk.picture(number, reading, finding)
        return Response(jpeg, media_type="image/jpeg", headers=UNKEPT)

    @app.get(CASE_PATH.rstrip("/"))
    def page(exam: ExamAsked = None) -> RedirectResponse:
        return RedirectResponse(CASE_PATH if exam is None else f"{CASE_PATH}?exam={exam}")

    app.include_router(routes)
