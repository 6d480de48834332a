"""A board with a room in every state, as their rooms would have told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import RoomBoard, RoomFacts, RoomState
from tests.studies.exams.exam_builders import Watch

READS = RoomFacts(
    instance=471100,
    state=RoomState.READING,
    machine="us-pc-1",
    version="0.1.0",
    models=("unet-realtime 0.3.2", "googlenet 0.3.1"),
    engine="OpenVINO int8",
    fps=59.8,
    captured=214_800,
    read=209_311,
    engine_falls=12,
    up_s=3600.0,
    exam_s=420.0,
)
NAMES = {
    "Room 1": RoomState.READING,
    "Room 2": RoomState.STARTING,
    "Room 3": RoomState.AI_OFF,
    "Room 4": RoomState.SOURCE_LOST,
    "Room 5": RoomState.SOURCE_ENDED,
    "Room 6": RoomState.ENDED,
    "Room 7": RoomState.SILENT,
    "Room 8": RoomState.UNKNOWN,
    "Room 10": RoomState.READING,
}
"""Room 10's name is given twice. What Room 8 tells is of another version. Room 3 reads what is
simulated, and has no exam open."""


def store_at(folder: Path) -> ExamStore:
    return ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "exams")


def told_board(store: ExamStore, watch: Watch) -> RoomBoard:
    """All of `NAMES`, heard from three seconds ago, but for the one that is silent."""
    board = RoomBoard(store.parts, watch)
    board.tell("Room 7", replace(READS, instance=700000))
    watch.wait(60)
    tell_all(board)
    watch.wait(2)
    board.tell("Room 10", replace(READS, instance=100002, machine="us-pc-11"))
    watch.wait(1)
    board.tell("Room 10", replace(READS, instance=100001))
    watch.wait(3)
    return board


def tell_all(
    board: RoomBoard, changed: Callable[[RoomFacts], RoomFacts] = lambda each: each
) -> None:
    """Of each that is heard from; its instance is its number and five zeros."""
    for name, state in NAMES.items():
        number = int(name.split()[1])
        facts = replace(READS, instance=number * 100_000, state=state)
        if state is RoomState.AI_OFF:
            facts = replace(facts, simulated=True, exam_s=None, read=0, engine="")
        if number == 10:
            facts = replace(facts, instance=100001)
        if state is not RoomState.SILENT:
            board.tell(name, changed(facts))
