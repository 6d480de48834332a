"""What was heard of one clip's frames, as far as a study's reading needs it.

Of a lesion that is followed the frame that shows it best is kept, of others none: a long cine takes
no more memory than a short one, but for its outlines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.clip import Clip
from senoscope.domain.frame import ScanArea
from senoscope.domain.reading import Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, SpacingOrigin
from senoscope.domain.track import Track
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.tracking.key_frames import CLEARLY_BETTER, frame_score
from senoscope.realtime.tracking.tracker import USUAL
from senoscope.studies.modes.seen_lesion import SeenLesion


class HeardFrames:
    """Told every frame of `clip` in its order, on one thread; asked once it has ended.

    A clip too short for any lesion to be steady is taken for stills: each finding of each frame is
    a lesion by itself. Of a longer one lesions are those that were steady, each on the frames on
    which it was found.
    """

    def __init__(self, clip: Clip) -> None:
        self.read: set[int] = set()
        """Places of the frames that were read, from 0."""
        self.unsuitable: Counter[Unsuitable] = Counter()
        self._clip = clip
        self._stills = len(clip.frames) < USUAL.steady_frames
        self._by_itself: list[SeenLesion] = []
        self._followed: dict[int, SeenLesion] = {}
        self._before: Mapping[int, Track] = {}
        self._spacings: set[CalibratedSpacing] = set()
        if clip.pixel_spacing is not None:
            self._spacings.add(CalibratedSpacing(clip.pixel_spacing, SpacingOrigin.DICOM_REGION))

    def hear(self, place: int, read: ReadFrame) -> None:
        """The frame at `place` of the clip."""
        reading = read.reading
        if reading.unsuitable is not None:
            self.unsuitable[reading.unsuitable] += 1
            self._before = {}
            return
        self.read.add(place)
        if read.frame.spacing is not None:
            self._spacings.add(read.frame.spacing)
        if self._stills:
            self._by_itself += self._single(place, read)
        else:
            self._follow(place, read)

    def repeat(self, alike: Mapping[int, int]) -> None:
        """Frames with the pixels of an earlier one, place by place, were read with it."""
        for place, original in alike.items():
            if original in self.read:
                self.read.add(place)
                for lesion in self.lesions():
                    if original in lesion.contours:
                        lesion.contours[place] = lesion.contours[original]

    @property
    def spacing(self) -> CalibratedSpacing | None:
        """The file's, else that of all frames read; None where they differ, or none has one."""
        return next(iter(self._spacings)) if len(self._spacings) == 1 else None

    def lesions(self) -> list[SeenLesion]:
        """In the order of their numbers, or of frames."""
        return self._by_itself or [self._followed[each] for each in sorted(self._followed)]

    def _single(self, place: int, read: ReadFrame) -> list[SeenLesion]:
        offset = self._offset(read)
        return [
            SeenLesion(
                {place: found.lesion.contour + offset},
                *(place, found.lesion, read.frame, offset),
                *(found.probability, found.probability, found.probability, found.suspicion),
            )
            for found in read.reading.findings
        ]

    def _follow(self, place: int, read: ReadFrame) -> None:
        steady = {each.number: each for each in read.tracks if each.is_steady}
        for number, track in steady.items():
            self._look(place, read, track, self._before.get(number))
        self._before = steady

    def _look(self, place: int, read: ReadFrame, track: Track, before: Track | None) -> None:
        known = self._followed.get(track.number)
        if track.finding is not None:
            score, offset = frame_score(track, before, read.frame), self._offset(read)
            contours = {} if known is None else known.contours
            contours[place] = track.lesion.contour + offset
            if known is None or score > CLEARLY_BETTER * known.score:
                shown = place, track.lesion, read.frame, offset
                known = SeenLesion(contours, *shown, 0.0, 0.0, 0.0, None, score)
                self._followed[track.number] = known
        if known is not None:
            known.probability, known.suspicion = track.probability, track.suspicion
            known.lowest, known.highest = track.lowest, track.highest

    def _offset(self, read: ReadFrame) -> NDArray[np.float32]:
        """[x, y] from the read frame to the whole stored image."""
        areas: list[ScanArea | None] = [self._clip.scan_area, read.scan_area]
        left = sum(each.left for each in areas if each is not None)
        top = sum(each.top for each in areas if each is not None)
        return np.array([left, top], np.float32)
