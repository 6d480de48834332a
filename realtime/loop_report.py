"""What a loop has done over its whole run, as numbers to publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.realtime.cpu_time import CpuMeter
from senoscope.realtime.exam import Exam
from senoscope.realtime.histogram import Histogram
from senoscope.realtime.run_books import RunBooks, RunLedger
from senoscope.realtime.timing import LATENCY, Percentiles, StageTimes


@dataclass(frozen=True, slots=True)
class LoopReport:
    """The sums of one run of a loop. None where nothing was measured.

    `captured` = `read` + `duplicates` + all `dropped` + `in_flight`: these and `fps` are the
    present exam's, all else is of the run. `unusable` counts what the
    present source sent that was no usable picture, and so was not captured; `unshown` counts
    pictures no viewer was in time for, of whatever fate. `engine_falls` counts those of the run
    that an engine here read in place of an inference server.

    `latency_ms` is from a frame's capture to the moment its JPEG and its own reading were both
    ready, over the frames that were read. `stage_ms` has "encode" and the reader's own stages.
    Processor time is per captured frame, over all processes; `cpu_ms_per_frame` leaves out what
    the source used, which is `source_cpu_ms_per_frame`.
    """

    captured: int
    read: int
    duplicates: int
    dropped: Mapping[str, int]
    in_flight: int
    unusable: int
    unshown: int
    lesion_frames: int
    fps: float
    latency_ms: Percentiles | None
    stage_ms: Mapping[str, Percentiles]
    cpu_ms_per_frame: float | None
    source_cpu_ms_per_frame: float | None
    engine: str
    models: tuple[str, ...]
    engine_falls: int = 0


class LoopSums:
    """Counts and times of a whole run, whatever the exam. Readings are noted by one thread."""

    def __init__(self) -> None:
        self.times = StageTimes()
        self.cpu = CpuMeter()
        self.ledger = RunLedger()
        self.until_read = Histogram()
        self._lesion_frames = 0
        self.engine_falls = 0
        self.fell_back = False
        """Of the last frame that was read."""

    def note_read(self, reading: Reading, cpu_ns: int) -> None:
        """A frame was read, for so much processor time of the AI process."""
        self.cpu.add_worker(cpu_ns)
        for stage, milliseconds in reading.stage_ms.items():
            self.times.add(stage, milliseconds)
        self._lesion_frames += bool(reading.findings)
        self.engine_falls += reading.fell_back
        self.fell_back = reading.fell_back

    def books(self, unusable: int, unshown: int) -> RunBooks:
        """So far: frames are those of all exams."""
        books = self.ledger.snapshot()
        return RunBooks(
            captured=books.captured,
            read=books.read,
            duplicates=books.duplicates,
            dropped=books.dropped,
            in_flight=books.in_flight,
            lesion_frames=self._lesion_frames,
            engine_falls=self.engine_falls,
            unusable=unusable,
            unshown=unshown,
            until_read=self.until_read.spread(),
            stages=self.times.spreads(),
        )

    def report(
        self, exam: Exam, description: ReaderDescription, unusable: int, unshown: int
    ) -> LoopReport:
        """So far: frames are those of `exam`."""
        books, stages, cpu = exam.ledger.snapshot(), self.times.all(), self.cpu.per_frame()
        return LoopReport(
            captured=books.captured,
            read=books.read,
            duplicates=books.duplicates,
            dropped={cause.value: count for cause, count in books.dropped.items()},
            in_flight=books.in_flight,
            unusable=unusable,
            unshown=unshown,
            lesion_frames=self._lesion_frames,
            fps=exam.rate.overall(),
            latency_ms=stages.pop(LATENCY, None),
            stage_ms=stages,
            cpu_ms_per_frame=cpu.loop_ms if cpu else None,
            source_cpu_ms_per_frame=cpu.source_ms if cpu else None,
            engine=description.engine,
            models=description.models,
            engine_falls=self.engine_falls,
        )
