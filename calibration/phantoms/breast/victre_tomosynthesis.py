"""The breast of VICTRE as tomosynthesis from above, the pair of `VictreBreast.mammogram`."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.footprint import PLANE_MM
from senoscope.calibration.phantoms.breast.mammogram import PIXEL_MM
from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast.projections import Projections
from senoscope.calibration.phantoms.breast.reconstruction import reconstructed
from senoscope.calibration.phantoms.breast.tissue_planes import Box, TissuePlanes
from senoscope.calibration.phantoms.breast.tomosynthesis import StoredSlices, stored
from senoscope.calibration.phantoms.breast.victre import (
    AIR,
    FAT,
    MASS,
    PADDLE,
    VOXEL_MM,
    VictreBreast,
)
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.tomosynthesis import TomosynthesisView

_PER_PLANE = round(PLANE_MM / VOXEL_MM)


def victre_tomosynthesis(
    breast: VictreBreast, seed: int, *, dose: str = "standard"
) -> TomosynthesisView:
    """With the noise of that seed; its pixels are those of the mammogram, none is cropped."""
    tissue = _planes(breast)
    projections = Projections.of(tissue, np.random.default_rng([seed, 41]), dose)
    inside = tissue.thickness_mm > 1
    slices = stored(reconstructed(projections), inside, len(tissue.dense))
    return TomosynthesisView(
        StoredSlices(slices),
        tuple(PLANE_MM * each for each in range(len(slices))),
        Laterality.LEFT,
        "CC",
        PixelSpacing(PIXEL_MM, PIXEL_MM),
    )


def mass_height_mm(breast: VictreBreast) -> float | None:
    """Of the mass's middle above the first slice; None without a mass."""
    planes = np.nonzero(breast.labels == MASS)[0]
    if not len(planes):
        return None
    return float(planes.mean() + 0.5) * VOXEL_MM - PLANE_MM / 2


def _planes(breast: VictreBreast) -> TissuePlanes:
    labels = breast.labels
    inside = _thick(~np.isin(labels, (AIR, PADDLE)))
    dense = _thick(~np.isin(labels, (AIR, PADDLE, FAT)))
    rows_mm, front_mm = (count * VOXEL_MM for count in labels.shape[1:])
    size = round(front_mm / PIXEL_MM), round(rows_mm / PIXEL_MM)
    thickness = cv2.resize(inside.sum(0) * np.float32(PLANE_MM), size)
    return TissuePlanes(
        dense,
        VOXEL_MM,
        inside,
        VOXEL_MM,
        np.zeros((0, 4), np.float32),
        np.asarray(thickness, np.float32),
        Box(0.0, rows_mm, front_mm),
    )


def _thick(tissue: NDArray[np.bool_]) -> Field:
    """The share of each place's plane that is such tissue; the last one ends in air."""
    missing = -len(tissue) % _PER_PLANE
    whole = np.pad(tissue, ((0, missing), (0, 0), (0, 0)))
    return np.asarray(whole.reshape(-1, _PER_PLANE, *tissue.shape[1:]).mean(1), np.float32)
