"""Shape features of a mask, blind to intensities.

In 3-D definitions are IBSI's (Zwanenburg 2020) under pyradiomics' names: volume, area and diameters
are the mesh's, axes are 4 times the root of an eigenvalue of the covariance of voxel centres. Where
pyradiomics, and so this file, is not IBSI:

- The covariance is divided by the n voxels; IBSI's reference values come of n - 1, which makes the
  axis lengths longer by sqrt(n / (n - 1)).
- IBSI asks for a closed mesh; `mesh` says where pyradiomics' is not.
- Diameters within planes are pyradiomics' own: `Slice` is within planes of one slice, `Column` of
  one row, `Row` of one column, in array order.

In 2-D nothing is in IBSI; the features are pyradiomics' `shape2D`, by marching squares.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.radiomics.diameter import (
    diameters,
    hull_indices,
    largest_distance,
)
from senoscope.models.programmed.radiomics.mesh import surface_triangles, triangle_areas

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SQUARE_AREAS = np.array([0, 1, 1, 4, 1, 2, 4, 7, 1, 4, 2, 7, 4, 7, 7, 8]) / 8
"""Share of a square between four pixel centres that is inside, by which corners are in the mask:
bit 0 upper left, 1 upper right, 2 lower right, 3 lower left."""
SQUARE_SLANTS = np.array([0, 1, 1, 0, 1, 2, 0, 1, 1, 0, 2, 1, 0, 1, 1, 0])
"""How many times the outline cuts a corner of that square off."""


def shape_features(mask: Mask, spacing_mm: Floats) -> dict[str, float]:
    """14 features of a (slices, rows, columns) mask of at least two voxels; mm, mm2, mm3.

    `spacing_mm` is (3,), in array order.
    """
    mask = bounding_box(mask)
    triangles = surface_triangles(mask)
    in_mm = triangles * spacing_mm
    area = float(triangle_areas(in_mm).sum())
    volume = float(np.linalg.det(in_mm).sum()) / 6
    points = np.unique(np.rint(2 * triangles).astype(np.int32).reshape(-1, 3), axis=0)
    across_slices, across_rows, across_columns, overall = diameters(points, spacing_mm / 2)
    least, minor, major = _axes(mask, spacing_mm)
    return {
        "MeshVolume": volume,
        "VoxelVolume": float(mask.sum() * np.prod(spacing_mm)),
        "SurfaceArea": area,
        "SurfaceVolumeRatio": area / volume,
        "Sphericity": float(np.cbrt(36 * np.pi * volume**2)) / area,
        "Maximum3DDiameter": overall,
        "Maximum2DDiameterSlice": across_slices,
        "Maximum2DDiameterColumn": across_rows,
        "Maximum2DDiameterRow": across_columns,
        "MajorAxisLength": 4 * major,
        "MinorAxisLength": 4 * minor,
        "LeastAxisLength": 4 * least,
        "Elongation": minor / major,
        "Flatness": least / major,
    }


def shape2d_features(mask: Mask, spacing_mm: Floats) -> dict[str, float]:
    """9 features of a (rows, columns) mask of at least two pixels; mm, mm2. `spacing_mm` is (2,).

    Pixels that meet at a corner only are kept apart by the outline.
    """
    padded = np.pad(bounding_box(mask), 1).astype(np.int64)
    corners = padded[:-1, :-1], padded[:-1, 1:], padded[1:, 1:], padded[1:, :-1]
    codes = sum(corner << bit for bit, corner in enumerate(corners))
    counts = np.bincount(np.ravel(codes), minlength=16)
    surface = float(counts @ SQUARE_AREAS * np.prod(spacing_mm))
    height, width = spacing_mm
    slants = counts @ SQUARE_SLANTS * np.hypot(height, width) / 2
    perimeter = float(slants + counts[[3, 12]].sum() * width + counts[[6, 9]].sum() * height)
    outline = _outline_points(padded)
    minor, major = _axes(mask, spacing_mm)
    return {
        "MeshSurface": surface,
        "PixelSurface": float(mask.sum() * np.prod(spacing_mm)),
        "Perimeter": perimeter,
        "PerimeterSurfaceRatio": perimeter / surface,
        "Sphericity": 2 * float(np.sqrt(np.pi * surface)) / perimeter,
        "MaximumDiameter": largest_distance(outline[hull_indices(outline)] * spacing_mm / 2),
        "MajorAxisLength": 4 * major,
        "MinorAxisLength": 4 * minor,
        "Elongation": minor / major,
    }


def bounding_box(mask: Mask) -> Mask:
    """The part of a mask that holds all of it, of the same number of axes."""
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        held = np.flatnonzero(mask.any(axis=others))
        mask = mask.take(range(held[0], held[-1] + 1), axis=axis)
    return mask


def _axes(mask: Mask, spacing_mm: Floats) -> list[float]:
    """Standard deviations of the pixel centres along the principal axes, ascending, in mm."""
    centres = np.argwhere(mask) * spacing_mm
    away = centres - centres.mean(axis=0)
    eigenvalues = np.linalg.eigvalsh(away.T @ away / len(away))
    # Rounding leaves a flat mask's least eigenvalue a little to either side of 0.
    return cast(list[float], np.sqrt(np.maximum(eigenvalues, 0)).tolist())


def _outline_points(padded: NDArray[np.int64]) -> NDArray[np.int32]:
    """(n, 2) points halfway between a pixel in the mask and one outside, in half pixels."""
    down = np.argwhere(np.diff(padded, axis=0)) * 2 + (1, 0)
    along = np.argwhere(np.diff(padded, axis=1)) * 2 + (0, 1)
    return np.concatenate([down, along]).astype(np.int32)
