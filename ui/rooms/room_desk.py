"""What the page of rooms asks: the rooms as they were last told of, and how this one is told."""

from __future__ import annotations

from senoscope.domain.errors import StorageError
from senoscope.studies.exams.room_board import KeptRoom, RoomBoard
from senoscope.ui.frames.overlay import Header
from senoscope.ui.frames.packed import said
from senoscope.ui.monitoring.lately import Lately
from senoscope.ui.rooms.room_teller import RoomTeller
from senoscope.ui.rooms.shown_room import shown_room

LOOK_S, WAIT_S = 1.0, 1.0
"""However many pages ask, the store is looked at so often at most, and none waits longer."""
SILENT = "The exam store has not answered in time. See that its database runs and can be reached."


class RoomDesk:
    """Any thread may ask. A store that hangs holds none of them for more than `WAIT_S`."""

    def __init__(
        self, board: RoomBoard, teller: RoomTeller | None = None, look_s: float = LOOK_S
    ) -> None:
        self._teller = teller
        self._looked: Lately[tuple[KeptRoom, ...]] = Lately(board.all, look_s, WAIT_S)

    def shown(self) -> Header:
        """`looked_ago_s` None: the store has not answered yet. `own` None: it has no name."""
        known = self._looked.known()
        trouble = None if known.answers else known.error or StorageError(SILENT)
        return {
            "rooms": [shown_room(each) for each in known.value or ()],
            "looked_ago_s": None if known.value is None else round(known.age_s, 1),
            "trouble": None if trouble is None else said(trouble),
            "own": None if self._teller is None else _own(self._teller),
        }


def _own(teller: RoomTeller) -> Header:
    told = teller.told
    return {
        "name": told.name,
        "instance": told.instance,
        "told_ago_s": None if told.ago_s is None else round(told.ago_s, 1),
        "is_late": told.is_late,
        "trouble": None if told.trouble is None else said(told.trouble),
    }
