"""The coil's shading, by N4 (Tustison et al., IEEE Trans Med Imaging 2010;29:1310)."""

from __future__ import annotations

import numpy as np

from senoscope.domain.breast_mri import Mask, Volume
from senoscope.models.programmed.breast_mri.boxes import Box, ranges
from senoscope.models.programmed.breast_mri.coarse_grid import (
    Field,
    SmallGrid,
    Three,
    in_box,
    nodes_for,
)
from senoscope.models.programmed.breast_mri.itk import as_array, as_image, one_thread, simple_itk

NODES_MM = 12.0
"""Between nodes of the field as it is kept: shading is far smoother."""
LOOKED_AT_MM = 7.0
"""Voxels that N4 sees: finer ones take ten times as long and give the same field."""
_ROUNDS = (30, 30, 20)
_STILL = 1e-4


def bias_field(small: Volume, inside: Mask, grid: SmallGrid) -> tuple[Field, Three]:
    """(nodes, step) of the field to divide by, as `MriAnalysis.bias` has it.

    `small` is a volume on the blocks of `grid`, `inside` the tissue that is looked at.
    """
    coarse = SmallGrid.of(grid.small_shape, grid.small_mm, LOOKED_AT_MM)
    seen, where = coarse.shrunk(small), coarse.shrunk(inside.astype(np.float32)) > 0.5
    one, two, three = (max(1.0, NODES_MM / mm) for mm in grid.spacing_mm)
    step = (one, two, three)
    if not where.any():
        return np.ones(nodes_for(grid.shape, step), np.float32), step
    first = grid.voxel(coarse.voxel((0.0, 0.0, 0.0)))
    z, y, x = (at * mm for at, mm in zip(first, grid.spacing_mm, strict=True))
    with one_thread():
        image = as_image(np.maximum(seen, 1e-3), coarse.small_mm, (z, y, x))
        way = simple_itk().N4BiasFieldCorrectionImageFilter()
        way.SetMaximumNumberOfIterations(list(_ROUNDS))
        way.SetConvergenceThreshold(_STILL)
        way.Execute(image, as_image(where, coarse.small_mm, (z, y, x)))
        z, y, x = (by * mm for by, mm in zip(step, grid.spacing_mm, strict=True))
        wanted = as_image(np.zeros(nodes_for(grid.shape, step), np.float32), (z, y, x))
        log = as_array(way.GetLogBiasFieldAsImage(wanted)).astype(np.float32)
    return np.exp(log), step


def evened(part: Volume, bias: Field | None, step: Three, box: Box) -> Volume:
    """A volume's box without its shading, as `MriAnalysis.bias` says; as it is where it is None."""
    return part if bias is None else part / in_box(bias, step, ranges(box))
