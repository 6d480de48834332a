"""A room tells of itself beside its loop, whatever becomes of the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.realtime.exam import ExamName, ExamSummary
from senoscope.realtime.published import AiState, LoopStatus
from senoscope.realtime.run_books import RunBooks
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import KeptRoom, RoomState
from senoscope.studies.network.sender import BackOff
from senoscope.ui.rooms.room_desk import RoomDesk
from senoscope.ui.rooms.room_facts import room_facts
from senoscope.ui.rooms.room_teller import RoomTeller
from tests import builders
from tests.realtime.running import HANG_LIMIT_S, until
from tests.ui.built_frames import status
from tests.ui.rooms.told_rooms import store_at

BEAT_S = 0.02
NAME = "Ultrasound 1"


class ToldLoop:
    """Says what it is set to."""

    def __init__(self) -> None:
        self.condition = status(simulated=True)
        summary = builders.exam_summary()
        self.present = replace(summary, name=replace(summary.name, patient=""))

    def status(self) -> LoopStatus:
        return self.condition

    def books(self) -> RunBooks:
        return RunBooks(90, 70, 5, {}, 15, engine_falls=4)

    def exam(self) -> ExamSummary:
        return self.present

    def begins(self, patient: str, read: int) -> None:
        books = replace(self.present.books, read=read)
        name = ExamName(2, patient, self.present.name.began_at)
        self.present = replace(self.present, name=name, books=books, open_s=420.0)


class Storm:
    """Opens the store, unless it is told that it cannot be reached."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.reached, self.tries = folder, True, 0

    def __call__(self) -> ExamStore:
        self.tries += 1
        if not self.reached:
            raise StorageError("The exam store's database cannot be reached. See that it runs.")
        return store_at(self.folder)


@pytest.fixture
def storm(tmp_path: Path) -> Storm:
    return Storm(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    with store_at(tmp_path) as opened:
        yield opened


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def told(storm: Storm, said: list[str]) -> Callable[..., RoomTeller]:
    def made(name: str = NAME, loop: ToldLoop | None = None) -> RoomTeller:
        back_off = BackOff(BEAT_S, BEAT_S)
        return RoomTeller(name, loop or ToldLoop(), storm, said.append, BEAT_S, back_off)

    return made


def the_room(store: ExamStore) -> KeptRoom:
    [room] = store.rooms.all()
    return room


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_a_room_is_told_of_while_it_runs_and_ends_by_itself(
    store: ExamStore, told: Callable[..., RoomTeller], said: list[str]
) -> None:
    loop = ToldLoop()
    with told(loop=loop) as teller:
        until(store.rooms.all)
        first = the_room(store)
        assert first.facts.instance == teller.instance
        assert (first.facts.state, first.facts.simulated) == (RoomState.READING, True)
        loop.condition = status(ai_state=AiState.OFF)
        until(lambda: the_room(store).facts.state is RoomState.AI_OFF)
        until(lambda: not teller.told.is_late)
    last = the_room(store)
    assert last.state is RoomState.ENDED
    assert last.started_at == first.started_at
    assert said == []


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"ai_state": AiState.STARTING}, RoomState.STARTING),
        ({"ai_state": AiState.READING}, RoomState.READING),
        ({"ai_state": AiState.OFF}, RoomState.AI_OFF),
        ({"ai_state": AiState.OFF, "ended": True}, RoomState.SOURCE_ENDED),
        ({"ai_state": AiState.OFF, "lost": True}, RoomState.SOURCE_LOST),
        ({"lost": True, "ended": True}, RoomState.SOURCE_LOST),
    ],
    ids=str,
)
def test_the_gravest_state_is_told(changed: dict[str, object], state: RoomState) -> None:
    loop = ToldLoop()
    loop.condition = status(**changed)
    facts = room_facts(loop, 1, 2.0, 5.0)
    assert facts.state is state
    assert (facts.captured, facts.read, facts.engine_falls) == (90, 70, 4)
    assert (facts.engine, facts.models) == ("OpenVINO int8", ("unet 1", "googlenet 1"))


@pytest.mark.parametrize(
    ("patient", "read", "is_open"),
    [("", 0, False), ("", 1, True), ("A-17", 0, True), ("A-17", 9, True)],
)
def test_an_exam_is_open_once_it_is_somebody_s_or_a_frame_of_it_was_read(
    patient: str, read: int, is_open: bool
) -> None:
    loop = ToldLoop()
    loop.begins(patient, read)
    facts = room_facts(loop, 1, 2.0, 5.0)
    assert facts.exam_s == (420.0 if is_open else None)
    assert "A-17" not in repr(facts)


def test_nothing_that_may_hold_a_name_is_told(store: ExamStore) -> None:
    loop = ToldLoop()
    loop.begins("Doe Jane", 9)
    loop.condition = status(
        source_name="/films/Doe Jane.mp4", error="Doe Jane.mp4 was lost.", ai_message="Doe Jane"
    )
    store.rooms.tell(NAME, room_facts(loop, 1, 2.0, 5.0))
    assert "Doe" not in repr(store.rooms.all())


def test_a_room_whose_store_cannot_be_reached_says_so_once_and_tries_again(
    storm: Storm, told: Callable[..., RoomTeller], said: list[str], tmp_path: Path
) -> None:
    storm.reached = False
    with told() as teller:
        until(lambda: storm.tries > 4)
        until(lambda: teller.told.is_late)
        assert (teller.told.ago_s, len(said)) == (None, 1)
        assert said[0].startswith(f"The room '{NAME}' is not told of, and goes on. The exam store")
        storm.reached = True
        until(lambda: not teller.told.is_late)
        until(lambda: said[1:] == [f"The room '{NAME}' is told of again."])
        assert teller.told.trouble is None
    with store_at(tmp_path) as store:
        assert the_room(store).state is RoomState.ENDED


def test_it_tells_on_where_nobody_listens_any_more(storm: Storm, tmp_path: Path) -> None:
    def say(_sentence: str) -> None:
        raise BrokenPipeError

    storm.reached = False
    with RoomTeller(NAME, ToldLoop(), storm, say, BEAT_S, BackOff(BEAT_S, BEAT_S)):
        until(lambda: storm.tries > 2)
        storm.reached = True
        with store_at(tmp_path) as store:
            until(store.rooms.all)


def test_a_store_that_hangs_holds_up_neither_the_room_nor_its_end(
    storm: Storm,
    told: Callable[..., RoomTeller],
    store: ExamStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("senoscope.ui.rooms.room_teller.STOP_LIMIT_S", 0.1)
    teller = told()
    with store.parts.database.writing():  # who writes is alone: the teller waits
        with teller:
            until(lambda: teller.told.is_late)
        assert store.rooms.all() == ()  # the room has left, and the store never answered
    until(store.rooms.all)


def test_two_rooms_by_one_name_are_said_by_both(
    told: Callable[..., RoomTeller], said: list[str], store: ExamStore
) -> None:
    with told() as one, told() as other:
        numbers = {one.instance, other.instance}
        until(lambda: {each.facts.instance for each in store.rooms.all()} == numbers)
        for this, that in ((one, other), (other, one)):
            until(
                lambda this=this, that=that: any(  # type: ignore[misc]
                    f"too: no. {that.instance} on" in each
                    and f"this is no. {this.instance}." in each
                    for each in said
                )
            )
    assert all("Give one of them another name" in each for each in said)


def test_a_name_that_may_be_a_patient_s_starts_nothing(told: Callable[..., RoomTeller]) -> None:
    with pytest.raises(SettingsError, match="never a patient"):
        told("Doe^Jane")


class SlowBoard:
    """Answers when it is let, and counts who asks."""

    def __init__(self) -> None:
        self.asked, self.may = 0, threading.Event()

    def all(self) -> tuple[KeptRoom, ...]:
        self.asked += 1
        assert self.may.wait(HANG_LIMIT_S)
        return ()


def test_a_store_that_hangs_is_said_at_once_and_asked_once_however_many_pages_ask(
    told: Callable[..., RoomTeller],
) -> None:
    board = SlowBoard()
    desk = RoomDesk(board, told(), look_s=HANG_LIMIT_S)  # type: ignore[arg-type]
    began = time.monotonic()
    for _ in range(20):
        shown = desk.shown()
        assert (shown["looked_ago_s"], shown["own"]["name"]) == (None, NAME)
        assert shown["trouble"]["kind"] == "StorageError"
    assert time.monotonic() - began < HANG_LIMIT_S / 2
    board.may.set()
    until(lambda: desk.shown()["trouble"] is None)
    shown = desk.shown()
    assert shown["rooms"] == []
    assert shown["looked_ago_s"] < HANG_LIMIT_S
    assert board.asked == 1


def test_what_was_seen_stays_while_the_store_cannot_be_reached(
    store: ExamStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.rooms.tell(NAME, room_facts(ToldLoop(), 1, 2.0, 5.0))
    desk = RoomDesk(store.rooms, look_s=0)
    assert len(desk.shown()["rooms"]) == 1

    def lost(*_: object) -> None:
        raise StorageError("The exam store's database cannot be reached. See that it runs.")

    monkeypatch.setattr("senoscope.studies.exams.database.Database.reading", lost)
    shown = desk.shown()
    assert len(shown["rooms"]) == 1
    assert shown["trouble"]["kind"] == "StorageError"
    monkeypatch.undo()
    assert desk.shown()["trouble"] is None
