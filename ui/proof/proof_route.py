"""The requests of the reader study's page. Looks are POST, since not every role may look here."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.ui.access.request_guard import UserOf
from senoscope.ui.frames.packed import UNKEPT, attached
from senoscope.ui.proof.exam_pathology import PathologyAsked, add_pathology, pathology_shown
from senoscope.ui.proof.log_archive import log_archive
from senoscope.ui.proof.logged_study import LARGEST_LOG, LoggedStudy
from senoscope.ui.streamed_body import receive
from senoscope.ui.studies.study_desk import StudyDesk

PROOF_PATH = "/proof/"
"""Of the page, which may be told an exam's number; what it asks for is below /log."""
ExamAsked = Annotated[int | None, Query(ge=1)]


class ProofDesk:
    """What the page asks, over the studies page's store and key."""

    def __init__(self, desk: StudyDesk) -> None:
        self._desk = desk

    @property
    def store(self) -> ExamStore:
        """Of the exams."""
        return self._desk.seen.store

    @cached_property
    def study(self) -> LoggedStudy:
        """Of the store's log."""
        return LoggedStudy(self.store, self._desk.key_file)


def add_proof(app: FastAPI, studies: StudyDesk, user_of: UserOf) -> None:
    """Serve /log and what is below it, and the way to the page itself."""
    routes, desk = APIRouter(prefix="/log"), ProofDesk(studies)
    _add_study(routes, desk, user_of)

    @routes.get("/exams/{number}/pathology")
    def pathology(number: int) -> JSONResponse:
        return JSONResponse(pathology_shown(desk.store, number), headers=UNKEPT)

    @routes.post("/exams/{number}/pathology")
    def add(number: int, asked: PathologyAsked, request: Request) -> JSONResponse:
        shown = add_pathology(desk.store, number, asked, user_of(request) or "")
        return JSONResponse(shown, headers=UNKEPT)

    @app.get(PROOF_PATH.rstrip("/"))
    def page(exam: ExamAsked = None) -> RedirectResponse:
        return RedirectResponse(PROOF_PATH if exam is None else f"{PROOF_PATH}?exam={exam}")

    app.include_router(routes)


def _add_study(routes: APIRouter, desk: ProofDesk, user_of: UserOf) -> None:
    @routes.post("/study")
    def study() -> JSONResponse:
        return JSONResponse(desk.study.shown(), headers=UNKEPT)

    @routes.post("/file")
    async def file(request: Request) -> JSONResponse:
        with TemporaryDirectory(prefix="senoscope-log-") as folder:
            path = Path(folder) / "the log"
            await receive(request, path, LARGEST_LOG, "a reader log as a CSV")
            shown = await to_thread.run_sync(desk.study.shown_of, path)
        return JSONResponse(shown, headers=UNKEPT)

    @routes.post("/table")
    def table(request: Request) -> Response:
        desk.study.require_key()
        entries = desk.study.entries()
        packed = log_archive(entries)
        who = user_of(request) or ""
        desk.store.note("reader log exported", who, detail={"rows": len(entries)})
        name = attached("reader_log.zip")
        return Response(packed, media_type="application/zip", headers=UNKEPT | name)
