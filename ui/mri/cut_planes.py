"""Planes cut through a dynamic series, whichever way its slices lie, as they are looked at.

Voxels of the page are [z, y, x] as if cut axially: z rises to the head, y to the back, x to the
patient's left. Pictures are seen as radiologists hang them: the patient's right at the left, the
front above or at the left, the head above.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.breast_mri.analysis import Motion, MriAnalysis, Tissue
from senoscope.models.programmed.breast_mri.coarse_grid import in_box
from senoscope.models.programmed.breast_mri.motion import moved
from senoscope.models.programmed.breast_mri.orientation import Turn

Three = tuple[int, int, int]


class Plane(StrEnum):
    """By what is met along each picture's rows and columns."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"

    @property
    def across(self) -> int:
        """The axis of [z, y, x] that stands upright on the picture."""
        return {"axial": 0, "coronal": 1, "sagittal": 2}[self.value]

    @property
    def axes(self) -> tuple[int, int]:
        """Those of the picture's rows and columns."""
        rows, columns = (each for each in range(3) if each != self.across)
        return rows, columns


@dataclass(frozen=True, slots=True)
class Corrected:
    """What is made good before anything is shown: motion between phases, shading of the coil."""

    motion: bool = True
    shading: bool = True


CORRECTED = Corrected()


@dataclass(frozen=True, slots=True)
class _Way:
    """How the stored volume is turned so that its first axis stands on the plane."""

    order: Three
    flips: tuple[bool, bool, bool]


class CutSeries:
    """A series, and what was made of it where that may be used; pictures as the module says."""

    def __init__(self, series: DynamicSeries, analysis: MriAnalysis | None = None) -> None:
        self.series, self.analysis = series, analysis
        self._turn = Turn.of(series.geometry)
        slices, rows, columns = (series.shape[axis] for axis in self._turn.order)
        self.shape: Three = slices, rows, columns
        self.spacing_mm = self._turn.three(series.geometry.spacing_mm)

    def signal(
        self, phase: int, plane: Plane, place: int, corrected: Corrected
    ) -> NDArray[np.float32]:
        """(rows, columns) of phase `phase`, from 0, on the voxels of the phase before contrast."""
        way, at = self._way(plane, place)
        volume = self.series.phases[phase].transpose(way.order)
        motion = self._motion(phase, way) if corrected.motion else None
        found = moved(volume, motion, 0, [at])[0]
        if corrected.shading and self.analysis is not None and self.analysis.bias is not None:
            step = self.analysis.bias_step
            bias = self.analysis.bias.transpose(way.order)
            steps = step[way.order[0]], step[way.order[1]], step[way.order[2]]
            here = range(at, at + 1), range(found.shape[0]), range(found.shape[1])
            found = found / in_box(bias, steps, here)[0]
        return np.asarray(self._seen(found, way, plane), np.float32)

    def labels(self, volume: NDArray[Any], plane: Plane, place: int) -> NDArray[Any]:
        """The same of a volume on the stored grid."""
        way, at = self._way(plane, place)
        return np.asarray(self._seen(volume.transpose(way.order)[at], way, plane))

    def turned(self, volume: NDArray[Any]) -> NDArray[Any]:
        """A view of a stored volume as [z, y, x]."""
        return self._turn.there(volume)

    def voxel(self, stored: tuple[float, float, float]) -> tuple[float, float, float]:
        """[z, y, x] of a stored voxel."""
        found = []
        for axis, flip in zip(self._turn.order, self._turn.flips, strict=True):
            found.append(self.series.shape[axis] - 1 - stored[axis] if flip else stored[axis])
        return found[0], found[1], found[2]

    def breasts(self, every: int = 1) -> NDArray[np.bool_]:
        """Of every so many stored voxels which lie in the breasts.

        Where that is not known, those in the front half: the heart lies behind.
        """
        if self.analysis is not None:
            inside = self.sampled(self.analysis.tissue, every) & np.uint8(Tissue.BREAST) > 0
            if inside.any():
                return np.asarray(inside)
        front = np.zeros(self.series.shape, np.bool_)
        self._turn.there(front)[:, : self.shape[1] // 2] = True
        return self.sampled(front, every)

    @staticmethod
    def sampled(volume: NDArray[Any], every: int) -> NDArray[Any]:
        """Of every so many voxels each way; signals as float32."""
        few = volume[::every, ::every, ::every]
        return few if few.dtype in (np.bool_, np.uint8) else np.asarray(few, np.float32)

    def size(self, plane: Plane) -> tuple[int, int]:
        """Rows and columns of its pictures."""
        rows, columns = plane.axes
        return self.shape[rows], self.shape[columns]

    def on_picture(self, voxel: Three, plane: Plane) -> tuple[int, int]:
        """Row and column of a voxel [z, y, x] on the picture that it lies on."""
        rows, columns = plane.axes
        row = voxel[rows]
        return (row if plane is Plane.AXIAL else self.shape[0] - 1 - row), voxel[columns]

    def require(self, voxel: Three) -> None:
        """SettingsError where it lies outside."""
        if not all(0 <= each < many for each, many in zip(voxel, self.shape, strict=True)):
            raise SettingsError(
                f"Voxel {list(voxel)} was asked for; the volume has {list(self.shape)} voxels, "
                "counted from 0. Ask for one within it."
            )

    def _way(self, plane: Plane, place: int) -> tuple[_Way, int]:
        many = self.shape[plane.across]
        if not 0 <= place < many:
            raise SettingsError(
                f"Slice {place} was asked for; the {plane.value} plane has {many}, counted from 0. "
                "Ask for one of them."
            )
        axes = plane.across, *plane.axes
        order = tuple(self._turn.order[each] for each in axes)
        flips = tuple(self._turn.flips[each] for each in axes)
        way = _Way((order[0], order[1], order[2]), (flips[0], flips[1], flips[2]))
        return way, many - 1 - place if way.flips[0] else place

    def _motion(self, phase: int, way: _Way) -> Motion | None:
        motion = None if self.analysis is None else self.analysis.motion
        if motion is None:
            return None
        away = motion.displacement[phase].transpose((*way.order, 3))[..., list(way.order)]
        steps = [motion.step[axis] for axis in way.order]
        return Motion((steps[0], steps[1], steps[2]), away[None])

    def _seen(self, cut: NDArray[Any], way: _Way, plane: Plane) -> NDArray[Any]:
        cut = cut[:: -1 if way.flips[1] else 1, :: -1 if way.flips[2] else 1]
        return cut if plane is Plane.AXIAL else cut[::-1]
