"""A room as pages and programs are told of it."""

from __future__ import annotations

from datetime import UTC, datetime

from senoscope.studies.exams.room_board import KeptRoom
from senoscope.ui.frames.overlay import Header


def shown_room(room: KeptRoom) -> Header:
    """For pages and programs."""
    facts = room.facts
    return {
        "name": room.name,
        "instance": facts.instance,
        "machine": facts.machine,
        "version": facts.version,
        "models": list(facts.models),
        "engine": facts.engine,
        "state": room.state.value,
        "simulated": facts.simulated,
        "fps": facts.fps,
        "captured": facts.captured,
        "read": facts.read,
        "engine_falls": facts.engine_falls,
        "exam_since": None if room.exam_since is None else _moment(room.exam_since),
        "started_at": _moment(room.started_at),
        "heard_at": _moment(room.heard_at),
        "heard_ago_s": round(room.heard_ago_s, 1),
        "twins": list(room.twins),
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
