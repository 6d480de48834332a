"""What the loop publishes: frames with their reading, and how it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.reading import (
    EVERYTHING_UNCERTAIN,
    OperatingPoint,
    ReaderDescription,
    Reading,
    Unsuitable,
)
from senoscope.domain.track import Track
from senoscope.realtime.exam import ExamName


class AiState(StrEnum):
    """What the reading process is doing."""

    STARTING = "starting"
    READING = "reading"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class LoopStatus:
    """How the loop is doing, at one moment.

    `ai_message` says in plain words why the AI is off, "" when it reads. `engine` is what the page
    calls the back end, "OpenVINO int8". `latency_p95_ms` is of the present source, 0 while nothing
    is read. `exam` is the present one. `aligned`: frames wait for their own readings. `ended`: no
    more frames will come; `lost`: the source has gone, perhaps for now. `error` says why and what
    to do, "" when all is well. `progress` of opening a source is 0..1, None when nothing is being
    opened. `server` and `fallback` are as of ReaderDescription; `fell_back` says that the fallback
    read the last frame, and `engine_falls` how many it read of the run.
    """

    source_name: str
    simulated: bool
    ai_state: AiState
    ai_message: str
    ai_restarts: int
    engine: str
    models: tuple[str, ...]
    fps: float
    latency_p95_ms: float
    exam: ExamName
    aligned: bool
    ended: bool
    lost: bool
    error: str
    progress: float | None
    operating_point: OperatingPoint = EVERYTHING_UNCERTAIN
    server: str = ""
    fallback: str = ""
    fell_back: bool = False
    engine_falls: int = 0

    @property
    def reader(self) -> ReaderDescription:
        """Who reads."""
        return ReaderDescription(
            self.engine, self.models, self.operating_point, self.server, self.fallback
        )


@dataclass(frozen=True, slots=True)
class ReadFrame:
    """A frame that was read, told as soon as it was, whether it was shown by then or not.

    `scan_area` is what it was cut from, None where it is all of the source's picture.
    """

    frame: Frame
    reading: Reading
    tracks: tuple[Track, ...]
    source_name: str
    exam: ExamName
    scan_area: ScanArea | None = None


@dataclass(frozen=True, slots=True)
class PublishedFrame:
    """One frame on its way to the viewers.

    `jpeg` is the frame's picture, encoded once. `reading` is the newest there is, None before the
    first; `tracks` are the exam's lesions as of it. `reading_age_ms` is how much older the
    reading's frame is than this one: 0 when the reading is of this very frame, None without a
    reading. `source_name`, `scan_area` (None: the whole picture) and `exam` are those that this
    very frame came from; the loop may have left them since. `still`: the frame before had these
    very pixels. `unsuitable` says why it is not read; of a FROZEN one the reading before holds.
    `drawn_on`: only a few pixels of a still picture changed, as by calipers.
    """

    frame: Frame
    jpeg: bytes
    reading: Reading | None
    tracks: tuple[Track, ...]
    reading_age_ms: float | None
    source_name: str
    scan_area: ScanArea | None
    exam: ExamName
    still: bool = False
    unsuitable: Unsuitable | None = None
    drawn_on: bool = False
