"""The breast of VICTRE (Badano et al., JAMA Netw Open 2018) as a mammogram from above.

One breast, compressed, with and without one spiculated mass. Its voxels of 0.2 mm hold no
calcification. It is for testing alone: nothing is fitted or chosen on it.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.mammogram import (
    FAT_PER_MM,
    GLAND_PER_MM,
    PIXEL_MM,
    exposed,
    shown,
)
from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing

SHAPE = (258, 539, 331)
"""(planes from the support, rows, columns from the chest wall)."""
VOXEL_MM = 0.2
AIR, FAT, PADDLE, MASS = 0, 1, 50, 200
"""Labels; all others are skin, gland, ligaments, ducts and vessels."""


@dataclass(frozen=True, eq=False)
class VictreBreast:
    """`labels` is SHAPE, uint8."""

    labels: NDArray[np.uint8]

    @classmethod
    def read(cls, path: Path) -> VictreBreast:
        """Of a gzip of the raw volume. DataSetError where it is none, or of another size."""
        try:
            with gzip.open(path) as file:
                content = file.read(int(np.prod(SHAPE)) + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise DataSetError(f"{path} is no gzip that can be read ({error}).") from error
        if len(content) != np.prod(SHAPE):
            raise DataSetError(
                f"{path} does not hold {' x '.join(map(str, SHAPE))} labels of 8 bits; expected "
                "VICTRE's pc_1_crop.raw.gz or pcl_1.raw.gz. Copy it again."
            )
        return cls(np.frombuffer(content, np.uint8).reshape(SHAPE))

    def mammogram(self, seed: int) -> Mammogram:
        """For presentation, with the noise of that seed."""
        fat_mm = self._path_mm(self.labels == FAT)
        dense_mm = self._path_mm(~np.isin(self.labels, (AIR, FAT, PADDLE)))
        counts = exposed(
            np.random.default_rng([seed, 40]), FAT_PER_MM * fat_mm + GLAND_PER_MM * dense_mm
        )
        thickness = fat_mm + dense_mm
        pixels = shown(counts, np.where(thickness > 1, thickness, 0), float(thickness.max()))
        return Mammogram(
            np.asarray(pixels / 4095, np.float32),
            Intent.PRESENTATION,
            Laterality.LEFT,
            "CC",
            PixelSpacing(PIXEL_MM, PIXEL_MM),
        )

    @property
    def mass_mm(self) -> tuple[float, float, float] | None:
        """From the chest wall, from the upper edge, half its extent; None without a mass."""
        _, rows, columns = np.nonzero(self.labels == MASS)
        if not len(rows):
            return None
        extent = max(np.ptp(rows), np.ptp(columns)) + 1
        column, row = float(columns.mean()) + 0.5, float(rows.mean()) + 0.5
        return column * VOXEL_MM, row * VOXEL_MM, float(extent) / 2 * VOXEL_MM

    def _path_mm(self, tissue: NDArray[np.bool_]) -> NDArray[np.float32]:
        path = np.asarray(tissue.sum(0) * VOXEL_MM, np.float32)
        times = round(VOXEL_MM / PIXEL_MM)
        size = path.shape[1] * times, path.shape[0] * times
        return np.asarray(cv2.resize(path, size, interpolation=cv2.INTER_LINEAR), np.float32)
