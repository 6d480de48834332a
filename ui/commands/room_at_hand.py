"""The room that a live view is: its name, and what tells of it while it runs."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import typer

from senoscope.ui.commands.store_command import store_place

if TYPE_CHECKING:
    from senoscope.realtime.loop import LiveLoop
    from senoscope.studies.exams.exam_store import ExamStore
    from senoscope.ui.rooms.room_desk import RoomDesk
    from senoscope.ui.rooms.room_teller import RoomTeller


def room_named(given: str | None, stored: str | None) -> str | None:
    """What was typed, else the settings' name; None: nothing is told. SettingsError."""
    name = stored if given is None else given
    if name is not None:
        # The database's libraries, which a live view without a name can do without.
        from senoscope.studies.exams.room_board import require_room_name  # noqa: PLC0415

        require_room_name(name)
    return name


def teller_of(room: str | None, loop: LiveLoop) -> RoomTeller | None:
    """None where the room has no name. What it imports takes a second: before the loop runs."""
    if room is None:
        return None
    from senoscope.ui.rooms.room_teller import RoomTeller  # noqa: PLC0415

    return RoomTeller(room, loop, _open_store, partial(typer.echo, err=True))


def room_desk(store: ExamStore, teller: RoomTeller | None) -> RoomDesk:
    """For the page of rooms, which a room without a name has as well."""
    from senoscope.ui.rooms.room_desk import RoomDesk  # noqa: PLC0415

    return RoomDesk(store.rooms, teller)


def telling(teller: RoomTeller | None) -> AbstractContextManager[object]:
    """Entered around the loop, so that the end is told last."""
    return nullcontext() if teller is None else teller


def _open_store() -> ExamStore:
    from senoscope.studies.exams.exam_store import ExamStore  # noqa: PLC0415

    return ExamStore.open(*store_place())
