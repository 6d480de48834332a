"""The requests of an exam's hanging: its pictures under a window, parts of them, and outlines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.studies.pixels.pixel_places import MOST_FRAMES
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT, packed
from senoscope.ui.studies.drawn_region import RegionAsked
from senoscope.ui.studies.exam_hanging import ExamHanging, PictureAsked
from senoscope.ui.studies.hung_slices import How, SlicesAsked

MOST_ROWS = 8192
MOST_SLAB_MM = 300.0
Rows = Annotated[int, Query(ge=64, le=MOST_ROWS)]
Voi = Annotated[int, Query(ge=0, le=64)]
Place = Annotated[int | None, Query(alias="slice", ge=1, le=MOST_FRAMES)]
Slab = Annotated[float | None, Query(gt=0, le=MOST_SLAB_MM)]


def picture_asked(
    voi: Voi = 0,
    width: float = 1.0,
    brighter: float = 0.0,
    place: Place = None,
    how: How = How.ONE,
    slab_mm: Slab = None,
) -> PictureAsked:
    """From an address's question."""
    return PictureAsked(voi, Contrast(width, brighter), SlicesAsked(place, how, slab_mm))


Asked = Annotated[PictureAsked, Depends(picture_asked)]


def add_hanging(routes: APIRouter, hanging: ExamHanging) -> None:
    """Serve what is below /study/exams/{number}/hung; nothing of it changes anything."""

    @routes.get("/exams/{number}/hung/{image}")
    def picture(number: int, image: int, asked: Asked, rows: Rows = 1024) -> Response:
        facts, jpeg = hanging.picture(number, image, rows, asked)
        return Response(packed(facts, jpeg), media_type="application/octet-stream", headers=UNKEPT)

    @routes.get("/exams/{number}/hung/{image}/crop")
    def crop(number: int, image: int, left: int, top: int, asked: Asked) -> Response:
        part = hanging.crop(number, image, left, top, asked)
        return Response(part, media_type="image/png", headers=UNKEPT)

    @routes.post("/exams/{number}/words")
    def words(number: int, asked: RegionAsked) -> list[Header]:
        return hanging.words(number, asked)

    @routes.get("/exams/{number}/hung/{image}/regions")
    def regions(number: int, image: int) -> dict[str, list[list[float]]]:
        return hanging.regions(number, image)
