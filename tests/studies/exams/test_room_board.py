"""Rooms on the board: what was told, who fell silent, who ended, and two by one name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import (
    BEAT_S,
    MISSED,
    RoomBoard,
    RoomFacts,
    RoomState,
    require_room_name,
)
from tests.studies.exams.exam_builders import Place, Watch, signed_exam
from tests.studies.exams.postgresql_server import Server

ROOM = "Ultrasound 1"
READS = RoomFacts(
    471100,
    RoomState.READING,
    "pc-1",
    "0.1.0",
    ("outlines 1",),
    "OpenVINO int8",
    True,
    59.8,
    1200,
    1100,
    3,
    60.0,
    30.0,
)
OTHER = replace(READS, instance=815000, machine="pc-2")
SILENT_AFTER_S = MISSED * BEAT_S


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def board(store: ExamStore, watch: Watch) -> RoomBoard:
    return RoomBoard(store.parts, watch)


def test_what_a_room_told_is_shown_with_its_ages_as_times(board: RoomBoard, watch: Watch) -> None:
    assert board.all() == ()
    assert board.tell(ROOM, READS) == ()
    began = watch.at
    watch.wait(2)
    [room] = board.all()
    assert (room.name, room.facts, room.state) == (ROOM, READS, RoomState.READING)
    assert room.started_at == began - timedelta(seconds=60)
    assert room.exam_since == began - timedelta(seconds=30)
    assert (room.heard_at, room.heard_ago_s, room.twins) == (began, 2.0, ())


def test_a_room_told_again_is_the_same_row_and_began_when_it_began(
    board: RoomBoard, watch: Watch
) -> None:
    board.tell(ROOM, READS)
    [first] = board.all()
    watch.wait(BEAT_S)
    board.tell(ROOM, replace(READS, state=RoomState.AI_OFF, up_s=65.3, exam_s=None))
    [room] = board.all()
    assert (room.state, room.exam_since) == (RoomState.AI_OFF, None)
    assert room.started_at == first.started_at


@pytest.mark.parametrize(
    ("waited_s", "state"),
    [(SILENT_AFTER_S, RoomState.READING), (SILENT_AFTER_S + 0.001, RoomState.SILENT)],
    ids=["three beats", "more"],
)
def test_a_room_is_silent_after_three_missed_beats(
    board: RoomBoard, watch: Watch, waited_s: float, state: RoomState
) -> None:
    board.tell(ROOM, READS)
    told_at = watch.at
    watch.wait(waited_s)
    [room] = board.all()
    assert (room.state, room.heard_at) == (state, told_at)


def test_a_room_that_tells_seldom_is_waited_for_longer(board: RoomBoard, watch: Watch) -> None:
    board.tell(ROOM, replace(READS, every_s=60))
    watch.wait(179)
    assert board.all()[0].state is RoomState.READING


def test_a_room_that_ended_by_itself_has_ended_however_long_ago(
    board: RoomBoard, watch: Watch
) -> None:
    board.tell(ROOM, READS)
    board.tell(ROOM, replace(READS, state=RoomState.ENDED))
    for _ in range(3):
        assert board.all()[0].state is RoomState.ENDED
        watch.wait(86400)


def test_rooms_stand_in_the_order_of_their_numbers(board: RoomBoard) -> None:
    for name in ("Room 10", "room 2", "Attic", "诊室 3", "Room 1b", "7"):
        board.tell(name, READS)
    names = [each.name for each in board.all()]
    assert names == ["7", "Attic", "Room 1b", "room 2", "Room 10", "诊室 3"]


def test_two_rooms_by_one_name_are_both_shown_and_know_of_each_other(
    board: RoomBoard, watch: Watch
) -> None:
    board.tell(ROOM, READS)
    watch.wait(1)
    assert board.tell(ROOM, OTHER) == ()  # the first may have been killed and this be it again
    watch.wait(4)
    [twin] = board.tell(ROOM, READS)
    assert (twin.facts.instance, twin.facts.machine) == (815000, "pc-2")
    watch.wait(1)
    assert [each.facts.instance for each in board.tell(ROOM, OTHER)] == [471100]
    assert [(each.facts.instance, each.twins) for each in board.all()] == [
        (471100, (815000,)),
        (815000, (471100,)),
    ]


def test_a_killed_room_that_is_started_again_is_no_twin_of_itself(
    board: RoomBoard, watch: Watch
) -> None:
    board.tell(ROOM, READS)
    for _ in range(5):
        watch.wait(2)
        assert board.tell(ROOM, OTHER) == ()
        assert [each.facts.instance for each in board.all()] == [815000]


@pytest.mark.parametrize("ends", [True, False], ids=["ends", "is killed"])
def test_a_twin_that_goes_leaves_the_other_alone(
    board: RoomBoard, watch: Watch, ends: bool
) -> None:
    for each in (READS, OTHER, READS):
        board.tell(ROOM, each)
        watch.wait(1)
    if ends:
        board.tell(ROOM, replace(OTHER, state=RoomState.ENDED))
    for _ in range(4):
        watch.wait(BEAT_S)
        board.tell(ROOM, READS)
    assert [(each.facts.instance, each.twins) for each in board.all()] == [(471100, ())]


def test_twins_that_both_fall_silent_are_the_one_heard_last(board: RoomBoard, watch: Watch) -> None:
    for each in (READS, OTHER, READS, OTHER):
        board.tell(ROOM, each)
        watch.wait(1)
    watch.wait(SILENT_AFTER_S + 1)
    assert [(each.facts.instance, each.state) for each in board.all()] == [
        (815000, RoomState.SILENT)
    ]


def test_a_room_of_another_version_is_shown_as_far_as_it_is_understood(
    board: RoomBoard, place: Place
) -> None:
    board.tell(ROOM, READS)
    place.change(
        'UPDATE room SET facts = replace(facts, \'"state":"reading"\', '
        '\'"state":"dreaming","mood":"good"\')'
    )
    [room] = board.all()
    assert room.state is RoomState.UNKNOWN
    assert room.facts == replace(READS, state=RoomState.UNKNOWN)


def test_only_a_room_that_is_not_heard_from_can_be_forgotten(
    board: RoomBoard, watch: Watch
) -> None:
    board.tell(ROOM, READS)
    with pytest.raises(SettingsError, match=r"is heard from now\. End it"):
        board.forget(ROOM)
    watch.wait(SILENT_AFTER_S + 1)
    board.forget(ROOM)
    assert board.all() == ()
    with pytest.raises(SettingsError, match="No room is called 'Ultrasound 1'"):
        board.forget(ROOM)


@pytest.mark.parametrize("name", [ROOM, "诊室 3", "x" * 64, "2-12345", "US (east)"])
def test_what_names_a_room_is_taken(name: str) -> None:
    require_room_name(name)


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 65, " a", "a\n", "Doe^Jane", "a=b", "a\\b", "Room 19800412"]
)
def test_what_may_be_a_patient_s_is_refused_and_nothing_put_down(
    name: str, board: RoomBoard
) -> None:
    with pytest.raises(SettingsError, match="never a patient") as refused:
        board.tell(name, READS)
    assert "Doe" not in str(refused.value)
    assert board.all() == ()


def test_the_board_is_no_part_of_what_is_checked_or_in_the_trail(
    store: ExamStore, place: Place, board: RoomBoard
) -> None:
    signed_exam(store, place)
    before = store.head()
    board.tell(ROOM, READS)
    assert store.head() == before
    assert store.check().complaints == ()


def test_the_store_s_own_clock_counts(store: ExamStore) -> None:
    store.rooms.tell(ROOM, READS)
    [room] = store.rooms.all()
    if store.parts.database.kind == "postgresql":
        assert abs((datetime.now(UTC) - room.heard_at).total_seconds()) < 600
    else:
        assert room.heard_at < datetime(2026, 11, 2, tzinfo=UTC)


def test_a_word_waits_for_no_exam_in_postgresql(server: Server, sqlite_place: Place) -> None:
    with replace(sqlite_place, url=server.emptied()).opened() as store:
        with store.parts.database.writing():
            store.rooms.tell(ROOM, READS)
        assert len(store.rooms.all()) == 1


def test_a_store_that_cannot_be_reached_is_said(store: ExamStore, place: Place) -> None:
    place.change("DROP TABLE room")
    with pytest.raises(StorageError):
        store.rooms.tell(ROOM, READS)
    with pytest.raises(StorageError):
        store.rooms.all()


def test_a_row_of_something_else_is_said(board: RoomBoard, place: Place) -> None:
    board.tell(ROOM, READS)
    place.change("""UPDATE room SET facts = '[{"facts": {"instance": 1}}]'""")
    for asked in (board.all, lambda: board.tell(ROOM, READS)):
        with pytest.raises(StorageError, match="one version"):
            asked()
