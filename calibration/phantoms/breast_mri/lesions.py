"""Lesions of a simulated woman drawn into her tissue."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import Field, power_law
from senoscope.calibration.phantoms.breast_mri.appearance import CYST, Appearance, appearance
from senoscope.calibration.phantoms.breast_mri.grid import SimulatedGrid, Three
from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.calibration.phantoms.breast_mri.tissue import Tissue
from senoscope.calibration.phantoms.breast_mri.woman import Woman
from senoscope.domain.breast_mri import Mask
from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality

Box = tuple[slice, slice, slice]
_TRIES = 400
_HALF = 0.5
_NOISE = 32
_CYST_LOOK = Appearance(
    *(CYST, False, 10.0, (1.0, 0.9, 0.85), 0.0, 0.2, 0.0, 0.03, 0, 0.0, 0.0, False),
    *(0.0, 2300.0, 2.6, 1.0),
)


@dataclass(frozen=True, eq=False)
class DrawnLesion:
    """`box` and `mask` are axial; `label` is its own in `Tissue.labels`."""

    number: int
    look: Appearance
    laterality: Laterality
    place_mm: Three
    box: Box
    mask: Mask
    label: int


def draw_lesions(
    tissue: Tissue, woman: Woman, grid: SimulatedGrid, kinds: tuple[str, ...]
) -> list[DrawnLesion]:
    """Into `tissue`, each at a place of its own within the breasts that the grid shows."""
    taken: list[tuple[NDArray[np.float64], float]] = []
    drawn = []
    for at, kind in enumerate(kinds):
        random = np.random.default_rng([woman.seed, 120, at])
        look = _cyst(random) if kind == CYST else appearance(random, kind)
        place, side = _place(random, woman, grid, look.size_mm / 2, taken)
        taken.append((np.array(place), look.size_mm / 2))
        label = int(Label.CYST) if kind == CYST else int(Label.LESION) + at
        box, mask = _draw(tissue, grid, random, look, place, label)
        drawn.append(DrawnLesion(at + 1, look, side, place, box, mask, label))
    return drawn


def _cyst(random: np.random.Generator) -> Appearance:
    return replace(_CYST_LOOK, size_mm=float(random.uniform(5, 18)))


def _place(
    random: np.random.Generator, woman: Woman, grid: SimulatedGrid, radius: float,
    taken: list[tuple[NDArray[np.float64], float]],
) -> tuple[Three, Laterality]:  # fmt: skip
    seen = [each for each in woman.breasts if _is_seen(grid, each.middle_mm[1])]
    ends = np.array([grid.along(axis)[[0, -1]] for axis in range(3)])
    for trial in range(_TRIES):
        breast = seen[int(random.integers(len(seen)))]
        place = random.uniform((0.15, -0.75, -0.75), (0.85, 0.75, 0.75))
        z, s, x = breast.back((float(place[0]), float(place[1]), float(place[2])))
        y = float(woman.wall_mm(np.array(x, np.float32))) - s
        at = np.array([z, y, x])
        # A large lesion in a small breast may stick to the skin in the end.
        room = radius * max(0.0, 1 - trial / (0.8 * _TRIES))
        deep = float(woman.depth_mm(z, np.array(y, np.float32), np.array(x, np.float32)))
        if (
            np.linalg.norm(place) < 0.85
            and deep > 4 + room
            and s > 3 + room
            and bool(np.all((at > ends[:, 0] + 4) & (at < ends[:, 1] - 4)))
            and all(np.linalg.norm(at - other) > radius + its + 6 for other, its in taken)
        ):
            return (z, y, x), breast.anatomy.laterality
    raise SettingsError(
        f"No place was found for another lesion of {2 * radius:.0f} mm beside {len(taken)} others "
        f"in a field of {grid.shape} voxels of {grid.spacing_mm} mm. Ask for fewer, or a larger "
        "field."
    )


def _is_seen(grid: SimulatedGrid, x: float) -> bool:
    places = grid.along(2)
    return bool(places[0] < x < places[-1])


def _draw(
    tissue: Tissue,
    grid: SimulatedGrid,
    random: np.random.Generator,
    look: Appearance,
    place: Three,
    label: int,
) -> tuple[Box, Mask]:
    reach = look.size_mm * (1.0 if look.spicules else 0.7) + 3
    box = _box(grid, place, reach)
    away = np.stack(
        np.meshgrid(*(grid.along(a)[box[a]] - place[a] for a in range(3)), indexing="ij"), axis=-1
    ).astype(np.float32)
    turned = away @ _rotation(random)
    noise = power_law(random, (_NOISE,) * 3, 3.2)
    texture = power_law(random, (_NOISE,) * 3, 2.6)
    voxel = float(np.cbrt(np.prod(grid.spacing_mm)))
    share, within = _shape(random, look, turned, noise, voxel)
    # Nothing grows into the chest wall or out of the skin.
    share *= (tissue.breast[box] & (tissue.inside[box] == 255)).astype(np.float32)
    uptake = _uptake(look, turned, within, texture)
    mask = share >= _HALF
    if not mask.any():
        mask = share >= max(float(share.max()), 1e-6)
    if mask.any():
        uptake *= look.ktrans_per_min / float(uptake[mask].mean())
    _mix(tissue, box, share, uptake, mask, label)
    tissue.takes_up[label] = look.ve, look.vp
    return box, mask


def _box(grid: SimulatedGrid, place: Three, reach: float) -> Box:
    parts = []
    for axis, middle in enumerate(grid.voxel(place)):
        half = reach / grid.spacing_mm[axis]
        low = int(np.clip(np.floor(middle - half), 0, grid.shape[axis] - 1))
        high = int(np.clip(np.ceil(middle + half) + 1, low + 1, grid.shape[axis]))
        parts.append(slice(low, high))
    return parts[0], parts[1], parts[2]


def _rotation(random: np.random.Generator) -> NDArray[np.float32]:
    turned, _ = np.linalg.qr(random.standard_normal((3, 3)))
    return turned.astype(np.float32)


def _shape(
    random: np.random.Generator, look: Appearance, turned: Field, noise: Field, voxel: float
) -> tuple[Field, Field]:
    """The share of each voxel that is lesion, and where it lies: 0 the middle, 1 the edge."""
    radius = look.size_mm / 2
    axes = np.array(look.axes, np.float32) * np.float32(radius)
    size = np.sqrt(np.square(turned / axes).sum(-1))
    least = float(axes.min())
    if look.kind.endswith("non-mass"):
        patches = _sampled(noise, turned, 0.22 * _NOISE / max(radius, 4.0) * 2)
        # A region without an edge of its own, of clumps: what of it the noise leaves.
        depth = (1 - size + 0.25 * patches) * least
        level = (patches + 0.6 - 0.8 * look.clumped) * min(3.0, 0.3 * radius)
        return np.clip(np.minimum(depth, level) / voxel + 0.5, 0, 1), np.minimum(size, 1)
    strays = _sampled(noise, turned, 0.18 * _NOISE / radius) * np.float32(look.margin)
    depth = (1 + strays - size) * least
    share = np.clip(depth / voxel + 0.5, 0, 1).astype(np.float32)
    within = size / np.maximum(1 + strays, 0.2)
    for _ in range(look.spicules):
        np.maximum(share, _spicule(random, turned, axes, radius, voxel), out=share)
    return share, np.minimum(within, 1)


def _spicule(
    random: np.random.Generator, turned: Field, axes: Field, radius: float, voxel: float
) -> Field:
    way = random.standard_normal(3).astype(np.float32)
    way /= np.linalg.norm(way)
    start = 1 / float(np.linalg.norm(way / axes))
    length, thick = start + radius * random.uniform(0.3, 0.9), random.uniform(0.7, 1.3)
    along = turned @ way
    off = np.sqrt(np.maximum(np.square(turned).sum(-1) - np.square(along), 0))
    taper = thick * np.clip((length - along) / (length - 0.6 * start), 0, 1)
    share = np.clip((taper - off) / voxel + 0.5, 0, 1) * np.minimum(1, 2 * thick / voxel)
    share[(along < 0.5 * start) | (along > length)] = 0
    return np.asarray(share, np.float32)


def _uptake(look: Appearance, turned: Field, within: Field, texture: Field) -> Field:
    """Ktrans of each voxel against the lesion's mean."""
    radius = look.size_mm / 2
    varies = _sampled(texture, turned, 0.25 * _NOISE / max(radius, 2.5)) * np.float32(look.uneven)
    uptake = np.exp(varies) * (1 - look.rim * np.clip((0.85 - within) / 0.35, 0, 1))
    if look.septa:
        walls = np.abs(_sampled(texture[::-1], turned, 0.3 * _NOISE / max(radius, 3.0))) < 0.16
        uptake = np.where(walls, 0.35 * uptake, uptake)
    return np.asarray(uptake, np.float32)


def _sampled(noise: Field, places: Field, steps_per_mm: float) -> Field:
    """Periodic noise at places (..., 3) in mm from its middle, linearly."""
    count = len(noise)
    wrapped = np.concatenate([noise, noise[:, :1]], axis=1)
    wrapped = np.concatenate([wrapped, wrapped[:, :, :1]], axis=2)
    stacked = wrapped.reshape(count * (count + 1), count + 1)
    at = np.mod(places * np.float32(steps_per_mm) + count / 2, count).astype(np.float32)
    shape = places.shape[:-1]
    flat = at.reshape(shape[0], -1, 3)
    low = np.floor(flat[..., 0])
    part = flat[..., 0] - low
    found = np.zeros(flat.shape[:2], np.float32)
    for step, weight in ((0, 1 - part), (1, part)):
        plane = np.mod(low + step, count)
        rows = np.clip(flat[..., 1], 0, count - 1e-3) + plane * (count + 1)
        found += weight * cv2.remap(
            stacked, flat[..., 2].copy(), rows.astype(np.float32), cv2.INTER_LINEAR
        )
    return found.reshape(shape)


def _mix(tissue: Tissue, box: Box, share: Field, uptake: Field, mask: Mask, label: int) -> None:
    water = tissue.water[box].astype(np.float32) / 255
    mixed = np.maximum(water, share + (1 - share) * water)
    before = tissue.ktrans[box] * np.minimum(water, 1)
    # Contrast in the lesion's part of a voxel is spread over all of its water.
    tissue.ktrans[box] = np.where(
        share > 0, (uptake * share + before * (1 - share)) / np.maximum(mixed, 1e-3),
        tissue.ktrans[box],
    )  # fmt: skip
    tissue.water[box] = np.rint(np.clip(mixed, 0, 1) * 255)
    labels = tissue.labels[box]
    labels[mask] = label
    edge = (share > 0.02) & ~mask & (labels == Label.FAT)
    labels[edge] = Label.GLAND
