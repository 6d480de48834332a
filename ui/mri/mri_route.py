"""The requests of the breast MRI page, below /study/exams/{number}/mri."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response

from senoscope.models.programmed.kinetics.curve_types import CurveThresholds
from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.ui.access.request_guard import UserOf
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import UNKEPT
from senoscope.ui.mri.colour_maps import MapAsked, MapKind
from senoscope.ui.mri.cut_planes import Corrected, Plane
from senoscope.ui.mri.mri_desk import MriDesk, MriPlace
from senoscope.ui.mri.plane_pictures import Kind, MriPictureAsked
from senoscope.ui.mri.voxel_curves import CurveAsked
from senoscope.ui.studies.seen_exams import SeenExams

MOST_ROWS = 4096
_BASE = "/exams/{number}/mri"
CorrectPhases = Callable[[int, dict[str, Any], str], None]
"""An exam's number, its corrected table as `changes_of_json` has it, and who; it is read anew."""
SetNumber = Annotated[int | None, Query(alias="set", ge=1, le=1000)]
Rows = Annotated[int, Query(ge=32, le=MOST_ROWS)]


def place_asked(number: int, set_number: SetNumber = None) -> MriPlace:
    """From an address."""
    return MriPlace(number, set_number)


def corrected_asked(registered: bool = True, evened: bool = True) -> Corrected:
    """From an address's question."""
    return Corrected(registered, evened)


Place = Annotated[MriPlace, Depends(place_asked)]
CorrectedAsked = Annotated[Corrected, Depends(corrected_asked)]


def contrast_asked(width: float = 1.0, brighter: float = 0.0) -> Contrast:
    """From an address's question."""
    return Contrast(width, brighter)


def picture_asked(
    plane: Plane,
    at: int,
    corrected: CorrectedAsked,
    contrast: Annotated[Contrast, Depends(contrast_asked)],
    phase: int = 0,
    kind: Kind = Kind.PHASE,
    breasts: bool = False,
) -> MriPictureAsked:
    """From an address's question."""
    return MriPictureAsked(plane, at, phase, kind, corrected, contrast, breasts)


def map_asked(
    kind: MapKind = MapKind.TYPES,
    early: float = 70.0,
    delayed: float = 10.0,
    breasts: bool = False,
) -> MapAsked:
    """From an address's question."""
    return MapAsked(kind, CurveThresholds(early, delayed), breasts)


def add_mri(app: FastAPI, seen: SeenExams, correct: CorrectPhases, user_of: UserOf) -> None:
    """Serve what is below /study/exams/{number}/mri; only a corrected table changes anything."""
    routes, desk = APIRouter(prefix="/study"), MriDesk(seen)
    _add_pictures(routes, desk)

    @routes.get(_BASE)
    def state(place: Place) -> Header:
        return desk.state(place)

    @routes.post(f"{_BASE}/curve")
    def curve(place: Place, asked: CurveAsked) -> Header:
        return desk.curve(place, asked)

    @routes.get(f"{_BASE}/priors")
    def priors(number: int) -> list[Header]:
        return desk.priors(number)

    @routes.get(f"{_BASE}/priors/{{prior}}")
    def compared(number: int, prior: int) -> Header:
        return desk.compared(number, prior)

    @routes.post(f"{_BASE}/phases")
    def correct_phases(number: int, said: dict[str, Any], request: Request) -> Header:
        correct(number, said, user_of(request) or "")
        return {"state": "reading"}

    app.include_router(routes)


def _add_pictures(routes: APIRouter, desk: MriDesk) -> None:
    @routes.get(f"{_BASE}/picture")
    def picture(
        place: Place,
        asked: Annotated[MriPictureAsked, Depends(picture_asked)],
        rows: Rows = MOST_ROWS,
    ) -> Response:
        jpeg = desk.picture(place, asked, rows)
        return Response(jpeg, media_type="image/jpeg", headers=UNKEPT)

    @routes.get(f"{_BASE}/map")
    def coloured(
        place: Place,
        asked: Annotated[MapAsked, Depends(map_asked)],
        plane: Plane,
        at: int,
        corrected: CorrectedAsked,
    ) -> Response:
        drawn = desk.coloured(place, asked, (plane, at), corrected)
        return Response(drawn, media_type="image/png", headers=UNKEPT)

    @routes.get(f"{_BASE}/outlines")
    def outlines(place: Place, plane: Plane, at: int) -> Header:
        return desk.outlines(place, plane, at)
