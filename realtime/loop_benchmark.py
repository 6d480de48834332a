"""What a frame costs in the whole loop, from grab to encoded picture with its reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from senoscope.domain.errors import SenoscopeError, SourceUnavailable
from senoscope.domain.frame import Gray
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.loop_report import LoopReport
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.opencv import opencv
from senoscope.realtime.worker import BuildReader

LONGEST_S = 600.0
CODECS = {"MJPEG": ("clip.avi", "MJPG"), "H.264": ("clip.mp4", "avc1")}
"""A file's name and OpenCV's name of the codec, by what people call it."""


@dataclass(frozen=True, slots=True)
class LoopRow:
    """One run, or several loops at once; `refused` says why there are no figures.

    Of several loops it is the one that read fewest frames; its processor time then holds what the
    others used of the main process, too.
    """

    name: str
    refused: str | None = None
    report: LoopReport | None = None

    def as_json(self) -> dict[str, Any]:
        """All figures."""
        return asdict(self)


def loop_row(
    name: str,
    sources: Sequence[Callable[[], Source]],
    build_reader: BuildReader,
    frames: int,
    viewers: int = 0,
) -> LoopRow:
    """Run a loop on each source until `frames` frames were captured, `viewers` watching each."""
    try:
        loops = [LiveLoop(source(), build_reader) for source in sources]
        with ExitStack() as stack:
            for loop in loops:
                for _ in range(viewers):
                    loop.subscribe(_look)
                stack.callback(loop.stop)
                loop.start(wait_for_reader=True)
            for loop in loops:
                loop.wait(frames, LONGEST_S)
        reports = [loop.report() for loop in loops]
        errors = [loop.status().error for loop in loops if loop.status().error]
    except SenoscopeError as error:
        return LoopRow(name, str(error))
    if errors:
        return LoopRow(name, errors[0])
    return LoopRow(name, None, min(reports, key=lambda report: report.read))


def write_clip(frames: Iterable[Gray], folder: Path, codec: str, rate_hz: float) -> Path:
    """A clip of (rows, columns) `frames` in `folder`. SourceUnavailable where OpenCV cannot."""
    cv2 = opencv()
    name, code = CODECS[codec]
    path, writer = folder / name, None
    for frame in frames:
        if writer is None:
            size = (frame.shape[1], frame.shape[0])
            fourcc = cv2.VideoWriter_fourcc(*code)
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, fourcc, rate_hz, size)
            if not writer.isOpened():
                raise SourceUnavailable(
                    f"OpenCV writes no {codec} here; expected a build that does. Measure a clip of "
                    "your own with `senoscope live --headless --source FILE`."
                )
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    if writer is not None:
        writer.release()
    return path


def _look(published: PublishedFrame) -> None:
    """As a viewer does that takes the picture: it is the same bytes for all."""
    np.frombuffer(published.jpeg, np.uint8)
