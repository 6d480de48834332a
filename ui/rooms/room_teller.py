"""Tells of a room every few seconds, on a thread of its own that nobody waits for."""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import Self

from senoscope.domain.errors import SenoscopeError
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import (
    BEAT_S,
    MISSED,
    KeptRoom,
    RoomState,
    require_room_name,
)
from senoscope.studies.network.sender import BackOff
from senoscope.ui.rooms.room_facts import ToldLoop, room_facts

STOP_LIMIT_S = 5.0
"""A room that ends waits no longer than this for the store to hear of it."""
FEWEST, MOST = 100_000, 999_999
"""Of the numbers that instances draw."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """How telling goes. `ago_s` None: never yet. `trouble`: why the last word did not arrive."""

    name: str
    instance: int
    ago_s: float | None
    is_late: bool
    trouble: SenoscopeError | None


class RoomTeller:
    """A context manager: tells from entry to exit, and at the exit that the room has ended.

    The store is opened on the thread too, and again where that failed: a room whose store cannot be
    reached goes on. `say` is told, in a sentence, when nothing arrives, when it does again, and of
    another room by the same name.
    """

    def __init__(
        self,
        name: str,
        loop: ToldLoop,
        open_store: Callable[[], ExamStore],
        say: Callable[[str], None],
        beat_s: float = BEAT_S,
        back_off: BackOff | None = None,
    ) -> None:
        """SettingsError where `name` is none for a room."""
        require_room_name(name)
        self.name, self.instance = name, FEWEST + secrets.randbelow(MOST - FEWEST + 1)
        self._loop, self._open_store, self._say = loop, open_store, say
        self._beat_s = beat_s
        self._back_off = back_off or BackOff(beat_s, 60.0)
        self._store: ExamStore | None = None
        self._began_s = time.monotonic()
        self._told_s: float | None = None
        self._trouble: SenoscopeError | None = None
        self._twins: tuple[KeptRoom, ...] = ()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="senoscope-room", daemon=True)

    @property
    def told(self) -> Told:
        """Also while the store hangs: what counts is when it last took a word."""
        now_s = time.monotonic()
        since_s = now_s - (self._began_s if self._told_s is None else self._told_s)
        ago_s = None if self._told_s is None else since_s
        late = since_s > MISSED * self._beat_s
        return Told(self.name, self.instance, ago_s, late, self._trouble)

    def __enter__(self) -> Self:
        self._began_s = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(STOP_LIMIT_S)
        if self._thread.is_alive():
            log.warning("the store did not hear that the room has ended")

    def _run(self) -> None:
        tries, chance = 0, random.Random()
        while not self._stopping.is_set():
            if self._tell():
                tries, wait_s = 0, self._beat_s
            else:
                wait_s = self._back_off.delay(tries, chance).total_seconds()
                tries += 1
            self._stopping.wait(wait_s)
        self._tell(ended=True)
        if self._store is not None:
            self._store.close()

    def _tell(self, ended: bool = False) -> bool:
        """Whether it arrived."""
        try:
            if self._store is None:
                self._store = self._open_store()
            up_s = time.monotonic() - self._began_s
            facts = room_facts(self._loop, self.instance, up_s, self._beat_s)
            if ended:
                facts = replace(facts, state=RoomState.ENDED)
            twins = self._store.rooms.tell(self.name, facts)
        except SenoscopeError as error:
            self._note(error)
            return False
        self._told_s = time.monotonic()
        self._note(None)
        self._note_twins(twins)
        return True

    def _note(self, trouble: SenoscopeError | None) -> None:
        """Said when it changes, not each time."""
        before, self._trouble = self._trouble, trouble
        if trouble is not None and before is None:
            self._tell_of(f"The room {self.name!r} is not told of, and goes on. {trouble}")
        elif trouble is None and before is not None:
            self._tell_of(f"The room {self.name!r} is told of again.")

    def _note_twins(self, twins: tuple[KeptRoom, ...]) -> None:
        known = {each.facts.instance for each in self._twins}
        self._twins = twins
        for each in twins:
            if each.facts.instance not in known:
                self._tell_of(
                    f"Another room is called {self.name!r} too: no. {each.facts.instance} on "
                    f"{each.facts.machine}; this is no. {self.instance}. Give one of them another "
                    "name: senoscope live --room NAME."
                )

    def _tell_of(self, sentence: str) -> None:
        log.warning("%s", sentence)
        # Who started this may no longer listen, as where stderr was a pipe: the log has it.
        with suppress(OSError):
            self._say(sentence)
