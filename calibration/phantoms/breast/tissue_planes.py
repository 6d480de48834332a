"""A compressed breast plane by plane, as a tube that moves past it sees it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast
from senoscope.calibration.phantoms.breast.fine_structure import texture_tile, vessel_paths_mm
from senoscope.calibration.phantoms.breast.footprint import PLANE_MM, VOXEL_MM
from senoscope.calibration.phantoms.breast.mammogram import (
    PIXEL_MM,
    TILE_PX,
    fine_point,
    fine_random,
    fine_thickness_mm,
    skin_mm,
)
from senoscope.calibration.phantoms.breast.power_law import Field

STEP_MM = 0.25
_FINER = round(VOXEL_MM / STEP_MM)
_TEXTURE = 0.25
"""Of a plane's gland. Over the planes of a breast it evens out to about the mammogram's 7 %."""
_HEIGHTS = 21


@dataclass(frozen=True, eq=False)
class Box:
    """Of a mammogram's grid, in mm: rows from `top_mm` to `bottom_mm`, columns to `front_mm`."""

    top_mm: float
    bottom_mm: float
    front_mm: float

    @classmethod
    def round_of(cls, thickness_mm: Field, pixel_mm: float, margin_mm: float = 2.0) -> Box:
        """What of the grid the breast needs, in whole mm."""
        rows, columns = np.nonzero(thickness_mm > 0)
        ends = np.array(thickness_mm.shape) * pixel_mm
        return cls(
            float(max(0, np.floor(rows.min() * pixel_mm - margin_mm))),
            float(min(ends[0], np.ceil((rows.max() + 1) * pixel_mm + margin_mm))),
            float(min(ends[1], np.ceil((columns.max() + 1) * pixel_mm + margin_mm))),
        )


@dataclass(frozen=True, eq=False)
class TissuePlanes:
    """Planes of PLANE_MM from the support upwards, in a box of the mammogram's grid.

    `dense` is (planes, rows, columns), the share of gland, mass, skin or muscle at each place,
    0..1.2, pixels of `dense_mm`; `inside` that of the breast with its skin, pixels of `inside_mm`.
    `grains_mm` is (n, 4): plane, row, column and radius of calcifications, from the support, the
    box's upper edge and the chest wall. `thickness_mm` is (rows, columns) at PIXEL_MM.
    """

    dense: Field
    dense_mm: float
    inside: Field
    inside_mm: float
    grains_mm: Field
    thickness_mm: Field
    box: Box

    @classmethod
    def of(cls, anatomy: BreastAnatomy, breast: CompressedBreast) -> TissuePlanes:
        """With the vessels of its mammogram, each at a height, and texture of its own."""
        box = Box.round_of(breast.shape.thickness_mm, VOXEL_MM)
        fine = fine_thickness_mm(breast)
        thickness = cv2.resize(
            fine, breast.shape.thickness_mm.shape[::-1], interpolation=cv2.INTER_AREA
        )
        thickness = _cut(np.asarray(thickness, np.float32), box, VOXEL_MM)
        from_middle = _from_middle_mm(len(breast.gland))
        inside = within(thickness, from_middle)
        under = within(np.maximum(thickness - skin_mm(thickness), 0), from_middle)
        muscle = within(_cut(breast.muscle_mm, box, VOXEL_MM), from_middle)
        other = np.maximum(inside - under, muscle)
        gland = np.stack([_cut(plane, box, VOXEL_MM) for plane in breast.gland])
        return cls(
            _finer(anatomy, breast, gland, other, box),
            STEP_MM,
            inside,
            VOXEL_MM,
            _grains_mm(breast) - np.array([0, box.top_mm, 0, 0], np.float32),
            _cut(fine, box, PIXEL_MM),
            box,
        )


def within(thickness_mm: Field, from_middle_mm: Field) -> Field:
    """(planes, rows, columns): the share of each plane that a slab round the middle fills."""
    share = (thickness_mm / 2 - from_middle_mm[:, None, None]) / PLANE_MM + 0.5
    # Where the slab is thinner than a plane, that is what it fills of the planes it touches.
    return np.asarray(np.minimum(np.clip(share, 0, 1), thickness_mm / PLANE_MM), np.float32)


def _from_middle_mm(planes: int) -> Field:
    up_mm = (np.arange(planes, dtype=np.float32) + 0.5 - planes / 2) * PLANE_MM
    return np.asarray(np.abs(up_mm), np.float32)


def _cut(field: Field, box: Box, pixel_mm: float) -> Field:
    top, bottom = round(box.top_mm / pixel_mm), round(box.bottom_mm / pixel_mm)
    return field[top:bottom, : round(box.front_mm / pixel_mm)]


def _finer(
    anatomy: BreastAnatomy, breast: CompressedBreast, gland: Field, other: Field, box: Box
) -> Field:
    """At STEP_MM: `gland` with texture and vessels, and what else is dense."""
    heights = np.random.default_rng([anatomy.seed, _HEIGHTS, ord(anatomy.laterality)])
    tile = texture_tile(heights, 256, 5)
    size = gland.shape[2] * _FINER, gland.shape[1] * _FINER
    fine = np.empty((len(gland), size[1], size[0]), np.float32)
    for plane, (share, beside) in enumerate(zip(gland, other, strict=True)):
        rolled = np.roll(tile, heights.integers(0, 256, 2), (0, 1))
        texture = np.tile(rolled, (-(-size[1] // 256), -(-size[0] // 256)))
        fine[plane] = cv2.resize(share, size, interpolation=cv2.INTER_LINEAR)
        # A mass, which is above 1, is more even than gland.
        uneven = _TEXTURE * np.clip(1 - (fine[plane] - 1) / 0.05, 0.3, 1)
        fine[plane] *= np.maximum(1 + uneven * texture[: size[1], : size[0]], 0)
        np.maximum(fine[plane], cv2.resize(beside, size), out=fine[plane])
    _add_vessels(fine, heights, fine_random(anatomy, breast.view), breast, box)
    return np.minimum(fine, np.float32(1.2), out=fine)


def _add_vessels(
    fine: Field,
    heights: np.random.Generator,
    random: np.random.Generator,
    breast: CompressedBreast,
    box: Box,
) -> None:
    texture_tile(random, TILE_PX, 12)  # which the mammogram draws before its vessels
    rows, columns = (each * round(VOXEL_MM / PIXEL_MM) for each in breast.gland.shape[1:])
    tip = fine_point(breast.shape.nipple)
    size = fine.shape[2], fine.shape[1]
    for path in vessel_paths_mm(random, tip, (rows, columns), PIXEL_MM):
        plane = round(heights.uniform(0.2, 0.8) * (len(fine) - 1))
        share = cv2.resize(_cut(path, box, PIXEL_MM), size, interpolation=cv2.INTER_AREA)
        fine[plane] += share / np.float32(PLANE_MM)


def _grains_mm(breast: CompressedBreast) -> Field:
    """(n, 4): plane, row, column and radius of every calcification, harmless or not."""
    every = [breast.specks_mm]
    for placed in breast.growths:
        grains = placed.growth.grains.copy()
        grains[:, :3] += np.array(placed.centre_mm, np.float32)
        every.append(grains)
    return np.asarray(np.concatenate(every), np.float32)
