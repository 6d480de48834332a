"""One patient's exam: its books, its frame rate and its lesions. Nothing of it reaches the next."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame
from senoscope.domain.reading import OperatingPoint, Reading
from senoscope.domain.track import Track
from senoscope.realtime.ledger import Ledger, LedgerSnapshot
from senoscope.realtime.run_books import RunLedger
from senoscope.realtime.timing import NO_RHYTHM, FrameRate, Rhythm
from senoscope.realtime.tracking.tracker import LesionTracker

LONGEST_NAME = 64
LAST_READINGS_S = 1.0
"""An exam that ends waits so long for what is being read of it, so that its books close."""


@dataclass(frozen=True, slots=True)
class ExamName:
    """`number` counts the exams of one run from 1; `patient` is a pseudonym, "" for nobody's."""

    number: int
    patient: str
    began_at: datetime

    def __post_init__(self) -> None:
        if len(self.patient) > LONGEST_NAME or not self.patient.isprintable():
            raise SettingsError(
                f"A patient's pseudonym of {len(self.patient)} characters was given; expected at "
                f"most {LONGEST_NAME} printable ones. Shorten it, or leave the exam anonymous."
            )


@dataclass(frozen=True, slots=True)
class ExamSummary:
    """What an exam came to: every captured frame accounted for, and the steady lesions' count.

    `fps` is from the first frame to the last, `rhythm` how regularly they came. `open_s`: so long
    it has been open, by a clock that nobody sets.
    """

    name: ExamName
    ended_at: datetime
    books: LedgerSnapshot
    fps: float
    lesions: int
    rhythm: Rhythm = NO_RHYTHM
    open_s: float = 0.0


class Exam:
    """`follow` is called by one thread, in the order of frames; the rest by any."""

    def __init__(self, name: ExamName, ledger: Ledger | None = None) -> None:
        self.name = name
        self.ledger = ledger or Ledger()
        self.rate = FrameRate()
        self._began_s = time.monotonic()
        self.lesions = 0
        """Steady ones so far."""
        self._tracker: LesionTracker | None = None
        self._place = (-1, -1)

    def follow(
        self, frame: Frame, place: tuple[int, int], reading: Reading, point: OperatingPoint
    ) -> tuple[Track, ...]:
        """The lesions on a frame of this exam. None is followed to another `View.place`."""
        if self._tracker is None:
            self._tracker = LesionTracker(point)
        if place != self._place:
            self._place = place
            self._tracker.interrupt()
        tracks = self._tracker.follow(frame, reading)
        self.lesions = max([self.lesions, *(track.number for track in tracks)])
        return tracks

    @classmethod
    def first(cls, run: RunLedger) -> Exam:
        """Of a run; nobody's."""
        return cls(ExamName(1, "", datetime.now(UTC)), run.present)

    def following(self, patient: str, run: RunLedger) -> Exam:
        """The next one. SettingsError where `patient` cannot be a pseudonym."""
        name = ExamName(self.name.number + 1, patient, datetime.now(UTC))
        return Exam(name, run.next_exam())

    def ended(self, at: datetime) -> ExamSummary:
        """Of all, once what is being read of it was; it waits a moment for that."""
        deadline = time.monotonic() + LAST_READINGS_S
        while self.ledger.snapshot().in_flight and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.summary(at)

    def summary(self, ended_at: datetime) -> ExamSummary:
        """Of all until now."""
        books, rate, open_s = self.ledger.snapshot(), self.rate, time.monotonic() - self._began_s
        return ExamSummary(
            self.name, ended_at, books, rate.overall(), self.lesions, rate.rhythm(), open_s
        )
