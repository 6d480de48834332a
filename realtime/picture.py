"""A captured frame on its way through the loop."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from senoscope.domain.frame import Frame, Gray, ScanArea
from senoscope.domain.reading import Reading, Unsuitable
from senoscope.domain.track import Track
from senoscope.realtime.exam import Exam
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.screen import Screen

SAMPLE_ROWS, SAMPLE_COLUMNS = 37, 41
"""Every so many pixels are compared first; primes, so that no grid on the screen hides a change."""


@dataclass(frozen=True, slots=True)
class View:
    """What the loop shows: one source's frames in one framing.

    `generation` is one higher after each switch of source, framing or exam. `screen` frames
    its pictures, of which with `stills` each stands for itself; `scan_area` and `finding` are a
    picture's own, see `screen.Seen`.
    """

    generation: int
    source_name: str
    exam: Exam
    screen: Screen
    stills: bool = False
    scan_area: ScanArea | None = None
    finding: int = 0

    @property
    def place(self) -> tuple[int, int]:
        """Where lesions are followed: of another they are other lesions."""
        return self.generation, self.finding


@dataclass(eq=False, slots=True)
class Picture:
    """One captured frame, and what has become of it.

    `number` counts the captured frames of a whole loop from 0, across sources. `view` is what the
    loop showed when it came. `twin` is the earlier picture with the same pixels, whose reading
    holds for this one too; None where the pixels are new. `settled` is True once nothing more will
    come from the AI: then `reading` is there, and `tracks`, the lesions followed as far as this
    frame; or it was dropped. `unsuitable` says why it is not to be read, None where it may be;
    `drawn_on` that only a few pixels of a still picture changed. Times are `time.monotonic_ns()`,
    0 before they happened; `came_at_ns` is when the loop took it: a clip that is read flat out
    says its own times of capture.
    """

    frame: Frame
    number: int
    view: View
    twin: Picture | None = None
    reading: Reading | None = None
    tracks: tuple[Track, ...] = ()
    settled: bool = False
    unsuitable: Unsuitable | None = None
    drawn_on: bool = False
    came_at_ns: int = field(default_factory=time.monotonic_ns)
    encoded_at_ns: int = 0
    read_at_ns: int = 0

    @property
    def original(self) -> Picture:
        """The picture that is read for this one: its twin, or itself."""
        return self.twin or self

    @property
    def abstains(self) -> bool:
        """True where it is not to be read. A frozen picture is what it was before."""
        return self.unsuitable not in (None, Unsuitable.FROZEN)

    @property
    def was_dropped(self) -> bool:
        """True once it is certain that nobody reads it."""
        return self.settled and self.reading is None

    @property
    def latency_ms(self) -> float | None:
        """From its coming until picture and reading were both ready; None before."""
        if not (self.encoded_at_ns and self.read_at_ns):
            return None
        ready_ns = max(self.encoded_at_ns, self.read_at_ns)
        return (ready_ns - self.came_at_ns) / 1e6

    def as_read(self, reading: Reading, tracks: tuple[Track, ...] = ()) -> ReadFrame:
        """As it is told to those who wait for readings."""
        view = self.view
        name, area = view.exam.name, view.scan_area
        return ReadFrame(self.frame, reading, tracks, view.source_name, name, area)


def same_pixels(first: Gray, second: Gray) -> bool:
    """Whether two (rows, columns) pictures are equal; cheap where they differ, as live ones do."""
    if first.shape != second.shape:
        return False
    sample = np.s_[::SAMPLE_ROWS, ::SAMPLE_COLUMNS]
    return np.array_equal(first[sample], second[sample]) and np.array_equal(first, second)
