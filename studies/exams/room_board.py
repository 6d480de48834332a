"""Rooms that share the store, each as it last told of itself. Nothing of patients is on it.

Who looks judges by one clock, PostgreSQL's or this machine's: a room's own may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams.database import POSTGRESQL, Database
from senoscope.studies.exams.store_parts import StoreParts
from senoscope.studies.exams.tables import ROOM, moment_text

LONGEST_NAME = 64
BEAT_S = 5.0
"""A room tells of itself so often."""
MISSED = 3
"""After so many beats without a word a room is not heard from any more."""
_LIKE_A_PATIENT = re.compile(r"[\^=\\]|[0-9]{6}")
"""DICOM's signs in names, and as many digits as a birthday or a number of a patient has."""


class RoomState(StrEnum):
    """`ENDED`: by itself. `SILENT` and `UNKNOWN` are never told: they are what a looker finds."""

    STARTING = "starting"
    READING = "reading"
    AI_OFF = "ai_off"
    SOURCE_LOST = "source_lost"
    SOURCE_ENDED = "source_ended"
    ENDED = "ended"
    SILENT = "silent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What a room tells. Ages, not times, since its clock is its own.

    `instance` was drawn when it started: two rooms by one name are told apart by it. `captured`,
    `read` and `engine_falls` are of the run. `exam_s`: for so long an exam has been open, None
    where none is. `every_s`: when the next word is to be expected.
    """

    instance: int
    state: RoomState
    machine: str = ""
    version: str = ""
    models: tuple[str, ...] = ()
    engine: str = ""
    simulated: bool = False
    fps: float = 0.0
    captured: int = 0
    read: int = 0
    engine_falls: int = 0
    up_s: float = 0.0
    exam_s: float | None = None
    every_s: float = BEAT_S


@dataclass(frozen=True, slots=True)
class KeptRoom:
    """As it was when last heard, `heard_ago_s` before it was looked at; `state` is of now.

    `twins`: instances by the same name that are heard from too, which should not be.
    """

    name: str
    facts: RoomFacts
    state: RoomState
    started_at: datetime
    exam_since: datetime | None
    heard_at: datetime
    heard_ago_s: float
    twins: tuple[int, ...] = ()


class RoomBoard:
    """Any thread may call, and every room. A word of a room waits for no exam in PostgreSQL."""

    def __init__(self, parts: StoreParts, clock: Callable[[], datetime] | None = None) -> None:
        """`clock` None: the database's, where it has one."""
        self._parts, self._clock = parts, clock

    def tell(self, name: str, facts: RoomFacts) -> tuple[KeptRoom, ...]:
        """Put down how a room is; the others by its name that are heard from beside it.

        SettingsError where `name` is none for a room, StorageError.
        """
        require_room_name(name)
        # Two first words at one moment: PostgreSQL refuses one, and its room tells again.
        with self._parts.database.writing(in_line=False) as connection:
            now = self._now(connection)
            row = connection.execute(
                select(ROOM.c.facts).where(ROOM.c.name == name).with_for_update()
            ).scalar()
            before = [] if row is None else _tellers(row)
            own = _told(facts, now, next((e for e in before if e.is_of(facts.instance)), None))
            others = [each for each in before if not each.is_of(facts.instance)]
            tellers = [own, *(each for each in others if each.is_heard(now))]
            values = {
                "facts": [each.as_json() for each in tellers],
                "started_at": own.started_at,
                "seen_at": now,
            }
            if row is None:
                connection.execute(insert(ROOM).values(name=name, **values))
            else:
                connection.execute(update(ROOM).where(ROOM.c.name == name).values(**values))
        shown = _shown(name, tellers, now)
        return tuple(each for each in shown if each.facts.instance != facts.instance)

    def all(self) -> tuple[KeptRoom, ...]:
        """By name, numbers in it as numbers; one by each name, unless two are heard from."""
        with self._parts.database.reading() as connection:
            now = self._now(connection)
            rows = connection.execute(select(ROOM.c.name, ROOM.c.facts)).all()
        rows = sorted(rows, key=lambda row: _in_order(row.name))
        return tuple(each for row in rows for each in _shown(row.name, _tellers(row.facts), now))

    def forget(self, name: str) -> None:
        """Take a room off. SettingsError where there is none, or where it is heard from."""
        with self._parts.database.writing(in_line=False) as connection:
            now = self._now(connection)
            row = connection.execute(
                select(ROOM.c.facts).where(ROOM.c.name == name).with_for_update()
            ).scalar()
            if row is None:
                raise SettingsError(
                    f"No room is called {name!r}. `senoscope rooms` lists those that are."
                )
            if any(each.is_heard(now) for each in _tellers(row)):
                raise SettingsError(f"The room {name!r} is heard from now. End it first.")
            connection.execute(delete(ROOM).where(ROOM.c.name == name))

    def _now(self, connection: Connection) -> datetime:
        if self._clock is not None:
            return self._clock()
        return _time_of(connection, self._parts.database, self._parts.now())


def rooms_heard(connection: Connection, database: Database, here: datetime) -> list[str]:
    """The names of the rooms that are heard from; `here`: the time by this machine's clock."""
    now = _time_of(connection, database, here)
    rows = connection.execute(select(ROOM.c.name, ROOM.c.facts).order_by(ROOM.c.name))
    return [each.name for each in rows if any(one.is_heard(now) for one in _tellers(each.facts))]


def _time_of(connection: Connection, database: Database, here: datetime) -> datetime:
    """By the database's clock, where it has one."""
    if database.kind != POSTGRESQL:
        return here
    at: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return at


def require_room_name(name: str) -> None:
    """SettingsError unless it can be a room's, and does not look like a patient's."""
    fit = name.strip() == name != "" and len(name) <= LONGEST_NAME and name.isprintable()
    if not fit or _LIKE_A_PATIENT.search(name):
        raise SettingsError(
            f"A room's name of {len(name)} characters was given; expected 1 to {LONGEST_NAME} "
            'printed ones without ^, =, \\ or six digits in a row, as in "Ultrasound 3". Name '
            "the room, never a patient."
        )


@dataclass(frozen=True, slots=True)
class _Teller:
    """One instance in a name's row. `first_at`: when it was heard first, since it was not."""

    facts: RoomFacts
    started_at: datetime
    first_at: datetime
    seen_at: datetime

    def is_of(self, instance: int) -> bool:
        return self.facts.instance == instance

    def is_heard(self, now: datetime) -> bool:
        ended = self.facts.state is RoomState.ENDED
        return not ended and now - self.seen_at <= timedelta(seconds=MISSED * self.facts.every_s)

    def as_json(self) -> dict[str, Any]:
        moments = ("started_at", "first_at", "seen_at")
        told = {name: moment_text(getattr(self, name)) for name in moments}
        return {**told, "facts": {**asdict(self.facts), "models": list(self.facts.models)}}


def _told(facts: RoomFacts, now: datetime, before: _Teller | None) -> _Teller:
    started_at = now - timedelta(seconds=facts.up_s)
    if before is None:
        return _Teller(facts, started_at, now, now)
    return replace(before, facts=facts, seen_at=now)


def _tellers(row: Sequence[dict[str, Any]]) -> list[_Teller]:
    """StorageError where the row is another's than a room's."""
    names = "started_at", "first_at", "seen_at"
    try:
        return [
            _Teller(_facts(each["facts"]), *(datetime.fromisoformat(each[name]) for name in names))
            for each in row
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise StorageError(
            f"A room's row in the exam store lacks what a room tells ({type(error).__name__}: "
            f"{error}). Have all rooms that share the store run one version of Senoscope."
        ) from error


def _facts(told: dict[str, Any]) -> RoomFacts:
    """Of a room of another version too: what is not known here is left out."""
    known = {each.name for each in fields(RoomFacts)}
    here = {name: value for name, value in told.items() if name in known}
    states = {each.value for each in RoomState}
    state = RoomState(here["state"]) if here.get("state") in states else RoomState.UNKNOWN
    return RoomFacts(**{**here, "state": state, "models": tuple(here.get("models", ()))})


def _shown(name: str, tellers: Sequence[_Teller], now: datetime) -> list[KeptRoom]:
    """Who is heard from, else who was last: one that came after another fell silent follows it."""
    heard = [
        each
        for each in tellers
        if each.is_heard(now) and not any(other.first_at > each.seen_at for other in tellers)
    ]
    here = heard or [max(tellers, key=lambda each: each.seen_at)]
    numbers = [each.facts.instance for each in here]
    return [
        _kept(name, each, now, tuple(n for n in numbers if n != each.facts.instance))
        for each in sorted(here, key=lambda each: each.facts.instance)
    ]


def _kept(name: str, teller: _Teller, now: datetime, twins: tuple[int, ...]) -> KeptRoom:
    facts, heard_at = teller.facts, teller.seen_at
    ended = facts.state is RoomState.ENDED
    return KeptRoom(
        name,
        facts,
        facts.state if ended or teller.is_heard(now) else RoomState.SILENT,
        teller.started_at,
        None if facts.exam_s is None else heard_at - timedelta(seconds=facts.exam_s),
        heard_at,
        max(0.0, (now - heard_at).total_seconds()),
        twins,
    )


def _in_order(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(each), "") if each.isdecimal() else (1, 0, each) for each in parts]
