"""What the loop is measured on: pictures of the simulated breast, from memory or as a clip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.frame import Frame, Gray
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.sources.opencv import opencv
from senoscope.realtime.sources.pacing import Pace
from senoscope.realtime.sources.video_file import VideoFileSource

SEED, SWEEP, BEST = 6, 60, 8
"""A breast of which the shipped networks outline what is there: none, one or two lesions in a
frame. Of a sweep of so many frames, the so many that show their lesions largest."""
RAW = "raw"


class Codec(NamedTuple):
    """A file's `ending` and OpenCV's name of the codec."""

    ending: str
    fourcc: str


CODECS = {"MJPEG": Codec("avi", "MJPG"), "H.264": Codec("mp4", "avc1")}
"""By what people call them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures of `size` (columns, rows), RAW from memory or as a clip in one of CODECS.

    `lesions` 0 to 3 are in each of them, three only in a composed picture; None: a whole sweep.
    """

    size: tuple[int, int]
    codec: str = RAW
    lesions: int | None = None

    @property
    def name(self) -> str:
        """What a table calls it: "1024x768 raw, 1 lesion"."""
        columns, rows = self.size
        lesions = "" if self.lesions is None else f", {self.lesions} lesion{_s(self.lesions)}"
        return f"{columns}x{rows} {self.codec}{lesions}"

    def source(self, rate_hz: float, folder: Path) -> Source:
        """It played round and round. A clip is kept in `folder`, SourceUnavailable if it cannot."""
        if self.codec == RAW:
            return MemorySource(self.pictures(), rate_hz)
        file = folder / f"{self.size[0]}x{self.size[1]}.{CODECS[self.codec].ending}"
        if not file.exists():
            write_clip(self.pictures(), file, self.codec, rate_hz)
        return VideoFileSource(file, rate_hz, repeat=True)

    def pictures(self) -> list[Gray]:
        """(rows, columns) each."""
        sweep = _sweep(*self.size)
        if self.lesions is None:
            return [picture.pixels for picture in sweep]
        if self.lesions < 3:
            return _best(sweep, self.lesions)
        return [
            _beside(*pair, self.size) for pair in zip(_best(sweep, 2), _best(sweep, 1), strict=True)
        ]


def _s(count: int) -> str:
    return "" if count == 1 else "s"


class MemorySource:
    """Plays `pictures` round and round at `rate_hz`; a grab copies nothing."""

    name = "memory"
    simulated = True

    def __init__(self, pictures: Sequence[Gray], rate_hz: float) -> None:
        self._pictures = pictures
        self._pace = Pace(rate_hz)
        self._numbering = Numbering(self.name, simulated=True)

    def open(self) -> None:
        """Nothing is needed."""

    def grab(self) -> Frame | None:
        """Wait for the next frame; None once closed."""
        if not self._pace.wait():
            return None
        return self._numbering.frame(self._pictures[self._numbering.count % len(self._pictures)])

    def close(self) -> None:
        """Stop."""
        self._pace.stop()


def write_clip(pictures: Iterable[Gray], file: Path, codec: str, rate_hz: float) -> None:
    """Write (rows, columns) `pictures`, all of one size, by one of CODECS.

    SourceUnavailable where OpenCV cannot.
    """
    cv2 = opencv()
    writer = None
    for picture in pictures:
        if writer is None:
            code = cv2.VideoWriter_fourcc(*CODECS[codec].fourcc)
            size = (picture.shape[1], picture.shape[0])
            writer = cv2.VideoWriter(str(file), cv2.CAP_FFMPEG, code, rate_hz, size)
            if not writer.isOpened():
                raise SourceUnavailable(
                    f"OpenCV writes no {codec} here. It needs a build with that encoder "
                    "(opencv-python has none for H.264) and free disk space; or measure a clip of "
                    "your own: `senoscope live --headless --source FILE`."
                )
        writer.write(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    if writer is not None:
        writer.release()


class _Simulated(NamedTuple):
    """`least_px` is the area of its smallest lesion."""

    pixels: Gray
    lesions: int
    least_px: int


@cache
def _sweep(columns: int, rows: int) -> tuple[_Simulated, ...]:
    """Rendered once: that takes longer than reading."""
    return tuple(
        _Simulated(
            frame.pixels,
            len(frame.truth),
            min((int(lesion.mask.sum()) for lesion in frame.truth), default=0),
        )
        for frame in BModePhantom(SEED, columns, rows).sweep(SWEEP)
    )


def _best(sweep: Iterable[_Simulated], lesions: int) -> list[Gray]:
    """In the sweep's order of size, not of time: neighbours differ, so none is a duplicate."""
    these = [picture for picture in sweep if picture.lesions == lesions]
    return [picture.pixels for picture in sorted(these, key=lambda each: each.least_px)[-BEST:]]


def _beside(two: Gray, one: Gray, size: tuple[int, int]) -> Gray:
    """Both squeezed into one picture, as much of it for each as it has lesions."""
    cv2 = opencv()
    columns, rows = size
    split = columns * 2 // 3
    parts = [
        cv2.resize(picture, (width, rows), interpolation=cv2.INTER_AREA)
        for picture, width in ((two, split), (one, columns - split))
    ]
    return np.hstack(parts)
