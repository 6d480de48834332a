"""A recorded sweep whose frames are decoded one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing


class ClipFrames(Protocol):
    """Frames by their place from 0, each decoded when it is asked for and kept by nobody."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, place: int, /) -> NDArray[np.uint8]:
        """(rows, columns) grey or (rows, columns, 3) red, green, blue.

        ImageError where this frame cannot be used, SourceLost where the file is gone.
        """


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames and what is known of them.

    `frame_times_ms` says when each was shown: from 0, rising. `scan_area` is the part that is
    calibrated 2-D tissue; None: unknown. `pixel_spacing` holds in it; None: millimetres are
    unknown. `name` is shown: never a patient's, nor a file's.
    """

    frames: ClipFrames
    frame_times_ms: tuple[float, ...]
    pixel_spacing: PixelSpacing | None
    scan_area: ScanArea | None
    name: str

    def __post_init__(self) -> None:
        if not self.name:
            raise ImageError('A clip without a name was given; expected one such as "DICOM cine".')
        times = self.frame_times_ms
        if not times or len(times) != len(self.frames):
            raise ImageError(
                f"A clip of {len(self.frames)} frames and {len(times)} frame times was given; "
                "expected as many times as frames, and one at least. Export the clip again."
            )
        rising = all(earlier < later for earlier, later in pairwise(times))
        if times[0] != 0 or not rising or not isfinite(times[-1]):
            raise ImageError(
                f"A clip's frame times go from {times[0]:g} to {times[-1]:g} ms; expected them to "
                "rise from 0. Export the clip again."
            )
