"""A scanner with a breast coil: shading, fat suppression that is never perfect, and noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import Field, power_law
from senoscope.calibration.phantoms.breast_mri.fields import field_slice
from senoscope.calibration.phantoms.breast_mri.grid import SimulatedGrid, Three
from senoscope.calibration.phantoms.breast_mri.motion import (
    SimulatedMotion,
    SliceCache,
    moved_slice,
)
from senoscope.calibration.phantoms.breast_mri.signals import Signals, SliceSignal
from senoscope.domain.breast_mri import Volume
from senoscope.models.programmed.breast_mri.coarse_grid import in_volume

_NODE_MM = 9.0
_NOISE_NODES = 48
_COIL_MM = 95.0
"""How far behind the breasts the coil's sensitivity has fallen to half."""


@dataclass(frozen=True, eq=False)
class Scanner:
    """Fields lie on nodes `step` apart of the axial volume; `shading` about 1 in the breasts."""

    shading: Field
    fat_left: Field
    step: Three
    gland_grey: float
    noise_sigma: float

    @classmethod
    def drawn(
        cls,
        random: np.random.Generator,
        grid: SimulatedGrid,
        bias: float,
        noise: float,
        fat_suppressed: bool,
    ) -> Scanner:
        """`bias` is the spread of the logarithm of the shading, beside the coil's own fall.

        `noise` is a share of gland's signal.
        """
        nodes, step, places = _nodes(grid)
        soft = _soft(random, nodes, 4.5)
        shading = np.exp(np.float32(bias) * soft)
        if bias > 0:
            behind = np.maximum(places[1], 0) / _COIL_MM
            shading = shading / (1 + np.square(behind))
        fat_left = np.ones(nodes, np.float32)
        patches = _soft(random, nodes, 3.6)
        left, failing = random.uniform(0.08, 0.20), random.uniform(1.3, 2.6)
        if fat_suppressed:
            fails = np.clip(patches - failing, 0, 1)
            fat_left = np.asarray(np.clip(left + 0.5 * fails, 0, 1), np.float32)
        grey = float(random.uniform(180, 420))
        return cls(np.asarray(shading, np.float32), fat_left, step, grey, noise * grey)

    def bias_volume(self, shape: tuple[int, int, int]) -> Volume:
        """At each voxel, axial."""
        return in_volume(self.shading, self.step, shape)

    def acquired(
        self, signals: Signals, motion: SimulatedMotion | None, random: np.random.Generator
    ) -> list[NDArray[np.uint16]]:
        """The phases, axial. The magnitude of a complex signal has Rician noise."""
        shape = signals.tissue.labels.shape
        slices, rows, columns = shape
        phases = range(len(signals.protocol.times_s))
        taken = [np.empty(shape, np.uint16) for _ in phases]
        still = SliceCache(signals.slice_of, slices)
        caches = [SliceCache(partial(_one_phase, still, each), slices) for each in phases]
        reach = 0 if motion is None else motion.reach
        for place in range(slices):
            shading = field_slice(self.shading, self.step, place, (rows, columns))
            for phase, cache in enumerate(caches):
                if motion is None or not motion.comes_from[phase].any():
                    plane = cache[place]
                else:
                    field = motion.comes_from[phase]
                    plane = moved_slice(cache, field, motion.step, place, (rows, columns))
                taken[phase][place] = _counted(plane * shading, self.noise_sigma, random)
            still.forget_below(place - reach)
            for cache in caches:
                cache.forget_below(place - reach)
        return taken


def _one_phase(still: SliceCache[SliceSignal], phase: int, place: int) -> Field:
    return still[place].at(phase)


def _counted(plane: Field, sigma: float, random: np.random.Generator) -> NDArray[np.uint16]:
    if sigma > 0:
        real, imaginary = random.standard_normal((2, *plane.shape), dtype=np.float32)
        real *= np.float32(sigma)
        imaginary *= np.float32(sigma)
        real += plane
        plane = np.sqrt(real * real + imaginary * imaginary)
    return np.rint(np.minimum(plane, 65535)).astype(np.uint16)


def _nodes(grid: SimulatedGrid) -> tuple[tuple[int, int, int], Three, list[Field]]:
    spans = [(n - 1) * mm for n, mm in zip(grid.shape, grid.spacing_mm, strict=True)]
    z, y, x = (max(2, round(span / _NODE_MM) + 1) for span in spans)
    one, two, three = ((n - 1) / (k - 1) for n, k in zip(grid.shape, (z, y, x), strict=True))
    ends = [
        np.linspace(low, low + span, k)
        for low, span, k in zip(grid.corner_mm, spans, (z, y, x), strict=True)
    ]
    places = [np.asarray(each, np.float32) for each in np.meshgrid(*ends, indexing="ij")]
    return (z, y, x), (one, two, three), places


def _soft(random: np.random.Generator, nodes: tuple[int, int, int], exponent: float) -> Field:
    noise = power_law(random, (_NOISE_NODES,) * 3, exponent)
    missing = [(0, max(0, node - _NOISE_NODES)) for node in nodes]
    return np.pad(noise, missing, mode="wrap")[: nodes[0], : nodes[1], : nodes[2]]
