"""Volumes as if cut axially: index 0 rises to the head, 1 to the back, 2 to the patient's left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import AXIAL, VolumeGeometry


@dataclass(frozen=True)
class Turn:
    """Axis i of the turned volume is axis `order[i]` of the stored one, backwards if `flips[i]`.

    Oblique volumes are turned to the nearest.
    """

    order: tuple[int, int, int]
    flips: tuple[bool, bool, bool]

    @classmethod
    def of(cls, geometry: VolumeGeometry) -> Turn:
        """That makes this one axial."""
        likeness = geometry.axes @ AXIAL.T  # stored axis by axial axis
        left, order = np.abs(likeness), [0, 0, 0]
        for _ in range(3):
            stored, axial = np.unravel_index(int(left.argmax()), left.shape)
            order[int(axial)] = int(stored)
            left[stored], left[:, axial] = -1, -1
        flips = [bool(likeness[stored, axial] < 0) for axial, stored in enumerate(order)]
        return cls((order[0], order[1], order[2]), (flips[0], flips[1], flips[2]))

    def there(self, volume: NDArray[Any]) -> NDArray[Any]:
        """A view of (slices, rows, columns), turned."""
        return volume.transpose(self.order)[self._steps()]

    def back(self, turned: NDArray[Any]) -> NDArray[Any]:
        """A view as it was stored."""
        return turned[self._steps()].transpose([self.order.index(axis) for axis in range(3)])

    def three(self, stored: tuple[float, float, float]) -> tuple[float, float, float]:
        """Such as a spacing, turned."""
        one, two, three = (stored[axis] for axis in self.order)
        return one, two, three

    def voxel_back(
        self, turned: tuple[float, float, float], shape: tuple[int, int, int]
    ) -> tuple[float, float, float]:
        """A turned voxel in a stored volume of `shape`."""
        found = [0.0, 0.0, 0.0]
        for axial, (axis, flip) in enumerate(zip(self.order, self.flips, strict=True)):
            found[axis] = shape[axis] - 1 - turned[axial] if flip else turned[axial]
        return found[0], found[1], found[2]

    def _steps(self) -> tuple[slice, slice, slice]:
        one, two, three = (slice(None, None, -1) if flip else slice(None) for flip in self.flips)
        return one, two, three
