"""A breast under compression: what stands over each place of the detector."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.anatomy import GRID, SKIN_MM, BreastAnatomy
from senoscope.calibration.phantoms.breast.calcification_kinds import (
    TOWARDS_NIPPLE,
    WORDED_KINDS,
)
from senoscope.calibration.phantoms.breast.footprint import (
    PLANE_MM,
    VOXEL_MM,
    Footprint,
    footprint,
)
from senoscope.calibration.phantoms.breast.growths import Growth
from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.domain.mammogram import Laterality

FIELD_MM = (240.0, 180.0)
"""Of the detector, (rows, columns)."""


@dataclass(frozen=True, eq=False)
class PlacedGrowth:
    """`centre_mm` is (plane, row, column) from the compressed breast's lower, upper, chest side."""

    growth: Growth
    centre_mm: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class CompressedBreast:
    """Chest wall at column 0, head at row 0; planes of PLANE_MM from the support upwards.

    `gland` is (planes, rows, columns), the share of gland or mass at each place, 0..1.2; above 1
    is denser than gland. `inside` likewise: 1 in the breast with its skin, which `gland` leaves
    out. `muscle_mm` is (rows, columns), the path through the pectoral muscle. `specks_mm` is
    (n, 4): plane, row, column and radius of single calcifications.
    """

    laterality: Laterality
    view: str
    shape: Footprint
    gland: Field
    inside: NDArray[np.bool_]
    muscle_mm: Field
    growths: tuple[PlacedGrowth, ...]
    specks_mm: Field

    @classmethod
    def of(cls, anatomy: BreastAnatomy, view: str) -> CompressedBreast:
        """In view "CC" or "MLO"; the same breast gives the same one again."""
        is_oblique = view == "MLO"
        random = np.random.default_rng([anatomy.seed, 10, ord(anatomy.laterality), is_oblique])
        size = anatomy.depth_mm, anatomy.width_mm * (1.12 if is_oblique else 1.0)
        shape = footprint(random, size, anatomy.thickness_mm, is_oblique, FIELD_MM)
        planes = max(8, round(anatomy.thickness_mm / PLANE_MM))
        height_mm = (np.arange(planes, dtype=np.float32) + 0.5) * PLANE_MM
        from_middle = np.abs(height_mm - planes * PLANE_MM / 2)[:, None, None]
        inside = from_middle < shape.thickness_mm / 2
        gland = _gland(anatomy, shape, planes, is_oblique)
        # Beneath the skin lies fat: gland fades out over some millimetres.
        under_mm = shape.thickness_mm / 2 - from_middle - SKIN_MM
        gland *= np.clip(under_mm / 4, 0, 1)
        muscle = _muscle(random, shape, anatomy.thickness_mm) if is_oblique else 0 * gland[0]
        placed = tuple(_placed(each, shape, planes, is_oblique) for each in anatomy.growths)
        for each in placed:
            _grow(gland, each)
        gland *= inside
        specks = _placed_specks(anatomy.specks, shape, planes, is_oblique)
        return cls(anatomy.laterality, view, shape, gland, inside, muscle, placed, specks)


def _turned(across: float, height: float, is_oblique: bool) -> tuple[float, float]:
    """(along the detector's rows, up from the support), -1..1, of a place in the breast.

    From above, a row is a place across and up is up. Oblique, at 45 degrees, rows go from the
    upper and outer to the lower and inner side.
    """
    if not is_oblique:
        return -across, height
    half = float(np.sqrt(0.5))
    return -(height + across) * half, (height - across) * half


def _gland(anatomy: BreastAnatomy, shape: Footprint, planes: int, is_oblique: bool) -> Field:
    turned = _turned_gland(anatomy.gland, is_oblique)
    rows, columns = shape.depth.shape
    column_at = np.clip(shape.depth, 0, 1) * np.float32(GRID[0] - 1)
    row_at = (np.clip(shape.along, -1, 1) + 1) / 2 * np.float32(GRID[1] - 1)
    gland = np.empty((planes, rows, columns), np.float32)
    for plane in range(planes):
        at = (plane + 0.5) / planes * (GRID[2] - 1)
        below = int(at)
        share = np.float32(at - below)
        above = min(below + 1, GRID[2] - 1)
        mixed = turned[below] * (1 - share) + turned[above] * share
        gland[plane] = cv2.remap(mixed, column_at, row_at, cv2.INTER_LINEAR)
    return gland


def _turned_gland(gland: Field, is_oblique: bool) -> Field:
    """(up from the support, rows, depth) of (depth, across, height)."""
    if not is_oblique:
        return np.ascontiguousarray(gland[:, ::-1, :].transpose(2, 1, 0))
    # Both axes across have the same length, so that a turn by 45 degrees keeps the middle.
    middle = (GRID[1] - 1) / 2
    turned = []
    for plane in gland:
        turn = cv2.getRotationMatrix2D((middle, middle), 45, 1.0)
        turned.append(
            cv2.warpAffine(plane, turn, (GRID[2], GRID[1]), borderMode=cv2.BORDER_REFLECT)
        )
    return np.ascontiguousarray(np.stack(turned)[:, ::-1, :].transpose(2, 1, 0))


def _muscle(random: np.random.Generator, shape: Footprint, thickness_mm: float) -> Field:
    """A wedge in the upper corner at the chest wall, its edge slightly bowed."""
    rows, columns = shape.is_breast.shape
    down = np.arange(rows, dtype=np.float32)[:, None] * VOXEL_MM
    across = np.arange(columns, dtype=np.float32)[None, :] * VOXEL_MM
    width_mm = float(random.uniform(35, 60))
    length_mm = float(random.uniform(90, 140))
    bow = 4 * (down / length_mm) * (1 - down / length_mm) * random.uniform(-2, 5)
    behind = width_mm * (1 - down / length_mm) + bow - across
    path = np.clip(behind / 6, 0, 1) * np.clip(0.35 + behind / 120, 0, 0.62) * thickness_mm
    return np.asarray(path * (shape.thickness_mm > 0), np.float32)


def _placed(growth: Growth, shape: Footprint, planes: int, is_oblique: bool) -> PlacedGrowth:
    row_mm, column_mm, up = _on_detector(growth.place, shape, is_oblique)
    plane_mm = _plane_mm(up, planes)
    if growth.kind in TOWARDS_NIPPLE:
        x, y = (each * VOXEL_MM for each in shape.nipple)
        growth = _turned_to(growth, (x - column_mm, y - row_mm))
    if growth.kind in WORDED_KINDS:
        growth = _within(growth, shape, (row_mm, column_mm))
    return PlacedGrowth(growth, (plane_mm, row_mm, column_mm))


def _turned_to(growth: Growth, towards: tuple[float, float]) -> Growth:
    """With its grains' `along` in the direction [x, y] on the detector."""
    x, y = np.array(towards) / np.hypot(*towards)
    grains = growth.grains.copy()
    grains[:, 1] = growth.grains[:, 2] * y + growth.grains[:, 1] * x
    grains[:, 2] = growth.grains[:, 2] * x - growth.grains[:, 1] * y
    return replace(growth, grains=grains)


def _within(growth: Growth, shape: Footprint, centre_mm: tuple[float, float]) -> Growth:
    """Without the grains that would lie in the skin or in air."""
    place = ((growth.grains[:, 1:3] + centre_mm) / VOXEL_MM).astype(int)
    row, column = np.clip(place, 0, np.array(shape.thickness_mm.shape) - 1).T
    on_it = (place >= 0).all(axis=1) & (shape.thickness_mm[row, column] > 4 * SKIN_MM)
    return replace(growth, grains=growth.grains[on_it])


def _on_detector(
    place: tuple[float, float, float], shape: Footprint, is_oblique: bool
) -> tuple[float, float, float]:
    """Row and column in mm of a place in the breast, and how far up it lies, -1..1."""
    along, up = _turned(place[1], place[2], is_oblique)
    row = int(np.argmin(np.abs(shape.along[:, 0] - along)))
    column = int(np.argmin(np.abs(shape.depth[row] - place[0])))
    return row * VOXEL_MM, column * VOXEL_MM, up


def _plane_mm(up: float, planes: int) -> float:
    """Not quite to the skin, for a place -1 at the bottom to 1 at the top."""
    return (up * 0.75 + 1) / 2 * planes * PLANE_MM


def _placed_specks(specks: Field, shape: Footprint, planes: int, is_oblique: bool) -> Field:
    rows = []
    for depth, across, height, radius in specks.tolist():
        row_mm, column_mm, up = _on_detector((depth, across, height), shape, is_oblique)
        rows.append((_plane_mm(up, planes), row_mm, column_mm, radius))
    return np.array(rows, np.float32).reshape(-1, 4)


def _grow(gland: Field, placed: PlacedGrowth) -> None:
    """Put a mass or spicules into the gland; calcifications are too fine for its grid."""
    growth = placed.growth
    if len(growth.grains) or growth.kind in WORDED_KINDS:
        return
    longest = float(growth.spicules[:, 3].max()) if len(growth.spicules) else 0.0
    reach = max(growth.radius_mm * 1.4, longest)
    steps = PLANE_MM, VOXEL_MM, VOXEL_MM
    slices, axes = [], []
    for centre, step, count in zip(placed.centre_mm, steps, gland.shape, strict=True):
        first = max(0, int((centre - reach) / step))
        last = min(count, int((centre + reach) / step) + 2)
        slices.append(slice(first, last))
        axes.append((np.arange(first, last, dtype=np.float32) + 0.5) * step - centre)
    grid = np.meshgrid(*axes, indexing="ij")
    up, down, along = (np.asarray(each, np.float32) for each in grid)
    here = gland[tuple(slices)]
    np.maximum(here, _body(growth, up, down, along), out=here)


def _body(growth: Growth, up: Field, down: Field, along: Field) -> Field:
    """The share of mass at each place, (planes, rows, columns)."""
    distance = np.sqrt(up**2 + down**2 + along**2) + np.float32(1e-3)
    edge = np.ones_like(distance)
    for u, d, a, height in growth.edge:
        edge += height * np.cos(growth.waves * (u * up + d * down + a * along) / distance * np.pi)
    density = {"round mass": 1.05, "distortion": 0.55}.get(growth.kind, 1.2)
    body = density * np.clip((growth.radius_mm * edge - distance) / 0.8 + 0.5, 0, 1)
    for u, d, a, length, width in growth.spicules:
        on = u * up + d * down + a * along
        aside = np.sqrt(np.maximum(distance**2 - on**2, 0))
        taper = np.clip(1 - on / length, 0, 1)
        line = np.exp(-np.square(aside / (width * (0.5 + 0.5 * taper)))) * taper
        body = np.maximum(body, 0.95 * line * (on > 0))
    return np.asarray(body, np.float32)
