"""The requests of an exam's hanging: its pictures under a window, parts of them, and outlines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT, packed
from senoscope.ui.studies.drawn_region import RegionAsked
from senoscope.ui.studies.exam_hanging import ExamHanging

MOST_ROWS = 8192
Rows = Annotated[int, Query(ge=64, le=MOST_ROWS)]
Voi = Annotated[int, Query(ge=0, le=64)]


def add_hanging(routes: APIRouter, hanging: ExamHanging) -> None:
    """Serve what is below /study/exams/{number}/hung; nothing of it changes anything."""

    @routes.get("/exams/{number}/hung/{image}")
    def picture(
        number: int,
        image: int,
        rows: Rows = 1024,
        voi: Voi = 0,
        width: float = 1.0,
        brighter: float = 0.0,
    ) -> Response:
        facts, jpeg = hanging.picture(number, image, rows, voi, Contrast(width, brighter))
        return Response(packed(facts, jpeg), media_type="application/octet-stream", headers=UNKEPT)

    @routes.get("/exams/{number}/hung/{image}/crop")
    def crop(
        number: int,
        image: int,
        left: int,
        top: int,
        voi: Voi = 0,
        width: float = 1.0,
        brighter: float = 0.0,
    ) -> Response:
        part = hanging.crop(number, image, left, top, voi, Contrast(width, brighter))
        return Response(part, media_type="image/png", headers=UNKEPT)

    @routes.post("/exams/{number}/words")
    def words(number: int, asked: RegionAsked) -> list[Header]:
        return hanging.words(number, asked)

    @routes.get("/exams/{number}/hung/{image}/regions")
    def regions(number: int, image: int) -> dict[str, list[list[float]]]:
        return hanging.regions(number, image)
