"""Dynamic contrast-enhanced MRI of the breasts, as every reader of it here sees it.

Volumes are (slices, rows, columns), a voxel is [slice, row, column], voxel centres are integers.
In the patient places are [x, y, z] in mm as DICOM has them: x to the patient's left, y to the
back, z to the head (PS3.3 C.7.6.2.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError

Volume = NDArray[np.float32]
"""(slices, rows, columns)."""
Mask = NDArray[np.bool_]
"""The same."""
FEWEST_PHASES = 2
SMALLEST = 8
"""Voxels either way."""


@dataclass(frozen=True, eq=False)
class VolumeGeometry:
    """Where voxels lie in the patient.

    `spacing_mm` is (slices, rows, columns). `axes` is (3, 3) float64: row i is the unit vector in
    the patient along which index i rises; they are at right angles. `origin_mm` is the centre of
    voxel [0, 0, 0].
    """

    spacing_mm: tuple[float, float, float]
    axes: NDArray[np.float64]
    origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        square = self.axes.shape == (3, 3) and np.allclose(
            self.axes @ self.axes.T, np.eye(3), atol=1e-3
        )
        if not square or not all(0.01 <= each <= 50 for each in self.spacing_mm):
            raise ImageError(
                f"A volume was given with axes {self.axes.tolist()} and voxels of "
                f"{self.spacing_mm} mm; expected three unit vectors at right angles and 0.01 to "
                "50 mm."
            )

    @property
    def voxel_mm3(self) -> float:
        """Of one voxel."""
        return float(np.prod(self.spacing_mm))

    def in_patient(self, voxels: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n, 3) [slice, row, column] to (n, 3) [x, y, z] mm."""
        steps = np.asarray(voxels, np.float64) * self.spacing_mm
        return np.asarray(steps @ self.axes + self.origin_mm, np.float64)

    def in_voxels(self, places_mm: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n, 3) [x, y, z] mm to (n, 3) [slice, row, column]."""
        away = np.asarray(places_mm, np.float64) - self.origin_mm
        return np.asarray(away @ self.axes.T / self.spacing_mm, np.float64)


AXIAL = np.array([[0.0, 0, 1], [0, 1, 0], [1, 0, 0]])
"""Axes of axial slices from feet to head: rows run to the back, columns to the patient's left."""
SAGITTAL = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
"""Axes of sagittal slices from right to left: rows run to the feet, columns to the back."""


@dataclass(frozen=True, eq=False)
class DynamicSeries:
    """The phases of one injection, in order of time, all on one grid.

    `phases` are volumes of one shape, of any real dtype, as they were stored (rescaled where the
    header says so). `times_s` is one for each, rising, of the middle of its acquisition where that
    is known, counted from the first phase; None where no times are known: then nothing that needs
    seconds is said. `pre_contrast` counts the phases before the injection: at least one, and at
    least one follows. `injected_s` on the same clock; None where it is not known: then time counts
    from the last phase before contrast. `fat_suppressed` None: not said.
    `repetition_ms` and `flip_deg` are of the gradient echoes: without them no concentration is
    known. None: not said.
    """

    phases: tuple[NDArray[np.generic], ...]
    geometry: VolumeGeometry
    times_s: tuple[float, ...] | None
    pre_contrast: int = 1
    injected_s: float | None = None
    fat_suppressed: bool | None = None
    repetition_ms: float | None = None
    flip_deg: float | None = None

    def __post_init__(self) -> None:
        shapes = {each.shape for each in self.phases}
        count = len(self.phases)
        if count < FEWEST_PHASES or len(shapes) != 1 or any(each.ndim != 3 for each in self.phases):
            raise ImageError(
                f"A dynamic series of {count} phases with shapes {sorted(shapes)} was given; "
                f"expected {FEWEST_PHASES} or more of one shape (slices, rows, columns)."
            )
        if min(self.shape) < SMALLEST:
            raise ImageError(
                f"Volumes of {self.shape} were given; expected {SMALLEST} voxels or more each way."
            )
        if not 1 <= self.pre_contrast < count:
            raise ImageError(
                f"Of {count} phases {self.pre_contrast} were said to lie before the contrast; "
                "expected one at least, and one after it. Correct the phase table."
            )
        times = self.times_s
        if times is not None and (
            len(times) != count or any(one >= other for one, other in pairwise(times))
        ):
            raise ImageError(
                f"Of {count} phases the times {times} were given; expected one each, rising. "
                "Correct the phase table."
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """(slices, rows, columns)."""
        slices, rows, columns = self.phases[0].shape
        return slices, rows, columns

    @property
    def first_post(self) -> int:
        """Index of the first phase after the injection."""
        return self.pre_contrast
