"""The risk page's requests. Nothing that is asked here is kept: it is computed and forgotten."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field

from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT
from senoscope.ui.risk.exam_facts import ExamFacts
from senoscope.ui.risk.facts_file import LARGEST_FILE, fields_of_file
from senoscope.ui.risk.risk_facts import risk_facts
from senoscope.ui.risk.risk_form import FIELDS, filled
from senoscope.ui.streamed_body import receive
from senoscope.ui.studies.seen_exams import SeenExams

RISK_PATH = "/risk/"
"""Of the page, which is told an exam's number and nothing of the patient."""
ExamAsked = Annotated[int | None, Query(ge=1)]
FieldName = Annotated[str, Field(max_length=32)]
Typed = Annotated[str, Field(max_length=64)]


class RiskAsked(BaseModel):
    """As it was typed; a field that is left out is not known."""

    fields: Annotated[dict[FieldName, Typed], Field(max_length=len(FIELDS))]


def add_risk(app: FastAPI, seen: SeenExams) -> None:
    """Serve /facts and what is below it, and the way to the page itself."""
    routes, exams = APIRouter(prefix="/facts"), ExamFacts(seen)

    @routes.post("/risk")
    def risk(asked: RiskAsked) -> JSONResponse:
        form = filled(asked.fields, date.today())
        shown = None if form.facts is None else risk_facts(form.facts, form.image_scores)
        refused = [each.facts() for each in form.refused]
        return JSONResponse({"refused": refused, "risk": shown}, headers=UNKEPT)

    @routes.post("/file")
    async def file(request: Request) -> Header:
        with TemporaryDirectory(prefix="senoscope-facts-") as folder:
            path = Path(folder) / "the file"
            await receive(request, path, LARGEST_FILE, "a file of facts of one woman")
            return await to_thread.run_sync(fields_of_file, path, date.today())

    @routes.get("/exams/{number}")
    def exam(number: int) -> JSONResponse:
        return JSONResponse(exams.fields(number), headers=UNKEPT)

    @app.get(RISK_PATH.rstrip("/"))
    def page(exam: ExamAsked = None) -> RedirectResponse:
        return RedirectResponse(RISK_PATH if exam is None else f"{RISK_PATH}?exam={exam}")

    app.include_router(routes)
