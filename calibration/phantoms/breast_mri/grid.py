"""Where the voxels of a simulated volume lie, as it is made (axial) and as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import AXIAL, SAGITTAL, VolumeGeometry
from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality

Three = tuple[float, float, float]
FIELD_MM = (150.0, 216.0, 360.0)
"""Seen of the patient: from foot to head, front to back, right to left (both breasts)."""
DEFAULT_MM = 1.8
FRONT_MM = -118.0
"""Of the field, from the sternum's front towards the bed."""
MOST_VOXELS = 80_000_000


class Orientation(StrEnum):
    """Of the slices."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"


@dataclass(frozen=True)
class SimulatedGrid:
    """Axial: `shape` voxels (foot to head, front to back, right to left) of `spacing_mm`.

    The first one's centre is at `corner_mm`, in the same order: from the middle of the breasts'
    height, from the front of the sternum, from the middle of the body.
    """

    shape: tuple[int, int, int]
    spacing_mm: Three
    corner_mm: Three
    orientation: Orientation = Orientation.AXIAL

    @classmethod
    def of(
        cls,
        shape: tuple[int, int, int] | None,
        spacing_mm: Three | None,
        orientation: str,
        side: Laterality | None,
    ) -> SimulatedGrid:
        """`shape` and `spacing_mm` as the volume is kept: (slices, rows, columns).

        Without them the whole field at DEFAULT_MM, half of its width where one `side` is asked for.
        """
        if orientation not in tuple(Orientation):
            raise SettingsError(
                f"The orientation {orientation[:32]!r} was given; expected axial or sagittal."
            )
        turned = Orientation(orientation)
        deep, high, wide = FIELD_MM
        field = (deep, high, wide / 2 if side else wide)
        counts, steps = _as_made(shape, turned), _as_made(spacing_mm, turned)
        if steps is None:
            steps = _steps(field, counts)
        if counts is None:
            counts = tuple(round(mm / step) for mm, step in zip(field, steps, strict=True))
        _check(counts, steps)
        middle = {None: 0.0, Laterality.LEFT: 0.25, Laterality.RIGHT: -0.25}[side] * wide
        corner = (
            -(counts[0] - 1) / 2 * steps[0],
            FRONT_MM + steps[1] / 2,
            middle - (counts[2] - 1) / 2 * steps[2],
        )
        deep, high, wide = counts
        return cls((deep, high, wide), (steps[0], steps[1], steps[2]), corner, turned)

    def along(self, axis: int) -> NDArray[np.float32]:
        """Places of the voxel centres, mm."""
        steps = np.arange(self.shape[axis], dtype=np.float32) * np.float32(self.spacing_mm[axis])
        return np.asarray(steps + np.float32(self.corner_mm[axis]), np.float32)

    def voxel(self, place_mm: Three) -> Three:
        """Of a place (height, depth, across), in the axial volume."""
        z, y, x = (
            (at - corner) / step
            for at, corner, step in zip(place_mm, self.corner_mm, self.spacing_mm, strict=True)
        )
        return z, y, x

    def kept(self, volume: NDArray[Any]) -> NDArray[Any]:
        """An axial volume as it is kept; more axes may follow."""
        if self.orientation is Orientation.AXIAL:
            return volume
        return np.ascontiguousarray(np.moveaxis(volume, 2, 0)[:, ::-1])

    def kept_voxel(self, voxel: Three) -> Three:
        """An axial one, there."""
        if self.orientation is Orientation.AXIAL:
            return voxel
        return voxel[2], self.shape[0] - 1 - voxel[0], voxel[1]

    def kept_corner(self, box: tuple[slice, slice, slice]) -> tuple[int, int, int]:
        """First voxel of an axial box, there."""
        z, y, x = box
        if self.orientation is Orientation.AXIAL:
            return int(z.start), int(y.start), int(x.start)
        return int(x.start), int(self.shape[0] - z.stop), int(y.start)

    @property
    def geometry(self) -> VolumeGeometry:
        """Of the volume as kept."""
        z, y, x = self.corner_mm
        deep, high, wide = self.spacing_mm
        if self.orientation is Orientation.AXIAL:
            return VolumeGeometry(self.spacing_mm, AXIAL, (x, y, z))
        top = z + (self.shape[0] - 1) * deep
        return VolumeGeometry((wide, deep, high), SAGITTAL, (x, y, top))


def _as_made(given: Any, turned: Orientation) -> Any:
    """(slices, rows, columns) as (height, depth, across)."""
    if given is None or turned is Orientation.AXIAL:
        return given
    return given[1], given[2], given[0]


def _steps(field: Three, counts: Any) -> Three:
    """So that `counts` voxels see the field, alike within the plane from front to back."""
    if counts is None:
        return DEFAULT_MM, DEFAULT_MM, DEFAULT_MM
    across = field[2] / counts[2]
    return field[0] / counts[0], max(across, field[1] / counts[1]), across


def _check(counts: Any, steps: Any) -> None:
    if (
        min(counts) < 8
        or np.prod(np.array(counts, np.float64)) > MOST_VOXELS
        or not all(0.3 <= step <= 20 for step in steps)
    ):
        raise SettingsError(
            f"A volume of {counts} voxels of {steps} mm (foot to head, front to back, right to "
            f"left) was asked for; expected 8 or more each way, {MOST_VOXELS} in all at most, of "
            "0.3 to 20 mm."
        )
