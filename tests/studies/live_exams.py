"""Ended live exams on phantom pictures, for the tests of what they leave behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from senoscope.domain.frame import Frame
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import OperatingPoint, ReaderDescription, Suspicion, Unsuitable
from senoscope.domain.track import Track
from senoscope.realtime.exam import ExamName, ExamSummary
from senoscope.realtime.ledger import DropCause, LedgerSnapshot
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.studies.live_exam import LiveExam, LiveFrame, LiveLesion
from senoscope.studies.live_exam_facts import OperatorSaid
from tests.studies.results.report_builders import ellipse

SIZE = (256, 192)
PSEUDONYM = "Rosa-17"
BEGAN = datetime(2026, 1, 2, 8, 30, tzinfo=UTC)
READER = ReaderDescription("Fake engine", ("outlines 1", "scores 2"), OperatingPoint(0.1, 0.6))
SAID = OperatorSaid("L", 10, 3.5, "边界 soft edge", "rejected")


@cache
def phantom_frame() -> Frame:
    source = PhantomSource(size=SIZE, rate_hz=None, frames=1)
    source.open()
    frame = source.grab()
    assert frame is not None
    return frame


def shown(**changed: Any) -> LiveFrame:
    """A phantom's, or with `simulated` False a grabbed one."""
    said = {each: changed.pop(each) for each in ("is_cut", "unsuitable") if each in changed}
    frame = replace(phantom_frame(), **changed)
    return LiveFrame(frame, BEGAN + timedelta(seconds=7), said.pop("is_cut", False), **said)


def lesion(number: int = 1, said: OperatorSaid | None = None, **changed: Any) -> LiveLesion:
    """`number`s lie side by side."""
    contour = ellipse(50 + 40 * number, 80, 24, 14).astype(np.float32)
    outline = Lesion(contour, area_px=1000.0, presence=0.97)
    track = Track(number, outline, 0, 41, 36, 0.4, 0.25, 0.5, Suspicion.UNCERTAIN)
    return LiveLesion(shown(**changed), track, said or OperatorSaid(), skin_row=-0.5)


def exam(*lesions: LiveLesion, patient: str = PSEUDONYM, **changed: Any) -> LiveExam:
    """120 frames, 110 of them read."""
    dropped = {cause: 0 for cause in DropCause} | {DropCause.SUPERSEDED: 2}
    dropped[DropCause.UNSUITABLE] = 1
    books = LedgerSnapshot(120, 110, 7, dropped, 0)
    name = ExamName(3, patient, BEGAN)
    ended = ExamSummary(name, BEGAN + timedelta(minutes=2), books, 29.97, len(lesions))
    usual = LiveExam(ended, READER, {Unsuitable.IN_AIR: 1}, lesions, (), 256)
    return replace(usual, **changed)


def abstained(*seen: LiveFrame, cause: DropCause = DropCause.UNSUITABLE) -> LiveExam:
    """Of its 120 frames none was read."""
    usual = exam()
    dropped = {each: 0 for each in DropCause} | {cause: 120}
    books = LedgerSnapshot(120, 0, 0, dropped, 0)
    unsuitable = {each.unsuitable: 60 for each in seen if each.unsuitable is not None}
    ended = replace(usual.ended, books=books)
    return replace(usual, ended=ended, seen=seen, unsuitable=unsuitable)
