"""Later phases onto the one before contrast: a rigid movement, then a smooth one.

The rigid one is SimpleITK's, by mutual information (Mattes et al., IEEE Trans Med Imaging
2003;22:120), which does not mind that tissue becomes brighter. The smooth one solves in a wide
window round each place for the shift that explains what is left (Lucas and Kanade, IJCAI 1981) of
pictures that are evened out locally, so that only edges speak. A free movement would shrink what
enhances (Rohlfing et al., IEEE Trans Med Imaging 2003;22:730): the window is wider than most
lesions, and a difference as large as that of an enhancing lesion counts no more than a small one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask, Volume
from senoscope.models.programmed.breast_mri.analysis import Motion
from senoscope.models.programmed.breast_mri.boxes import padded, trimmed, whole
from senoscope.models.programmed.breast_mri.coarse_grid import (
    Field,
    SmallGrid,
    Three,
    blurred,
    dilated,
    nodes_for,
    sigmas_for,
)
from senoscope.models.programmed.breast_mri.itk import as_array, as_image, one_thread, simple_itk
from senoscope.models.programmed.breast_mri.motion import sampled
from senoscope.models.programmed.breast_mri.steps import Steps

_WORDS = "aligning the phases"
_SHARES = (0.25, 0.45)
_NODES = 4
"""Blocks between nodes of the motion that is kept."""
_BESIDE_MM, _SKIN_MM = 15.0, 7.0
_INSIDE = 0.5
_BINS = 32
_SAMPLED = 0.1
_SEED = 7
_EVEN_MM = 6.0
WINDOWS_MM = (24.0, 14.0)
ROUNDS = 5
HELD_MM = 6.0
BLOCK_MM = 2.0
"""Of what is looked at: in blocks of 3.5 mm what is left is three times as large."""
_CLIP = 0.5
_HOLD = 0.01


class Registration:
    """Onto `fixed`, a volume of few voxels of `spacing_mm`; `inside` says where it counts."""

    def __init__(
        self,
        fixed: Volume,
        inside: Mask,
        spacing_mm: Three,
        windows_mm: tuple[float, ...] = WINDOWS_MM,
    ) -> None:
        self._mm, self._windows_mm = spacing_mm, windows_mm
        self._fixed, self._inside = fixed, inside
        self._even = self._evened(fixed)
        self._slopes = np.asarray(np.gradient(self._even), np.float32)
        weight = inside.astype(np.float32)
        self._pull = self._slopes * weight
        energy = np.square(self._pull).sum(axis=0)
        self._told = energy + np.float32(_HOLD * float(energy[inside].mean()) + 1e-9)
        self._inverse = [self._inverse_of(weight, mm) for mm in windows_mm]

    def onto(self, moving: Volume) -> NDArray[np.float32]:
        """(slices, rows, columns, 3) in these voxels, as `Motion` says of the full volume's."""
        return self.closer(moving, self._rigid(moving), ROUNDS)

    def closer(self, moving: Volume, away: Field, rounds: int) -> Field:
        """What `onto` gives, from where it is known nearly; so many rounds a window."""
        even = self._evened(moving)
        for window_mm, inverse in zip(self._windows_mm, self._inverse, strict=True):
            for _ in range(rounds):
                away = away + self._step(even, away, window_mm, inverse)
                away = self._held(away)
        return away

    def _step(
        self, even: Volume, away: NDArray[np.float32], window_mm: float, inverse: Any
    ) -> NDArray[np.float32]:
        left = np.clip(self._even - warped(even, away), -_CLIP, _CLIP)
        pulled = np.stack(
            [blurred(each * left, sigmas_for(window_mm, self._mm)) for each in self._pull]
        )
        return np.asarray(np.einsum("ij...,j...->...i", inverse, pulled), np.float32)

    def _held(self, away: Field) -> Field:
        """Where nothing tells a shift, that of the neighbours: noise would add up else."""
        sigmas = sigmas_for(HELD_MM, self._mm)
        parts = [blurred(away[..., axis] * self._told, sigmas) for axis in range(3)]
        return np.stack(parts, axis=-1) / blurred(self._told, sigmas)[..., None]

    def _evened(self, volume: Volume) -> Volume:
        """Less its surroundings, in their spreads."""
        sigmas = sigmas_for(_EVEN_MM, self._mm)
        around = blurred(volume, sigmas)
        spread = np.sqrt(np.maximum(blurred((volume - around) ** 2, sigmas), 0))
        floor = 0.25 * float(np.median(spread[self._inside]))
        return np.asarray((volume - around) / (spread + floor + 1e-6), np.float32)

    def _inverse_of(self, weight: Volume, window_mm: float) -> NDArray[np.float32]:
        sigmas = sigmas_for(window_mm, self._mm)
        matrix = np.empty((*weight.shape, 3, 3), np.float32)
        for one in range(3):
            for other in range(one, 3):
                product = blurred(self._pull[one] * self._slopes[other], sigmas)
                matrix[..., one, other] = matrix[..., other, one] = product
        trace = float(np.trace(matrix[self._inside], axis1=1, axis2=2).mean())
        matrix += _HOLD * trace * np.eye(3, dtype=np.float32)
        return np.ascontiguousarray(np.moveaxis(np.linalg.inv(matrix), (3, 4), (0, 1)))

    def _rigid(self, moving: Volume) -> NDArray[np.float32]:
        with one_thread():
            fixed, image = (as_image(each, self._mm) for each in (self._fixed, moving))
            way = simple_itk().ImageRegistrationMethod()
            way.SetMetricAsMattesMutualInformation(_BINS)
            way.SetMetricFixedMask(as_image(self._inside, self._mm))
            way.SetMetricSamplingStrategy(way.REGULAR)
            way.SetMetricSamplingPercentage(_SAMPLED, _SEED)
            way.SetInterpolator(simple_itk().sitkLinear)
            start = simple_itk().CenteredTransformInitializer(
                fixed, image, simple_itk().Euler3DTransform(),
                simple_itk().CenteredTransformInitializerFilter.GEOMETRY,
            )  # fmt: skip
            way.SetOptimizerAsRegularStepGradientDescent(1.0, 0.02, 25)
            way.SetOptimizerScalesFromPhysicalShift()
            way.SetInitialTransform(start, inPlace=False)
            found = way.Execute(fixed, image)
            field = simple_itk().TransformToDisplacementField(
                found, simple_itk().sitkVectorFloat32, fixed.GetSize(), fixed.GetOrigin(),
                fixed.GetSpacing(), fixed.GetDirection(),
            )  # fmt: skip
        return np.asarray(as_array(field)[..., ::-1] / np.array(self._mm, np.float32), np.float32)


def warped(volume: Volume, away: NDArray[np.float32]) -> Volume:
    """The value at voxel + away, trilinear; beyond the volume its outermost voxels count."""
    slices, rows, columns = volume.shape
    deep = np.clip(np.arange(slices, dtype=np.float32)[:, None, None] + away[..., 0], 0, slices - 1)
    down = away[..., 1] + np.arange(rows, dtype=np.float32)[:, None]
    across = away[..., 2] + np.arange(columns, dtype=np.float32)
    found = np.zeros(volume.shape, np.float32)
    for place in range(slices):
        found[place] = sampled(volume, deep[place], down[place], across[place])
    return found


def motion_of(series: DynamicSeries, breasts: Mask, steps: Steps) -> Motion:
    """Of every phase, against the last before contrast; `breasts` are of the whole volume."""
    grid = SmallGrid.of(series.shape, series.geometry.spacing_mm, BLOCK_MM)
    near = grid.shrunk(breasts) > _INSIDE
    last, mm = series.pre_contrast - 1, grid.small_mm
    box, _ = trimmed(whole(near.shape), near)
    box = padded(box, _BESIDE_MM, mm, near.shape)
    with steps.step("registration", _SHARES[0], _WORDS):
        fixed = np.ascontiguousarray(grid.shrunk(series.phases[last])[box])
        way = Registration(fixed, dilated(near, _SKIN_MM, mm)[box], mm)
    one, two, three = (float(_NODES * factor) for factor in grid.factors)
    nodes = nodes_for(grid.shape, (one, two, three))
    found = np.zeros((len(series.phases), *nodes, 3), np.float32)
    pads = [*((b.start, n - b.stop) for b, n in zip(box, near.shape, strict=True)), (0, 0)]
    for index, phase in enumerate(series.phases):
        share = _SHARES[0] + _SHARES[1] * index / len(series.phases)
        with steps.step("registration", share, _WORDS):
            if index != last:
                away = way.onto(np.ascontiguousarray(grid.shrunk(phase)[box]))
                away = np.pad(away * np.array(grid.factors, np.float32), pads, mode="edge")
                found[index] = grid.at_nodes(away, (one, two, three))
    return Motion((one, two, three), found)
