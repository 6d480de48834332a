"""What a room tells of itself: how its loop is doing, never of whom nor what it looks at."""

from __future__ import annotations

import platform
from typing import Protocol

from senoscope import __version__
from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.published import AiState, LoopStatus
from senoscope.studies.exams.room_board import RoomFacts, RoomState
from senoscope.ui.monitoring.observed import BookedLoop

_LONGEST_MACHINE = 64
_AI = {
    AiState.STARTING: RoomState.STARTING,
    AiState.READING: RoomState.READING,
    AiState.OFF: RoomState.AI_OFF,
}


class ToldLoop(BookedLoop, Protocol):
    """What is told of a loop."""

    def exam(self) -> ExamSummary:
        """What the present exam has come to."""


def room_facts(loop: ToldLoop, instance: int, up_s: float, every_s: float) -> RoomFacts:
    """As it is now. No messages: a source's name may be a file's, and hold a patient's."""
    status, books = loop.status(), loop.books()
    return RoomFacts(
        instance=instance,
        state=_state(status),
        machine=platform.node()[:_LONGEST_MACHINE],
        version=__version__,
        models=status.models,
        engine=status.engine,
        simulated=status.simulated,
        fps=round(status.fps, 1),
        captured=books.captured,
        read=books.read,
        engine_falls=books.engine_falls,
        up_s=round(up_s, 3),
        exam_s=_open_for_s(loop.exam()),
        every_s=every_s,
    )


def _state(status: LoopStatus) -> RoomState:
    """The gravest that holds."""
    if status.lost:
        return RoomState.SOURCE_LOST
    return RoomState.SOURCE_ENDED if status.ended else _AI[status.ai_state]


def _open_for_s(exam: ExamSummary) -> float | None:
    """Since it began, where it is somebody's or a frame of it was read; a probe in air is none."""
    if not (exam.name.patient or exam.books.read):
        return None
    return round(exam.open_s, 3)
