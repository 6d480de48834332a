"""`senoscope rooms`: how the rooms are that share the exam store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from senoscope.ui.commands.store_command import Folder, Url, opened_store
from senoscope.ui.words.catalogue import texts

if TYPE_CHECKING:
    from senoscope.studies.exams.room_board import KeptRoom

NONE_YET = 'No room has told of itself. Name one: senoscope live --room "Ultrasound 1"'


def rooms(
    url: Url = None,
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    forget: Annotated[
        str | None, typer.Option(help="Take a room off that is not heard from any more.")
    ] = None,
) -> None:
    """List the live rooms that share the store, and how each is."""
    from senoscope.ui.rooms.shown_room import shown_room  # noqa: PLC0415 - takes a second

    with opened_store(url, folder) as opened:
        if forget is not None:
            opened.rooms.forget(forget)
        found = opened.rooms.all()
    if as_json:
        typer.echo(json.dumps([shown_room(each) for each in found], indent=2, ensure_ascii=False))
        return
    for each in found:
        typer.echo(line(each))
    if not found:
        typer.echo(NONE_YET, err=True)


def line(room: KeptRoom) -> str:
    """Name, state, rate, engine, exam, last word, machine; by tabs."""
    facts, words = room.facts, texts("en")
    heard = f"{room.heard_at.astimezone():%Y-%m-%d %H:%M}"
    state = words[f"rooms_state_{room.state}"].format(time=heard)
    since = room.exam_since
    exam = "no exam" if since is None else f"exam open since {since.astimezone():%Y-%m-%d %H:%M}"
    parts = [
        room.name,
        f"{state}, simulated" if facts.simulated else state,
        f"{facts.fps:.1f} fps",
        facts.engine or "no engine",
        f"{facts.engine_falls} falls",
        exam,
        f"heard {room.heard_ago_s:.0f} s ago",
        f"{facts.machine} no. {facts.instance}",
    ]
    return "\t".join([*parts, "NAME GIVEN TWICE"] if room.twins else parts)
