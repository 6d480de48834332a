"""Pictures of a dynamic series: a phase, what it has more than before contrast, and projections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.breast_mri.analysis import Tissue
from senoscope.studies.pixels.grey_windows import AS_STORED, Contrast
from senoscope.ui.mri.cut_planes import CORRECTED, Corrected, CutSeries, Plane
from senoscope.ui.studies.hung_mammograms import reduced_to
from senoscope.ui.studies.lately_used import LatelyUsed

MOST_PROJECTIONS = 12
"""Of phases, each in three planes, with what is corrected: 3 MB each."""
_SAMPLED = 3
"""Every so many voxels each way are looked at for the windows."""
_HEADROOM = 1.1

Signal = NDArray[np.float32]


class Kind(StrEnum):
    """A phase as it is; less the phase before contrast; the most of that along each line."""

    PHASE = "phase"
    SUBTRACTION = "subtraction"
    PROJECTION = "projection"


@dataclass(frozen=True, slots=True)
class MriPictureAsked:
    """`phase` and `place` from 0. A projection is of the whole depth, or of the `breasts` alone."""

    plane: Plane
    place: int
    phase: int
    kind: Kind = Kind.PHASE
    corrected: Corrected = CORRECTED
    contrast: Contrast = AS_STORED
    breasts: bool = False


_ProjectionKey = tuple[int, Corrected, bool]


class PlanePictures:
    """Any thread may ask. Windows are of the series, so that phases can be compared."""

    def __init__(self, cut: CutSeries) -> None:
        self.cut = cut
        self._turn = Lock()
        self._projections: LatelyUsed[_ProjectionKey, Mapping[Plane, Signal]] = LatelyUsed(
            MOST_PROJECTIONS, lambda _: 1
        )
        self._before = cut.series.pre_contrast - 1
        self._signal_window, self._rise_most = self._windows()

    def jpeg(self, asked: MriPictureAsked, rows: int) -> bytes:
        """Of at most so many rows. SettingsError where the series has no such picture."""
        if not 0 <= asked.phase < len(self.cut.series.phases):
            raise SettingsError(
                f"Phase {asked.phase} was asked for; {len(self.cut.series.phases)} are read, "
                "counted from 0. Ask for one of them."
            )
        if asked.kind is Kind.PHASE:
            low, high = self._signal_window
            signal = self.cut.signal(asked.phase, asked.plane, asked.place, asked.corrected)
        else:
            low, high = 0.0, self._rise_most
            is_one = asked.kind is Kind.SUBTRACTION
            signal = self.rise(asked) if is_one else self._projection(asked)[asked.plane]
        shade = asked.contrast.of_greys((signal - low) / max(high - low, 1e-6))
        return reduced_to(np.asarray(np.clip(shade, 0, 1) * 255 + 0.5, np.uint8), rows)

    def rise(self, asked: MriPictureAsked) -> Signal:
        """How much brighter than before contrast; 0 where it is darker."""
        before, after = (
            self.cut.signal(phase, asked.plane, asked.place, asked.corrected)
            for phase in (self._before, asked.phase)
        )
        return np.asarray(np.maximum(after - before, 0), np.float32)

    def _projection(self, asked: MriPictureAsked) -> Mapping[Plane, Signal]:
        key = asked.phase, asked.corrected, asked.breasts
        # One at a time: the whole volume is gone through.
        with self._turn:
            known = self._projections.get(key)
            return known or self._projections.put(key, self._projected(*key))

    def _projected(self, phase: int, corrected: Corrected, breasts: bool) -> Mapping[Plane, Signal]:
        """The most of `rise` along each axis, from axial planes, one after the other."""
        found = {each: np.zeros(self.cut.size(each), np.float32) for each in Plane}
        head = self.cut.shape[0] - 1
        for place in range(self.cut.shape[0]):
            inside = None
            if breasts and self.cut.analysis is not None:
                tissue = self.cut.labels(self.cut.analysis.tissue, Plane.AXIAL, place)
                inside = (tissue & Tissue.BREAST) > 0
                if not inside.any():
                    continue
            rise = self.rise(MriPictureAsked(Plane.AXIAL, place, phase, corrected=corrected))
            if inside is not None:
                rise *= inside
            np.maximum(found[Plane.AXIAL], rise, out=found[Plane.AXIAL])
            found[Plane.CORONAL][head - place] = rise.max(axis=0)
            found[Plane.SAGITTAL][head - place] = rise.max(axis=1)
        return found

    def _windows(self) -> tuple[tuple[float, float], float]:
        """Of the breasts: the heart is so bright that they would be dark."""
        inside = self.cut.breasts(_SAMPLED)
        seen = [self.cut.sampled(each, _SAMPLED)[inside] for each in self.cut.series.phases]
        low = min(float(np.percentile(each, 1)) for each in seen)
        high = max(float(np.percentile(each, 99.8)) for each in seen) * _HEADROOM
        rise = max(float(np.percentile(each - seen[self._before], 99.8)) for each in seen)
        return (min(low, 0.3 * high), high), max(rise * _HEADROOM, 0.05 * abs(high), 1e-6)


def png(rgba: NDArray[np.uint8]) -> bytes:
    """(rows, columns, 4), red first."""
    turned = cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA)
    return cv2.imencode(".png", turned, (cv2.IMWRITE_PNG_COMPRESSION, 1))[1].tobytes()
