"""What is outlined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.spacing import PixelSpacing


@dataclass(frozen=True, slots=True)
class Lesion:
    """A closed outline on one frame.

    `contour` is (n, 2) float32, [x, y] in that frame's pixels, pixel centres at integers, at
    least three points, not repeated at the end. `area_px` is in square frame pixels.
    `presence` in 0..1 says how sure the network is that this is a lesion at all.
    """

    contour: NDArray[np.float32]
    area_px: float
    presence: float

    def __post_init__(self) -> None:
        if self.contour.ndim != 2 or self.contour.shape[1] != 2 or len(self.contour) < 3:
            raise ImageError(
                f"A lesion's contour has shape {self.contour.shape}; expected (3 or more, 2)."
            )

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) in frame pixels."""
        left, top = self.contour.min(axis=0)
        right, bottom = self.contour.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    def axes_mm(self, spacing: PixelSpacing) -> tuple[float, float]:
        """(long, short) axis in mm: the largest diameter, and the extent at right angles to it."""
        points = self.contour.astype(np.float64) * [spacing.column_mm, spacing.row_mm]
        offsets = points[:, None, :] - points[None, :, :]
        squared = np.einsum("ijk,ijk->ij", offsets, offsets)
        start, end = divmod(int(squared.argmax()), len(points))
        long_mm = float(np.sqrt(squared[start, end]))
        if long_mm == 0:
            return 0.0, 0.0
        direction = (points[end] - points[start]) / long_mm
        across = points @ np.array([-direction[1], direction[0]])
        return long_mm, float(np.ptp(across))
