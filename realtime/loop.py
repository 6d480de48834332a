"""The live loop: a source's frames, read by the AI, on their way to the viewers.

    source --> capture thread --> newest slot --> feeder thread <--> AI process
                    |                                  |
                    `--> publisher thread <-- reading -'  --> viewers

The picture never waits for the AI for longer than until the next picture comes, and every captured
frame is accounted for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Self

from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading
from senoscope.realtime.capture import Capture
from senoscope.realtime.exam import Exam, ExamSummary
from senoscope.realtime.feeder import Feeder
from senoscope.realtime.intake import Intake
from senoscope.realtime.ledger import DropCause
from senoscope.realtime.loop_report import LoopReport, LoopSums
from senoscope.realtime.picture import Picture, View
from senoscope.realtime.published import AiState, LoopStatus, PublishedFrame, ReadFrame
from senoscope.realtime.publisher import Publisher
from senoscope.realtime.reader_process import READY_LIMIT_S
from senoscope.realtime.run_books import RunBooks
from senoscope.realtime.screen import Screen
from senoscope.realtime.sources.base import Source, Stills
from senoscope.realtime.sources.framing import Cut, Framing
from senoscope.realtime.subscribers import Subscribers
from senoscope.realtime.worker import BuildReader


class LiveLoop:
    """Runs from `start` to `stop`, once; a lost source or AI does not end it.

    Also a context manager: starts on entry, stops on exit. `framing` says what of the
    source's picture is read and shown; a field of view is at once where a template knows the
    screen. With `awaits_return` a camera or stream that is
    lost is opened again when it returns. `judges` False: what is no ultrasound is read as well.
    With `reads_all` the source waits for the AI and no frame is left out, as a recorded clip wants.
    """

    def __init__(
        self,
        source: Source,
        build_reader: BuildReader,
        framing: Framing = Cut.WHOLE,
        awaits_return: bool = False,
        judges: bool = True,
        reads_all: bool = False,
        templates: Sequence[ScreenTemplate] = (),
    ) -> None:
        self._sums = LoopSums()
        self._feeder = Feeder(build_reader, self._note_read, self._note_dropped, reads_all)
        self._publisher = Publisher(self._sums.times)
        self._readers: Subscribers[ReadFrame] = Subscribers()
        self._captured: Subscribers[Picture] = Subscribers()
        self._awaits_return = awaits_return
        self._capture = Capture(source, self._take_in, awaits_return)
        self._opening: Capture | None = None
        self._switching, self._taking_in = Lock(), Lock()
        self._started = self._stopped = False
        # Replaced together, because the capture thread reads them together.
        self._templates, self._in_line = templates, reads_all
        self._view = self._view_of(source, framing, 0, Exam.first(self._sums.ledger))
        self._intake = Intake(self._sums.times, judges)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, wait_for_reader: bool = False) -> None:
        """Start capture, AI and publishing.

        With `wait_for_reader` no frame is taken before the AI reads, or cannot be built, and this
        call takes that long. A source that cannot be opened shows in `status().error`.
        """
        self._started = True
        self._feeder.start()
        self._publisher.start()
        self._capture.open()
        if wait_for_reader:
            self._feeder.decided.wait(READY_LIMIT_S)
        self._capture.begin()

    def stop(self) -> None:
        """End all threads and the AI process. The books are closed afterwards. Safe to repeat."""
        self._stopped = True
        if not self._started:
            return
        opening = self._opening
        if opening is not None:
            opening.stop()
        with self._switching:
            self._feeder.let_go()
            self._capture.stop()
            self._feeder.stop()
            self._publisher.stop()
            self._view.screen.close()

    def switch_source(self, source: Source, framing: Framing) -> None:
        """Go on with another source, or with another framing of the present one.

        SourceUnavailable when it cannot be opened; the present source then goes on.
        """
        with self._switching:
            present = self._capture
            before = self._view
            view = self._view_of(source, framing, before.generation + 1, before.exam)
            if source is present.source and not present.ended:
                self._view = view
            else:
                self._capture = self._opened(source)
                present.stop()
                # Only now: what the present source still delivered was its own.
                self._view = view
                self._capture.begin()
            before.screen.close()

    @property
    def screen(self) -> Screen:
        """What is known of the present source's screen."""
        return self._view.screen

    @property
    def aligned(self) -> bool:
        """Whether a frame waits for its own reading; else it is shown with the least lag."""
        return self._publisher.aligned

    @aligned.setter
    def aligned(self, wanted: bool) -> None:
        self._publisher.aligned = wanted

    def begin_exam(self, patient: str = "") -> ExamSummary:
        """End the present exam and go on with another, of a pseudonym or of nobody.

        Gives what the present one came to; of its frames in flight none is shown in the next.
        """
        with self._switching, self._taking_in:
            before = self._view
            following = before.exam.following(patient, self._sums.ledger)
            self._view = replace(before, generation=before.generation + 1, exam=following)
        return before.exam.ended(following.name.began_at)

    def exam(self) -> ExamSummary:
        """What the present exam has come to."""
        return self._view.exam.summary(datetime.now(UTC))

    def books(self) -> RunBooks:
        """What became of every frame of the run, all exams together."""
        return self._sums.books(self._capture.unusable, self._publisher.unshown)

    def subscribe(self, callback: Callable[[PublishedFrame], None]) -> Callable[[], None]:
        """Call `callback` with every published frame; gives a function that ends that.

        It is called on the publisher's thread and should return within a frame's time. When it
        raises, that is logged, shows in `status().error`, and it is not called again.
        """
        return self._publisher.viewers.add(callback)

    def subscribe_read(self, callback: Callable[[ReadFrame], None]) -> Callable[[], None]:
        """Call `callback` with every frame that was read, in their order, on one thread of its own.

        Otherwise as `subscribe`.
        """
        return self._readers.add(callback)

    def subscribe_captured(self, callback: Callable[[Picture], None]) -> Callable[[], None]:
        """Call `callback` with every picture as it is captured, on the capture thread.

        It must return at once. Otherwise as `subscribe`.
        """
        return self._captured.add(callback)

    def wait(self, frames: int | None, timeout_s: float) -> bool:
        """Wait for so many captured frames, or for the source's end and its last reading.

        `frames` None waits for the end. False when `timeout_s` passed first.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            ended = self._capture.ended
            books = self._view.exam.ledger.snapshot()
            if frames is not None and books.captured >= frames:
                return True
            if ended and books.in_flight == 0:
                return True
            time.sleep(0.02)
        return False

    def status(self) -> LoopStatus:
        """How the loop is doing now."""
        ai, capture, generation = self._feeder.present, self._capture, self._view.generation
        reads = ai.state is AiState.READING
        parts = capture, self._publisher.viewers, self._readers, self._captured, self._view.screen
        return LoopStatus(
            source_name=capture.source.name,
            simulated=capture.source.simulated,
            ai_state=ai.state,
            ai_message=ai.message,
            ai_restarts=ai.restarts,
            engine=ai.description.engine,
            models=ai.description.models,
            operating_point=ai.description.operating_point,
            server=ai.description.server,
            fallback=ai.description.fallback,
            fell_back=self._sums.fell_back,
            engine_falls=self._sums.engine_falls,
            fps=self._view.exam.rate.recent(),
            latency_p95_ms=self._publisher.latency_p95_ms(generation) if reads else 0.0,
            exam=self._view.exam.name,
            aligned=self.aligned,
            ended=capture.ended,
            lost=capture.lost or (capture.ended and bool(capture.error)),
            error=next((part.error for part in parts if part.error), ""),
            progress=(self._opening or capture).progress,
        )

    def report(self) -> LoopReport:
        """Sum up what the loop has done so far: frames are those of the present exam."""
        description = self._feeder.status.description
        unusable, unshown = self._capture.unusable, self._publisher.unshown
        return self._sums.report(self._view.exam, description, unusable, unshown)

    def _opened(self, source: Source) -> Capture:
        """Open a source; when it cannot be, let go of it and raise SourceUnavailable."""
        self._opening = opening = Capture(source, self._take_in, self._awaits_return)
        try:
            if self._stopped:
                raise SourceUnavailable("The loop has ended. Start a new one.")
            opening.open()
            opening.wait_open()
        except SourceUnavailable:
            opening.stop()
            raise
        finally:
            self._opening = None
        return opening

    def _view_of(self, source: Source, framing: Framing, generation: int, exam: Exam) -> View:
        stills = isinstance(source, Stills) and source.stills
        screen = Screen(framing, self._templates, self._in_line, stills)
        return View(generation, source.name, exam, screen, stills)

    def _take_in(self, frame: Frame, source_cpu_ns: int) -> None:
        """On the capture thread: book one frame, offer it to the AI and to the viewers."""
        # No exam ends between: its books would miss this frame.
        with self._taking_in:
            view = self._view
            picture = self._intake.take(frame, view)
            view.exam.ledger.capture()
            view.exam.rate.add(frame.captured_at_ns)
        self._sums.cpu.add_source(source_cpu_ns)
        if self._feeder.decided.is_set():
            self._sums.cpu.count_frame()
        self._captured.tell(picture)
        if picture.abstains:
            self._abstain(picture)
        elif picture.twin is not None:
            view.exam.ledger.settle_duplicate()
        else:
            self._feeder.offer(picture)
        self._publisher.add(picture)

    def _abstain(self, picture: Picture) -> None:
        exam = picture.view.exam
        reading = Reading(picture.frame.index, (), 0.0, unsuitable=picture.unsuitable)
        exam.ledger.settle_dropped(DropCause.UNSUITABLE)
        self._publisher.settle(picture, reading)
        self._readers.tell(picture.as_read(reading))

    def _note_read(self, picture: Picture, reading: Reading, cpu_ns: int) -> None:
        self._sums.note_read(reading, cpu_ns)
        exam, point = picture.view.exam, self._feeder.status.description.operating_point
        with self._sums.times.timed("track"):
            tracks = exam.follow(picture.frame, picture.view.place, reading, point)
        self._publisher.settle(picture, reading, tracks)
        self._sums.until_read.add((picture.read_at_ns - picture.came_at_ns) / 1e6)
        self._readers.tell(picture.as_read(reading, tracks))
        # Last: who waits for the books has heard every reading.
        exam.ledger.settle_read()

    def _note_dropped(self, picture: Picture, cause: DropCause) -> None:
        picture.view.exam.ledger.settle_dropped(cause)
        self._publisher.settle(picture, None)
