"""The mammogram of a simulated breast: one exposure, as the detector gives it and as it is shown.

Attenuation at 20 keV (Hammerstein et al., Radiology 1979; NIST XCOM), parallel rays, the blur of
an amorphous selenium detector, Poisson noise. No scatter, no grid, no heel effect.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.anatomy import SKIN_MM, BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast, PlacedGrowth
from senoscope.calibration.phantoms.breast.fine_structure import texture_tile, vessel_paths_mm
from senoscope.calibration.phantoms.breast.footprint import PLANE_MM, VOXEL_MM
from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.domain.mammogram import Laterality

PIXEL_MM = 0.1
FAT_PER_MM = 0.0528
GLAND_PER_MM = 0.0802
CALCIUM_PER_MM = 0.55
"""Of a grain, calcium oxalate loosely packed: a solid one would be thrice as bright."""
PHOTONS = 2.0e5
"""In air, a pixel: about 1 mGy to a breast of 50 mm."""
DENSE_SHARE = 0.25
"""Of the tissue in the beam, what must be gland for a reader to call the place dense."""
TILE_PX = 512
_BLUR_PX = 0.7
_GRAINS = round(VOXEL_MM / PIXEL_MM)


@dataclass(frozen=True, eq=False)
class TrueMark:
    """What grew, as it lies on the picture: centre [x, y] and half its extent, in pixels.

    `depth_mm` above the breast's support. `grains` is (n, 2) [x, y], of a cluster's.
    """

    kind: str
    is_malignant: bool
    centre: tuple[float, float]
    radius_px: float
    depth_mm: float
    grains: Field = field(default_factory=lambda: np.zeros((0, 2), np.float32))


@dataclass(frozen=True, eq=False)
class SimulatedMammogram:
    """Chest wall at column 0, head at row 0, whichever breast it is; pixels of PIXEL_MM.

    `processing` is (rows, columns) uint16 of 14 bits, linear in exposure, air bright;
    `presentation` of 12 bits, air 0. Truth: `breast`, `dense` and `pectoral` are (rows, columns)
    bool, `nipple` is [x, y]. `dense_volume` is the share of gland in the whole breast.
    """

    laterality: Laterality
    view: str
    density: str
    processing: NDArray[np.uint16]
    presentation: NDArray[np.uint16]
    breast: NDArray[np.bool_]
    dense: NDArray[np.bool_]
    pectoral: NDArray[np.bool_]
    nipple: tuple[float, float]
    marks: tuple[TrueMark, ...]
    dense_volume: float
    thickness_mm: float

    @classmethod
    def of(cls, anatomy: BreastAnatomy, view: str) -> SimulatedMammogram:
        """Of one breast in one view; the same one again for the same anatomy."""
        return cls.of_compressed(anatomy, CompressedBreast.of(anatomy, view))

    @classmethod
    def of_compressed(cls, anatomy: BreastAnatomy, breast: CompressedBreast) -> SimulatedMammogram:
        """As `of`, of that anatomy's breast once it is compressed."""
        random = fine_random(anatomy, breast.view)
        thickness = fine_thickness_mm(breast)
        gland = _gland_mm(random, breast, thickness)
        muscle = np.minimum(_fine(breast.muscle_mm), np.maximum(thickness - gland, 0))
        dense_mm = gland + muscle + skin_mm(thickness)
        calcium = _calcium_mm(breast, thickness.shape)
        depth = FAT_PER_MM * np.maximum(thickness - dense_mm, 0) + GLAND_PER_MM * dense_mm
        depth += CALCIUM_PER_MM * calcium
        counts = exposed(random, depth)
        inside = breast.inside.sum()
        return cls(
            laterality=anatomy.laterality,
            view=breast.view,
            density=anatomy.density,
            processing=np.clip(counts / PHOTONS * 12000, 1, 16383).astype(np.uint16),
            presentation=shown(counts, thickness, anatomy.thickness_mm),
            breast=thickness > 0,
            dense=(gland > DENSE_SHARE * np.maximum(thickness, 5)) & (muscle < 1),
            pectoral=muscle > 1,
            nipple=fine_point(breast.shape.nipple),
            marks=tuple(map(true_mark, breast.growths)),
            dense_volume=float(breast.gland.sum() / max(1, inside)),
            thickness_mm=anatomy.thickness_mm,
        )


def fine_random(anatomy: BreastAnatomy, view: str) -> np.random.Generator:
    """Of what a view has beside its gland: first the texture, then vessels, then noise."""
    return np.random.default_rng([anatomy.seed, 20, ord(anatomy.laterality), len(view)])


def _fine(coarse: Field) -> Field:
    rows, columns = coarse.shape
    size = columns * _GRAINS, rows * _GRAINS
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), np.float32)


def fine_thickness_mm(breast: CompressedBreast) -> Field:
    """Without the steps of the grid along the skin."""
    smooth = cv2.GaussianBlur(breast.shape.thickness_mm, (0, 0), 1.0)
    fine = _fine(np.asarray(smooth, np.float32))
    return np.where(fine > 1, fine, 0)


def fine_point(point: tuple[float, float]) -> tuple[float, float]:
    """Of a grid's [x, y], in pixels."""
    return (point[0] + 0.5) * _GRAINS - 0.5, (point[1] + 0.5) * _GRAINS - 0.5


def _gland_mm(random: np.random.Generator, breast: CompressedBreast, thickness: Field) -> Field:
    """The path through gland, with the texture that its grid is too coarse for, and vessels."""
    coarse = np.asarray(breast.gland.sum(0) * PLANE_MM, np.float32)
    rows, columns = coarse.shape
    size = columns * _GRAINS, rows * _GRAINS
    path = np.maximum(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), 0)
    texture = _fine_texture(random, path.shape)
    path = path * (1 + np.float32(0.07) * texture) + _vessels_mm(random, breast, thickness)
    return np.asarray(np.clip(path, 0, thickness * 1.05), np.float32)


def _fine_texture(random: np.random.Generator, shape: tuple[int, ...]) -> Field:
    """Structures of less than some millimetres, of variance 1."""
    repeats = -(-shape[0] // TILE_PX), -(-shape[1] // TILE_PX)
    return np.tile(texture_tile(random, TILE_PX, 12), repeats)[: shape[0], : shape[1]]


def _vessels_mm(random: np.random.Generator, breast: CompressedBreast, thickness: Field) -> Field:
    """Some that run from the chest wall towards the nipple."""
    path = np.zeros_like(thickness)
    for vessel in vessel_paths_mm(random, fine_point(breast.shape.nipple), path.shape, PIXEL_MM):
        path = np.maximum(path, vessel)
    return path * (thickness > 4)


def skin_mm(thickness: Field) -> Field:
    """Two layers, met at a slant and so longer where the breast is thin."""
    return np.minimum(thickness, 2 * SKIN_MM + 2.0 * np.exp(-thickness / 8))


def _calcium_mm(breast: CompressedBreast, shape: tuple[int, ...]) -> Field:
    path = np.zeros(shape, np.float32)
    for _, row_mm, column_mm, radius_mm in breast.specks_mm.tolist():
        add_grain(path, (column_mm / PIXEL_MM, row_mm / PIXEL_MM), radius_mm / PIXEL_MM)
    for placed in breast.growths:
        for _, down, along, radius in placed.growth.grains:
            y = (placed.centre_mm[1] + down) / PIXEL_MM
            x = (placed.centre_mm[2] + along) / PIXEL_MM
            add_grain(path, (x, y), float(radius) / PIXEL_MM)
    return path


def add_grain(path: Field, at: tuple[float, float], radius_px: float) -> None:
    """The path through a ball, averaged over each pixel."""
    left, top = int(at[0] - radius_px) - 1, int(at[1] - radius_px) - 1
    count = int(2 * radius_px) + 4
    if left < 0 or top < 0 or left + count > path.shape[1] or top + count > path.shape[0]:
        return
    fine = (np.arange(count * 5, dtype=np.float32) + 0.5) / 5 - 0.5
    squared = (fine + left - at[0])[None, :] ** 2 + (fine + top - at[1])[:, None] ** 2
    chord = 2 * np.sqrt(np.maximum(radius_px**2 - squared, 0)) * PIXEL_MM
    path[top : top + count, left : left + count] += cv2.resize(
        chord.astype(np.float32), (count, count), interpolation=cv2.INTER_AREA
    )


def exposed(random: np.random.Generator, depth: Field, photons: float = PHOTONS) -> Field:
    """Photons of each pixel, with their noise; `photons` in air."""
    expected = cv2.GaussianBlur(np.exp(-depth) * np.float32(photons), (0, 0), _BLUR_PX)
    grains = random.standard_normal(depth.shape, dtype=np.float32)
    # A detector's blur is in its noise as well.
    noise = cv2.GaussianBlur(grains, (0, 0), 0.5)
    return np.asarray(np.maximum(expected + noise * np.sqrt(expected) * 1.6, 1), np.float32)


def shown(counts: Field, thickness: Field, thickness_mm: float) -> NDArray[np.uint16]:
    """As workstations get it: the logarithm, evened out where the breast thins, 12 bits."""
    depth = np.log(np.float32(PHOTONS)) - np.log(counts)
    even = cv2.GaussianBlur(thickness, (0, 0), 15)
    depth += FAT_PER_MM * 0.8 * (thickness_mm - even) * (thickness > 0)
    low = FAT_PER_MM * thickness_mm * 0.8
    high = (FAT_PER_MM * 0.45 + GLAND_PER_MM * 0.55) * thickness_mm + 0.3
    shade = 1 / (1 + np.exp(-5 * ((depth - low) / (high - low) - 0.5)))
    return np.asarray(np.where(thickness > 0, np.clip(shade * 4095, 1, 4095), 0), np.uint16)


def true_mark(placed: PlacedGrowth) -> TrueMark:
    """On the mammogram's grid."""
    plane, row, column = placed.centre_mm
    growth = placed.growth
    reach = growth.radius_mm
    if growth.kind == "distortion":
        reach = float(np.median(growth.spicules[:, 3])) * 0.7
    return TrueMark(
        growth.kind,
        growth.is_malignant,
        (column / PIXEL_MM, row / PIXEL_MM),
        reach / PIXEL_MM,
        plane,
        (growth.grains[:, 2:0:-1] + [column, row]).astype(np.float32) / np.float32(PIXEL_MM),
    )
