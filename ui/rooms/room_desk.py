"""What the page of rooms asks: the rooms as they were last told of, and how this one is told."""

from __future__ import annotations

import time
from threading import Lock

from senoscope.domain.errors import SenoscopeError
from senoscope.studies.exams.room_board import RoomBoard
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import said
from senoscope.ui.rooms.room_teller import RoomTeller
from senoscope.ui.rooms.shown_room import shown_room

LOOK_S = 1.0
"""However many pages ask, the store is looked at so often at most."""


class RoomDesk:
    """Any thread may ask; one looks, and the others are given what was seen last.

    So a store that hangs holds up one question, and not all that this room serves.
    """

    def __init__(
        self, board: RoomBoard, teller: RoomTeller | None = None, look_s: float = LOOK_S
    ) -> None:
        self._board, self._teller, self._look_s = board, teller, look_s
        self._looking = Lock()
        self._rooms: list[Header] = []
        self._looked_s: float | None = None
        self._trouble: SenoscopeError | None = None

    def shown(self) -> Header:
        """`looked_ago_s` None: the store has not answered yet. `own` None: it has no name."""
        if self._is_due() and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        looked_s, now_s = self._looked_s, time.monotonic()
        return {
            "rooms": self._rooms,
            "looked_ago_s": None if looked_s is None else round(now_s - looked_s, 1),
            "trouble": None if self._trouble is None else said(self._trouble),
            "own": None if self._teller is None else _own(self._teller),
        }

    def _is_due(self) -> bool:
        return self._looked_s is None or time.monotonic() - self._looked_s >= self._look_s

    def _look(self) -> None:
        try:
            self._rooms = [shown_room(each) for each in self._board.all()]
        except SenoscopeError as error:
            self._trouble = error
        else:
            self._looked_s, self._trouble = time.monotonic(), None


def _own(teller: RoomTeller) -> Header:
    told = teller.told
    return {
        "name": told.name,
        "instance": told.instance,
        "told_ago_s": None if told.ago_s is None else round(told.ago_s, 1),
        "is_late": told.is_late,
        "trouble": None if told.trouble is None else said(told.trouble),
    }
