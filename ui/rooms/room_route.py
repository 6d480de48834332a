"""The one question of the page of rooms, and the way to the page."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import JSONResponse, RedirectResponse

from senoscope.ui.frames.packed import UNKEPT
from senoscope.ui.rooms.room_desk import RoomDesk

ROOMS_PATH = "/rooms/"
"""Of the page; what it asks for is below /room."""


def add_rooms(app: FastAPI, desk: RoomDesk) -> None:
    """Serve what the page asks; a look that changes nothing, so that every role may."""

    @app.get("/room/all")
    def rooms() -> JSONResponse:
        return JSONResponse(desk.shown(), headers=UNKEPT)

    @app.get(ROOMS_PATH.rstrip("/"))
    def page() -> RedirectResponse:
        return RedirectResponse(ROOMS_PATH)
