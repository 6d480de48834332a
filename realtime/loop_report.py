"""What a loop has done, as numbers to publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from senoscope.realtime.timing import Percentiles


@dataclass(frozen=True, slots=True)
class LoopReport:
    """The sums of one run of a loop. None where nothing was measured.

    `captured` = `read` + `duplicates` + all `dropped` + `in_flight`. `unusable` counts what the
    present source sent that was no usable picture, and so was not captured; `unshown` counts
    pictures no viewer was in time for, of whatever fate.

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
