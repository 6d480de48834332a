"""Live exams, heard while they run and kept as studies when they end.

Import it where studies are, and not for a live view alone: the DICOM libraries take seconds.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import Lock

from senoscope.domain.errors import SenoscopeError, StorageError
from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.reading import Unsuitable
from senoscope.realtime.exam import ExamName, ExamSummary
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.picture import Picture
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.started_unheard import started_unheard
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.live_exam import (
    LiveExam,
    LiveFrame,
    LiveLesion,
    MadeExam,
    keep_live_exam,
    make_live_exam,
)
from senoscope.studies.live_exam_facts import OperatorSaid
from senoscope.ui.frames.key_frames import KeyFrame
from senoscope.ui.frames.measured_facts import network_grid
from senoscope.ui.frames.overlay import measured_frame
from senoscope.ui.review.review_session import YIELDS
from senoscope.ui.studies.study_jobs import StudyJobs

WHO = "senoscope live"
"""In the audit trail, where the program ends an exam, or a page without logins."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Shown:
    frame: Frame
    area: ScanArea | None
    unsuitable: Unsuitable | None = None


@dataclass(slots=True)
class _Heard:
    """Of one exam: why frames were not read, and the last one of each kind.

    `fell_back`: of some of its frames.
    """

    unsuitable: Counter[Unsuitable] = field(default_factory=Counter)
    by_reason: dict[Unsuitable, _Shown] = field(default_factory=dict)
    read: _Shown | None = None
    last: _Shown | None = None
    fell_back: bool = False

    def seen(self) -> list[_Shown]:
        """The last that was read, else of each reason, the most frequent first, else at all."""
        if self.read is not None:
            return [self.read]
        if self.by_reason:
            return [self.by_reason[each] for each, _ in self.unsuitable.most_common()]
        return [] if self.last is None else [self.last]


class LiveExamStudies:
    """Hears every frame of `loop`. Any thread may end an exam; it is kept on that of `jobs`."""

    def __init__(self, loop: LiveLoop, store: ExamStore, jobs: StudyJobs) -> None:
        self._loop, self._store, self._jobs = loop, store, jobs
        self._lock = Lock()
        self._heard: dict[int, _Heard] = {}
        self._ended = 0
        loop.subscribe_captured(self.see)
        loop.subscribe_read(self.hear)

    def see(self, picture: Picture) -> None:
        """As it is captured, with what may leave of it."""
        view = picture.view
        with self._lock:
            if heard := self._of(view.exam.name):
                heard.last = _Shown(picture.frame, view.scan_area)

    def hear(self, read: ReadFrame) -> None:
        """A frame that was read, or is not fit to be."""
        why = read.reading.unsuitable
        shown = _Shown(read.frame, read.scan_area, why)
        with self._lock:
            heard = self._of(read.exam)
            if heard is None:
                return
            heard.fell_back = heard.fell_back or read.reading.fell_back
            if why is None:
                heard.read = shown
            else:
                heard.unsuitable[why] += 1
                heard.by_reason[why] = shown

    def keep(self, ended: ExamSummary, key_frames: Sequence[KeyFrame], who: str = "") -> None:
        """Have it kept as a study soon; returns at once, and raises nothing of that work.

        `who` has ended it, "" where that is not known.
        """
        with self._lock:
            self._ended = max(self._ended, ended.name.number)
            heard = self._heard.get(ended.name.number, _Heard())
            self._heard = {n: each for n, each in self._heard.items() if n > self._ended}
        self._jobs.keep(self._work(ended, tuple(key_frames), heard, who or WHO))

    def _of(self, exam: ExamName) -> _Heard | None:
        """None for a late frame of an exam that has ended."""
        if exam.number <= self._ended:
            return None
        return self._heard.setdefault(exam.number, _Heard())

    def _work(
        self, ended: ExamSummary, key_frames: tuple[KeyFrame, ...], heard: _Heard, who: str
    ) -> Callable[[], tuple[int, ...]]:
        status, taken_at = self._loop.status(), _Clock()
        reader = status.reader.in_part() if heard.fell_back else status.reader

        def work() -> tuple[int, ...]:
            lesions = [_lesion(each, taken_at) for each in key_frames]
            seen = [_live_frame(each, taken_at) for each in heard.seen()]
            exam = LiveExam(ended, reader, heard.unsuitable, lesions, seen, network_grid())
            try:
                return (keep_live_exam(self._store, exam, who, _made_aside),)
            except SenoscopeError as error:
                number = ended.name.number
                log.error("Live exam %d is not kept as a study: %s", number, error)
                raise StorageError(
                    f"Live exam {number} is not in Studies; its pictures and facts are in the "
                    f"folder of exams. {error}"
                ) from error

        return work


def _made_aside(exam: LiveExam, folder: Path) -> MadeExam:
    """In a process of its own that lets others go first: on a thread it would cost pictures."""
    with ProcessPoolExecutor(1, get_context("spawn"), _let_others_go_first) as aside:
        try:
            with started_unheard():
                made = aside.submit(make_live_exam, exam, folder)
            return made.result()
        except BrokenProcessPool as error:
            raise StorageError(
                "The process that makes it has ended too early. Free memory, and see the log."
            ) from error


def _let_others_go_first() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who ends the program does not end this
    if hasattr(os, "nice"):
        os.nice(YIELDS)


class _Clock:
    """The time of day of what `time.monotonic_ns` timed."""

    def __init__(self) -> None:
        self._now, self._now_ns = datetime.now(UTC), time.monotonic_ns()

    def __call__(self, captured_at_ns: int) -> datetime:
        return self._now - timedelta(microseconds=(self._now_ns - captured_at_ns) / 1000)


def _live_frame(shown: _Shown, taken_at: _Clock) -> LiveFrame:
    at = taken_at(shown.frame.captured_at_ns)
    return LiveFrame(shown.frame, at, shown.area is not None, shown.unsuitable)


def _lesion(kept: KeyFrame, taken_at: _Clock) -> LiveLesion:
    shown = kept.shown
    live = _live_frame(_Shown(shown.frame, shown.scan_area), taken_at)
    return LiveLesion(live, kept.track, _said(kept), measured_frame(shown).skin_row)


def _said(kept: KeyFrame) -> OperatorSaid:
    remark, joined = kept.remark, kept.joined
    return OperatorSaid(
        remark.side.value,
        remark.clock,
        remark.from_nipple_cm,
        remark.note,
        remark.verdict.value,
        None if joined is None else joined.older,
        "" if joined is None else joined.seen.value,
        kept.parted,
        kept.diameters_mm,
    )
