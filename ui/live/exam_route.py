"""What the page asks of an exam: its end, its recording, how picture and reading go together."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, Field

from senoscope.realtime.exam import LONGEST_NAME, ExamSummary
from senoscope.ui.access.request_guard import UserOf
from senoscope.ui.frames.overlay import exam_header
from senoscope.ui.live.live_actions import LiveActions


class AlignAsked(BaseModel):
    """`aligned`: frames wait for their own readings."""

    aligned: bool


class RecordAsked(BaseModel):
    """`recording`: begin one, else end it."""

    recording: bool


class ExamAsked(BaseModel):
    """`patient` is the next exam's pseudonym, empty for an anonymous one."""

    patient: Annotated[str, Field(max_length=LONGEST_NAME)] = ""


def add_exam(app: FastAPI, actions: LiveActions, user_of: UserOf) -> None:
    """Serve /live/exam, /live/record and /live/align."""
    routes = APIRouter(prefix="/live")

    @routes.post("/align")
    def align(asked: AlignAsked) -> dict[str, bool]:
        actions.align(asked.aligned)
        return {"aligned": asked.aligned}

    @routes.get("/record")
    def recording() -> dict[str, Any]:
        return asdict(actions.recording.state) | {"file": actions.recording.file}

    @routes.post("/record")
    def record(asked: RecordAsked) -> dict[str, Any]:
        if asked.recording:
            actions.recording.start()
        else:
            actions.recording.stop()
        return recording()

    @routes.get("/exam")
    def exam() -> dict[str, Any]:
        return _summed_up(actions.exam())

    @routes.post("/exam")
    def end_exam(asked: ExamAsked, request: Request) -> dict[str, Any]:
        ended = _summed_up(actions.end_exam(asked.patient, user_of(request) or ""))
        return ended | {"in_studies": actions.studies is not None and ended["captured"] > 0}

    app.include_router(routes)


def _summed_up(exam: ExamSummary) -> dict[str, Any]:
    books, rhythm = exam.books, exam.rhythm
    return {
        **exam_header(exam.name),
        "lesions": exam.lesions,
        "fps": round(exam.fps, 1),
        "captured": books.captured,
        "read": books.read,
        "duplicates": books.duplicates,
        "dropped": sum(books.dropped.values()),
        "causes": {cause.value: count for cause, count in books.dropped.items() if count},
        "in_flight": books.in_flight,
        "actual_hz": round(rhythm.actual_hz, 1),
        "ideal_hz": round(rhythm.ideal_hz, 1),
        "stalls": rhythm.stalls,
        "longest_stall_s": round(rhythm.longest_stall_s, 1),
    }
