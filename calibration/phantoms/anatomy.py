"""A simulated breast: layers, ligaments, texture and lesions, cut by the plane of a probe.

Order from the probe: skin, subcutaneous fat, gland, retromammary fat, pectoral muscle, chest wall
(Stavros, Breast Ultrasound, 2004, chapter 4). Echo levels are in dB relative to gland.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.lesions import LesionKind, SimulatedLesion, simulated_lesion
from senoscope.calibration.phantoms.speckle import Map

LESION_SHARE = 0.72
"""Of the way from end to end of a sweep, how much cuts a lesion."""
DRIFT_MM = 2.5
"""How far the probe wanders sideways from the middle."""

_GROUPINGS = ((1, 1), (1, 2), (2, 1), (1, 1, 1), (2, 2), (1, 1, 2))
"""Lesions side by side, group by group along the sweep."""


@dataclass(frozen=True, eq=False)
class Texture:
    """Smooth noise of variance about 1 in three dimensions. `knots` is (planes, rows, columns)."""

    knots: NDArray[np.float32]
    pitch_mm: float

    @classmethod
    def drawn(
        cls,
        random: np.random.Generator,
        extent_mm: tuple[float, float],
        grain_mm: tuple[float, float],
    ) -> Texture:
        """Noise over `extent_mm` (width, depth) that changes over `grain_mm` (lateral, axial)."""
        columns, rows = (
            max(4, round(size / grain)) for size, grain in zip(extent_mm, grain_mm, strict=True)
        )
        return cls(random.standard_normal((16, rows, columns), dtype=np.float32), 3.5)

    def at(self, elevation_mm: float, rows: int, columns: int) -> Map:
        """The noise in one plane, (rows, columns)."""
        index, fraction = divmod(elevation_mm / self.pitch_mm, 1.0)
        near = self.knots[int(index) % len(self.knots)]
        far = self.knots[(int(index) + 1) % len(self.knots)]
        mixed = near * np.cos(fraction * np.pi / 2) + far * np.sin(fraction * np.pi / 2)
        grown = cv2.resize(mixed.astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
        return np.asarray(grown, np.float32) * np.float32(1.3)


@dataclass(frozen=True, eq=False)
class Layer:
    """Tissue below a wavy boundary.

    `depth_mm` is the boundary's mean depth; `waves` is (n, 4): height mm, radians per mm laterally
    and in elevation, phase. `line_db` brightens the boundary itself.
    """

    depth_mm: float
    waves: NDArray[np.float32]
    echo_db: float
    line_db: float

    def boundary_mm(self, lateral_mm: Map, elevation_mm: float) -> Map:
        """Depth of the boundary, (1, columns)."""
        phases = (
            self.waves[:, 1, None] * lateral_mm
            + (self.waves[:, 2] * elevation_mm + self.waves[:, 3])[:, None]
        )
        heights = self.waves[:, 0, None] * np.sin(phases)
        return np.asarray(self.depth_mm + heights.sum(axis=0, keepdims=True), np.float32)


@dataclass(frozen=True, eq=False)
class Breast:
    """The tissue of one seed. `sweep_mm` is the way of the probe in elevation, from 0."""

    layers: tuple[Layer, ...]
    mottle: Texture
    septa: Texture
    strands: Texture
    fibres: Texture
    lesions: tuple[SimulatedLesion, ...]
    sweep_mm: float

    def echo_db(self, lateral_mm: Map, depth_mm: Map, elevation_mm: float) -> Map:
        """Echo level of the tissue without lesions in one plane, (rows, columns), dB."""
        shape = depth_mm.shape[0], lateral_mm.shape[1]
        shares, lines = self._shares(lateral_mm, depth_mm, elevation_mm)
        fat, gland, deep_fat, muscle = shares[1:5]
        mottle = self.mottle.at(elevation_mm, *shape)
        level = lines + mottle * (1.8 + 2.2 * gland)
        for share, layer in zip(shares, self.layers, strict=True):
            level += share * layer.echo_db
        level += _ridge(self.septa.at(elevation_mm, *shape), 0.13) * (13 * fat + 9 * deep_fat)
        strands = self.strands.at(elevation_mm, *shape)
        level += (6 * _ridge(strands, 0.35) - 7 * np.clip(strands - 0.7, 0, 1)) * gland
        level += 10 * _ridge(self.fibres.at(elevation_mm, *shape), 0.3) * muscle
        return np.asarray(level, np.float32)

    def _shares(self, lateral_mm: Map, depth_mm: Map, elevation_mm: float) -> tuple[list[Map], Map]:
        """How much of each layer is at each place, and the brightness of the boundaries."""
        below = [depth_mm - layer.boundary_mm(lateral_mm, elevation_mm) for layer in self.layers]
        reached = [np.clip(distance * 1.6 + 0.5, 0, 1) for distance in below]
        shares = [
            here - after
            for here, after in zip(reached, [*reached[1:], np.zeros_like(reached[0])], strict=True)
        ]
        lines = np.zeros_like(reached[0])
        for layer, distance in zip(self.layers, below, strict=True):
            lines += layer.line_db * _ridge(distance, 0.25)
        return shares, lines


def _ridge(values: Map, width: float) -> Map:
    """1 where `values` crosses zero, falling off over `width`: noise becomes thin sheets."""
    return np.asarray(cv2.exp(-np.square(values * np.float32(1 / width))), np.float32)


def breast(seed: int, width_mm: float, depth_mm: float) -> Breast:
    """The tissue of `seed`, for a probe that sees `width_mm` by `depth_mm`."""
    random = np.random.default_rng([seed, 2])
    extent = width_mm + 2 * DRIFT_MM, depth_mm
    layers = _layers(random, depth_mm)
    lesions, sweep_mm = _placed_lesions(random, layers, width_mm, depth_mm)
    return Breast(
        layers,
        mottle=Texture.drawn(random, extent, (2.2, 1.1)),
        septa=Texture.drawn(random, extent, (random.uniform(9, 14), random.uniform(3.5, 5))),
        strands=Texture.drawn(random, extent, (random.uniform(4, 8), random.uniform(1.3, 2))),
        fibres=Texture.drawn(random, extent, (18.0, 0.9)),
        lesions=lesions,
        sweep_mm=sweep_mm,
    )


def _layers(random: np.random.Generator, depth_mm: float) -> tuple[Layer, ...]:
    skin = random.uniform(1.0, 1.8)
    fat = skin + depth_mm * random.uniform(0.10, 0.22)
    gland = fat + depth_mm * random.uniform(0.28, 0.40)
    deep_fat = gland + depth_mm * random.uniform(0.04, 0.08)
    muscle = deep_fat + depth_mm * random.uniform(0.14, 0.22)
    return (
        Layer(-1.0, _waves(random, 0.0), 1.0, 0.0),
        Layer(skin, _waves(random, 0.12), random.uniform(-15, -11), 4.0),
        Layer(fat, _waves(random, 1.5), random.uniform(-2, 2), 6.0),
        Layer(gland, _waves(random, 1.2), random.uniform(-15, -11), 4.0),
        Layer(deep_fat, _waves(random, 0.5), random.uniform(-13, -9), 9.0),
        Layer(muscle, _waves(random, 0.7), -22.0, 11.0),
    )


def _waves(random: np.random.Generator, height_mm: float) -> NDArray[np.float32]:
    lengths_mm = np.array([34.0, 17.0, 9.0]) * random.uniform(0.8, 1.3, 3)
    directions = random.uniform(-0.9, 0.9, 3)
    heights = height_mm * np.array([1.0, 0.45, 0.2])
    rates = 2 * np.pi / lengths_mm
    phases = random.uniform(0, 2 * np.pi, 3)
    columns = [heights, rates * np.cos(directions), rates * np.sin(directions), phases]
    return np.stack(columns, axis=1).astype(np.float32)


def _placed_lesions(
    random: np.random.Generator, layers: tuple[Layer, ...], width_mm: float, depth_mm: float
) -> tuple[tuple[SimulatedLesion, ...], float]:
    """Two to four lesions along the sweep, and the sweep's length in mm.

    They stand in groups of one or two, two beside each other, with bare tissue between groups.
    """
    kinds = [LesionKind(str(kind)) for kind in random.permutation(list(LesionKind))]
    kinds.insert(0, kinds[int(random.integers(3))])  # taken last, so that kinds differ first
    grouping = _GROUPINGS[int(random.integers(len(_GROUPINGS)))]
    placed: list[list[SimulatedLesion]] = []
    for size in grouping:
        sides = (-0.25, 0.25) if size == 2 else (random.uniform(-0.22, 0.22),)
        row = []
        for side in sides:
            depth = random.uniform(layers[2].depth_mm + 1.5, layers[3].depth_mm - 1.0)
            lesion = simulated_lesion(kinds.pop(), random, side * width_mm, depth)
            row.append(_kept_clear(lesion, layers[1].depth_mm + 1.0, 0.8 * depth_mm))
        placed.append(row)
    return _along_the_sweep(random, placed)


def _kept_clear(lesion: SimulatedLesion, top_mm: float, bottom_mm: float) -> SimulatedLesion:
    lateral, depth, elevation = lesion.centre_mm
    reach = lesion.radii_mm[1] * 1.1
    depth = min(max(depth, top_mm + reach), bottom_mm - reach)
    return replace(lesion, centre_mm=(lateral, depth, elevation))


def _along_the_sweep(
    random: np.random.Generator, groups: list[list[SimulatedLesion]]
) -> tuple[tuple[SimulatedLesion, ...], float]:
    reaches = [max(lesion.radii_mm[2] for lesion in group) for group in groups]
    covered = 2 * sum(reaches)
    sweep_mm = covered / LESION_SHARE
    gaps = random.dirichlet([6.0] * (len(groups) + 1)) * (sweep_mm - covered)
    position, lesions = 0.0, []
    for group, reach, gap in zip(groups, reaches, gaps, strict=False):
        position += gap + reach
        lesions += [
            replace(lesion, centre_mm=(*lesion.centre_mm[:2], position)) for lesion in group
        ]
        position += reach
    return tuple(lesions), float(sweep_mm)
