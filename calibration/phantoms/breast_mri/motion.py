"""A woman who moves between phases: as one piece and softly within, known at each voxel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import power_law
from senoscope.calibration.phantoms.breast_mri.fields import field_slice
from senoscope.calibration.phantoms.breast_mri.grid import Orientation, SimulatedGrid, Three
from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.breast_mri.analysis import Motion

MOST_MM = 30.0
_NODE_MM = 14.0
_NOISE = 24
_ROUNDS = 30
_LOBES = 4


@dataclass(frozen=True, eq=False)
class SimulatedMotion:
    """`comes_from` (phases, slices, rows, columns, 3) voxels, axial, on nodes `step` apart.

    What phase p shows at voxel v was at v + comes_from before contrast.
    """

    comes_from: NDArray[np.float32]
    step: tuple[float, float, float]

    @classmethod
    def drawn(
        cls, seed: int, grid: SimulatedGrid, phases: int, motion_mm: float
    ) -> SimulatedMotion:
        """`motion_mm`: how far the voxel goes that goes farthest, in the phase that moves most."""
        if not 0 < motion_mm <= MOST_MM:
            raise SettingsError(
                f"A motion of {motion_mm} mm was asked for; expected 0 to {MOST_MM:.0f} mm."
            )
        random = np.random.default_rng([seed, 140])
        spacing = np.array(grid.spacing_mm)
        spans = [(count - 1) * mm for count, mm in zip(grid.shape, spacing, strict=True)]
        nodes = [max(2, round(span / _NODE_MM) + 1) for span in spans]
        one, two, three = (
            (count - 1) / (node - 1) for count, node in zip(grid.shape, nodes, strict=True)
        )
        axes = np.meshgrid(
            *(np.linspace(-s / 2, s / 2, n) for s, n in zip(spans, nodes, strict=True)),
            indexing="ij",
        )
        places = np.stack(axes, axis=-1)
        fields = np.zeros((phases, *nodes, 3), np.float32)
        for phase in range(1, phases):
            fields[phase] = _field(random, places, nodes)
        far = float(np.linalg.norm(fields, axis=-1).max())
        fields *= motion_mm / max(far, 1e-6)
        return cls((fields / spacing).astype(np.float32), (one, two, three))

    @property
    def reach(self) -> int:
        """How many slices beside its own one needs at most."""
        return int(np.ceil(np.abs(self.comes_from[..., 0]).max())) + _LOBES

    def truth(self, grid: SimulatedGrid) -> Motion:
        """Of the volume as kept."""
        forward = np.stack([_inverse(each, self.step) for each in self.comes_from])
        step = self.step
        if grid.orientation is Orientation.SAGITTAL:
            forward = np.moveaxis(forward, 3, 1)[:, :, ::-1]
            forward = forward[..., [2, 0, 1]] * np.array([1, -1, 1], np.float32)
            step = self.step[2], self.step[0], self.step[1]
        return Motion(step, np.ascontiguousarray(forward, np.float32))


def _field(
    random: np.random.Generator, places: NDArray[np.float64], nodes: list[int]
) -> NDArray[np.float64]:
    """mm; half of it as one piece."""
    turn = random.normal(0, 0.012, 3)
    moved = random.normal(0, 1.0, 3) + np.cross(places, turn) * 0.5
    soft = np.stack([power_law(random, (_NOISE,) * 3, 5.0) for _ in range(3)], axis=-1)[
        : nodes[0], : nodes[1], : nodes[2]
    ]
    missing = [(0, max(0, node - _NOISE)) for node in nodes]
    soft = np.pad(soft, (*missing, (0, 0)), mode="wrap")
    return np.asarray(moved + 0.6 * soft, np.float64) * random.uniform(0.5, 1.0)


def _inverse(back: NDArray[np.float32], step: tuple[float, float, float]) -> NDArray[np.float32]:
    """Where it goes, of where it comes from: d(v) = -b(v + d(v)), by iteration at the nodes."""
    there = -back.astype(np.float64)
    if not back.any():
        return np.zeros_like(back)
    shape = back.shape[:3]
    nodes = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1)
    for _ in range(_ROUNDS):
        at = np.clip(nodes + there / np.array(step), 0, np.array(shape) - 1)
        there = -_linear(back, at)
    return np.asarray(there, np.float32)


def _linear(field: NDArray[np.float32], at: NDArray[np.float64]) -> NDArray[np.float64]:
    low = np.minimum(at.astype(np.intp), np.maximum(np.array(field.shape[:3]) - 2, 0))
    part = at - low
    found = np.zeros((*at.shape[:3], 3))
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, part, 1 - part), axis=-1)
        z, y, x = (low[..., axis] + corner[axis] for axis in range(3))
        found += weight[..., None] * field[z, y, x]
    return found


Kept = TypeVar("Kept")


class SliceCache(Generic[Kept]):
    """Slices that were made already, as long as they may be asked for again."""

    def __init__(self, make: Callable[[int], Kept], count: int) -> None:
        self._make, self._count = make, count
        self._kept: dict[int, Kept] = {}

    def __getitem__(self, place: int) -> Kept:
        at = min(max(place, 0), self._count - 1)
        if at not in self._kept:
            self._kept[at] = self._make(at)
        return self._kept[at]

    def forget_below(self, place: int) -> None:
        """So that memory stays that of a few slices."""
        for each in [each for each in self._kept if each < place]:
            del self._kept[each]


def moved_slice(
    still: SliceCache[NDArray[np.float32]],
    field: NDArray[np.float32],
    step: Three,
    place: int,
    shape: tuple[int, int],
) -> NDArray[np.float32]:
    """Slice `place` after the motion, no blurrier than the others.

    By Lanczos' kernel: a scanner samples what moved afresh, and a cubic kernel would blur it.
    """
    deep, down, across = (field_slice(field[..., axis], step, place, shape) for axis in range(3))
    deep += place
    rows = down + np.arange(shape[0], dtype=np.float32)[:, None]
    columns = across + np.arange(shape[1], dtype=np.float32)
    found, whole = np.zeros((2, *shape), np.float32)
    low, high = int(np.floor(deep.min())) + 1 - _LOBES, int(np.ceil(deep.max())) - 1 + _LOBES
    for other in range(low, high + 1):
        weight = _lanczos(np.abs(deep - other))
        if weight.any():
            whole += weight
            found += weight * cv2.remap(
                still[other], columns, rows, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE
            )
    return np.asarray(np.maximum(found / whole, 0), np.float32)


def _lanczos(away: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of as many lobes as OpenCV's within a slice; the weights' sum is not quite 1."""
    kernel = np.sinc(away) * np.sinc(away / _LOBES)
    return np.asarray(np.where(away < _LOBES, kernel, 0), np.float32)
