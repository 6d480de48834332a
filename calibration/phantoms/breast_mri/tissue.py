"""Her tissue in voxels: what each is made of and how much contrast it takes up."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast_mri.chest import draw_chest
from senoscope.calibration.phantoms.breast_mri.grid import SimulatedGrid
from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.calibration.phantoms.breast_mri.woman import (
    BACKGROUND,
    SKIN_MM,
    HangingBreast,
    Woman,
)
from senoscope.domain.breast_mri import Mask

TAKES_UP = {
    Label.FAT: (0.0, 0.2, 0.0),
    Label.GLAND: (0.0, 0.32, 0.015),
    Label.SKIN: (0.015, 0.25, 0.01),
    Label.NIPPLE: (0.06, 0.35, 0.03),
    Label.MUSCLE: (0.025, 0.12, 0.02),
    Label.BONE: (0.03, 0.15, 0.03),
    Label.LUNG: (0.0, 0.2, 0.08),
    Label.HEART: (0.0, 0.2, 0.58),
    Label.VESSEL: (0.0, 0.2, 0.58),
    Label.LIVER: (0.25, 0.25, 0.10),
    Label.CYST: (0.0, 0.2, 0.0),
}
"""Ktrans per minute, ve, vp. Of blood: plasma alone, at a haematocrit of 0.42. Gland's Ktrans is
that of the woman's background."""
_NIPPLE_MM, _NIPPLE_UNDER_MM = 4.2, 1.5
_UNDER_SKIN_MM = 5.0


def _usual() -> NDArray[np.float32]:
    table = np.zeros((256, 2), np.float32)
    table[:, 0] = 0.2
    for label, (_, ve, vp) in TAKES_UP.items():
        table[label] = ve, vp
    return table


@dataclass(frozen=True, eq=False)
class Tissue:
    """Axial volumes.

    `inside` is the share of a voxel in the body, `water` that of it which is not fat, both of 255.
    `ktrans` is per minute, of the water. `takes_up` is (256, 2), ve and vp by label. `breast` with
    its skin and what grows in it, in front of the muscle.
    """

    inside: NDArray[np.uint8]
    water: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    ktrans: Field
    breast: Mask
    takes_up: NDArray[np.float32] = field(default_factory=_usual)

    @classmethod
    def of(cls, woman: Woman, grid: SimulatedGrid) -> Tissue:
        """Without vessels of the breasts and lesions."""
        shape = grid.shape
        made = cls(
            np.zeros(shape, np.uint8), np.zeros(shape, np.uint8), np.zeros(shape, np.uint8),
            np.zeros(shape, np.float32), np.zeros(shape, np.bool_),
        )  # fmt: skip
        y, x = np.meshgrid(grid.along(1), grid.along(2), indexing="ij")
        for place, z in enumerate(grid.along(0)):
            _draw_slice(made, woman, grid, place, (float(z), y, x))
        return made


def _draw_slice(
    made: Tissue, woman: Woman, grid: SimulatedGrid, place: int, at: tuple[float, Field, Field]
) -> None:
    z, y, x = at
    voxel = float(np.mean(grid.spacing_mm[1:]))
    depth = woman.depth_mm(z, y, x)
    s = woman.wall_mm(x) - y
    in_front = s > 0
    water = np.zeros(y.shape, np.float32)
    labels = np.where(depth > 0, np.uint8(Label.FAT), np.uint8(Label.AIR))
    ktrans = np.zeros(y.shape, np.float32)
    for breast in woman.breasts:
        *where, height = breast.place(z, s, x)
        radius = np.sqrt(np.square(where[0]) + np.square(where[1]) + height**2)
        its = (radius < 1.0) & in_front
        if its.any():
            _draw_gland(water, ktrans, breast, (where[0], where[1], height), depth, woman)
        made.breast[place] |= its & (depth > 0)
        _draw_nipple(breast, (water, labels, ktrans), depth, (z, s, x))
    labels[(water >= 0.5) & (labels == Label.FAT)] = Label.GLAND
    skin = np.clip((SKIN_MM - depth) / voxel + 0.5, 0, 1)
    is_skin = (skin >= np.maximum(water, 0.3)) & (labels != Label.NIPPLE) & (depth > -voxel / 2)
    labels[is_skin] = Label.SKIN
    ktrans[is_skin] = TAKES_UP[Label.SKIN][0]
    np.maximum(water, skin, out=water)
    draw_chest(woman, (z, y, x), depth, (water, labels, ktrans))
    share = np.clip(depth / voxel + 0.5, 0, 1)
    made.inside[place] = np.rint(share * 255)
    made.water[place] = np.rint(np.clip(water, 0, 1) * 255)
    made.labels[place], made.ktrans[place] = labels, ktrans


def _draw_gland(
    water: Field,
    ktrans: Field,
    breast: HangingBreast,
    where: tuple[Field, Field, float],
    depth: Field,
    woman: Woman,
) -> None:
    share = sampled(breast.anatomy.gland, where) * np.clip((depth - 2) / _UNDER_SKIN_MM, 0, 1)
    share[(where[0] < 0.03) | (np.hypot(where[0], where[1]) > 1)] = 0
    np.maximum(water, share, out=water)
    typical = np.float32(BACKGROUND[woman.level])
    # Background begins at the edge of the gland, where the vessels come in.
    outer = 0.7 + 0.6 * np.sqrt(np.square(where[0]) + np.square(where[1]) + where[2] ** 2)
    taken = typical * sampled(breast.uptake, where) * outer
    ktrans[share > 0] = taken[share > 0]


def sampled(gland: Field, where: tuple[Field, Field, float]) -> Field:
    """Of (depth, across, height) at places of one height, linearly."""
    deep, wide, high = gland.shape
    at = float(np.clip((where[2] + 1) / 2, 0, 1)) * (high - 1)
    low = min(int(at), high - 2)
    plane = gland[:, :, low] + np.float32(at - low) * (gland[:, :, low + 1] - gland[:, :, low])
    rows = np.asarray(where[0] * (deep - 1), np.float32)
    columns = np.asarray((where[1] + 1) / 2 * (wide - 1), np.float32)
    return np.asarray(
        cv2.remap(np.ascontiguousarray(plane), columns, rows, cv2.INTER_LINEAR), np.float32
    )


def _draw_nipple(
    breast: HangingBreast,
    drawn: tuple[Field, NDArray[np.uint8], Field],
    depth: Field,
    at: tuple[float, Field, Field],
) -> None:
    z, s, x = at
    water, labels, ktrans = drawn
    top_z, top_s, top_x = breast.back((1 - _NIPPLE_UNDER_MM / breast.reach_mm, 0.0, 0.0))
    away = np.sqrt((z - top_z) ** 2 + np.square(s - top_s) + np.square(x - top_x))
    its = away < _NIPPLE_MM
    np.maximum(depth, _NIPPLE_MM - away, out=depth)
    water[its], labels[its] = 0.95, Label.NIPPLE
    ktrans[its] = TAKES_UP[Label.NIPPLE][0]
