"""What a frame costs in the whole loop, from grab to encoded picture with its reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event
from time import process_time

from senoscope.domain.errors import InstallationError, SenoscopeError, SettingsError, SourceLost
from senoscope.domain.frame import Frame
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.loop_report import LoopReport
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.benchmark_source import CODECS, Shown
from senoscope.realtime.worker import BuildReader

LONGEST_S = 600.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the loop shows, to how many `viewers`, in how many `streams` at once."""

    shown: Shown
    viewers: int = 0
    streams: int = 1

    @property
    def name(self) -> str:
        """What a table calls it: "1024x768 raw, 4 viewers"."""
        several = ((self.viewers, 1, "viewer"), (self.streams, 2, "stream"))
        said = (
            f", {count} {noun}{'s' * (count > 1)}"
            for count, least, noun in several
            if count >= least
        )
        return self.shown.name + "".join(said)


SMALL, USUAL, LARGE = (512, 384), (1024, 768), (1920, 1080)
RUNS = (
    Run(Shown(SMALL)),
    Run(Shown(USUAL)),
    Run(Shown(LARGE)),
    *(Run(Shown(size, codec)) for size in (USUAL, LARGE) for codec in CODECS),
    *(Run(Shown(USUAL, lesions=lesions)) for lesions in range(4)),
    *(Run(Shown(USUAL), viewers=viewers) for viewers in (1, 4, 8)),
    Run(Shown(USUAL), streams=2),
)
"""What grows, grows from the second of these."""


@dataclass(frozen=True, slots=True)
class LoopFigures:
    """Of one run: what each of its streams reports, and two figures over all of them.

    `cpu_ms_per_frame` is of a captured frame of any stream; a stream's own report counts the main
    process whole. `findings_per_reading` is of readings that were shown. None: nothing measured.
    """

    cpu_ms_per_frame: float | None
    findings_per_reading: float | None
    reports: tuple[LoopReport, ...]


@dataclass(frozen=True, slots=True)
class LoopRow:
    """One run; `refused` says why there are no figures."""

    name: str
    refused: str | None = None
    figures: LoopFigures | None = None


def loop_row(
    run: Run, make_source: Callable[[], Source], build_reader: BuildReader, frames: int
) -> LoopRow:
    """Run the loop on `frames` frames of each stream, which has a source of its own."""
    try:
        return LoopRow(run.name, None, _figures(run, make_source, build_reader, frames))
    except SenoscopeError as error:
        return LoopRow(run.name, str(error))


def _figures(
    run: Run, make_source: Callable[[], Source], build_reader: BuildReader, frames: int
) -> LoopFigures:
    ready, found = Event(), _Found()
    loops = [
        LiveLoop(_Portion(make_source(), frames, ready), build_reader, judges=False)
        for _ in range(run.streams)
    ]
    loops[0].subscribe(found)
    with ExitStack() as stack:
        for loop in loops:
            for _ in range(run.viewers):
                loop.subscribe(_look)
            stack.callback(loop.stop)
            loop.start(wait_for_reader=True)
        ready.set()
        began_s = process_time()
        for loop in loops:
            _wait(loop)
        main_ms = (process_time() - began_s) * 1e3
    reports = [loop.report() for loop in loops]
    captured = sum(report.captured for report in reports)
    cpu_ms = _cpu_ms(reports, main_ms / captured) if captured else None
    return LoopFigures(cpu_ms, found.per_reading(), tuple(reports))


def _wait(loop: LiveLoop) -> None:
    in_time = loop.wait(None, LONGEST_S)
    status = loop.status()
    if status.error:
        raise SourceLost(status.error)
    if status.ai_message:
        raise InstallationError(f"Not every frame could be read: {status.ai_message}")
    if not in_time:
        raise SettingsError(
            f"The frames did not all come within {LONGEST_S:g} s. Ask for fewer --frames."
        )


def _cpu_ms(reports: Sequence[LoopReport], main_ms: float) -> float | None:
    """Of a frame of any stream. `main_ms` of it are the main process's, which serves all streams.

    Each report has divided the whole of that by its own frames.
    """
    told = [each.cpu_ms_per_frame for each in reports if each.cpu_ms_per_frame is not None]
    if len(told) < len(reports):
        return None
    return sum(told) / len(told) - (len(told) - 1) * main_ms


class _Portion:
    """The first `frames` of a source, none before `ready`: all streams of a run begin together."""

    def __init__(self, source: Source, frames: int, ready: Event) -> None:
        self._source, self._left, self._ready = source, frames, ready
        self.name, self.simulated = source.name, source.simulated
        self.open = source.open

    def grab(self) -> Frame | None:
        self._ready.wait()
        self._left -= 1
        return self._source.grab() if self._left >= 0 else None

    def close(self) -> None:
        # The loop ends: nobody should still wait.
        self._ready.set()
        self._source.close()


class _Found:
    """A viewer that counts the findings of each reading it is shown."""

    def __init__(self) -> None:
        self._newest = -1
        self._readings = self._findings = 0

    def __call__(self, published: PublishedFrame) -> None:
        reading = published.reading
        if reading is not None and reading.frame_index > self._newest:
            self._newest = reading.frame_index
            self._readings += 1
            self._findings += len(reading.findings)

    def per_reading(self) -> float | None:
        return self._findings / self._readings if self._readings else None


def _look(published: PublishedFrame) -> None:
    """As a viewer does that sends the picture on: it takes a copy."""
    bytearray(published.jpeg)
