"""The last seconds of an exam, held in bounded memory to be looked at again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from senoscope.realtime.published import LoopStatus, PublishedFrame
from senoscope.ui.frames.overlay import USUAL_AGES, MaskAges, frame_header
from senoscope.ui.frames.packed import packed

CINE_S = 20.0
WHOLE_BYTES = 384 * 2**20
"""Of pixels as captured: the newest 16 s of 1024x768 at 30 frames a second. Of what is older only
the JPEG is kept, a sixth of it."""
MOST_FRAMES = 2400


@dataclass(frozen=True, slots=True)
class HeldFrame:
    """A frame that can still be shown and saved, and how the loop was doing when it came.

    `whole` is False where only its JPEG is left; its pixels are then 0 until it is `restored`.
    `ages` say how old a reading may be to be drawn on it.
    """

    sequence: int
    published: PublishedFrame
    status: LoopStatus
    whole: bool = True
    ages: MaskAges = USUAL_AGES

    def message(self, cine: tuple[int, int] | None = None) -> bytes:
        """What browsers are sent. With `cine` it is frozen: the first and last sequence held."""
        frozen = cine is not None
        header = frame_header(self.published, self.sequence, self.status, frozen, self.ages)
        return packed(header | {"cine": cine, "whole": self.whole}, self.published.jpeg)

    def thinned(self) -> HeldFrame:
        """The same without the pixels as captured."""
        frame = self.published.frame
        nothing = np.broadcast_to(np.zeros(1, np.uint8), frame.pixels.shape)
        published = replace(self.published, frame=replace(frame, pixels=nothing))
        return replace(self, published=published, whole=False)

    def restored(self) -> HeldFrame:
        """The same with pixels again, from its JPEG where those as captured are gone."""
        if self.whole:
            return self
        pixels = cv2.imdecode(np.frombuffer(self.published.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        frame = replace(self.published.frame, pixels=np.asarray(pixels, np.uint8))
        return replace(self, published=replace(self.published, frame=frame))

    def is_read_itself(self) -> bool:
        """Whether its reading is of this very frame."""
        return self.published.reading_age_ms == 0

    def is_just_before(self, other: HeldFrame) -> bool:
        """Whether it shows what `other` shows, or did while a reading of it is still drawn."""
        own, others = self.published, other.published
        age_ns = others.frame.captured_at_ns - own.frame.captured_at_ns
        same = own.source_name == others.source_name and own.scan_area == others.scan_area
        same = same and own.frame.size == others.frame.size and own.exam == others.exam
        return (
            same
            and self.sequence <= other.sequence
            and 0 <= age_ns <= self.ages.gone_after_ms * 1e6
        )


class CineRing:
    """The newest frames in their order. Whoever uses it takes turns."""

    def __init__(self) -> None:
        self._frames: deque[HeldFrame] = deque()
        self._whole_bytes = 0

    def __iter__(self) -> Iterator[HeldFrame]:
        return iter(self._frames)

    def __reversed__(self) -> Iterator[HeldFrame]:
        return reversed(self._frames)

    def add(self, held: HeldFrame) -> None:
        """Hold another; a late reading goes to its own frame."""
        self._pair(held)
        self._frames.append(held)
        self._whole_bytes += held.published.frame.pixels.nbytes
        self._thin()
        oldest_ns = held.published.frame.captured_at_ns - CINE_S * 1e9
        while (
            len(self._frames) > MOST_FRAMES
            or self._frames[0].published.frame.captured_at_ns < oldest_ns
        ):
            dropped = self._frames.popleft()
            self._whole_bytes -= dropped.published.frame.pixels.nbytes * dropped.whole

    def clear(self) -> None:
        """Hold nothing."""
        self._frames.clear()
        self._whole_bytes = 0

    def _thin(self) -> None:
        """Let go of the oldest pixels until the rest fits: one frame may be larger than many."""
        for place, held in enumerate(self._frames):
            if self._whole_bytes <= WHOLE_BYTES:
                return
            if held.whole:
                self._frames[place] = held.thinned()
                self._whole_bytes -= held.published.frame.pixels.nbytes

    def _pair(self, newest: HeldFrame) -> None:
        """Give an earlier frame its own reading, which came after it was shown."""
        reading, tracks = newest.published.reading, newest.published.tracks
        if reading is None or newest.is_read_itself():
            return
        for place in reversed(range(len(self._frames))):
            held = self._frames[place]
            if not held.is_just_before(newest):
                return
            if held.published.frame.index == reading.frame_index:
                paired = replace(held.published, reading=reading, tracks=tracks, reading_age_ms=0.0)
                self._frames[place] = replace(held, published=paired)
                return
