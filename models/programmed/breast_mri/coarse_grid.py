"""Volumes on fewer voxels, and fields that are kept on a coarse grid.

A field's node [i, j, k] lies at voxel [i, j, k] * step of the full volume; between nodes it is
linear, beyond the last one the last one counts. A shrunk volume's voxel is the mean of a block: its
centre lies half a block further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask, Volume

Three = tuple[float, float, float]
Shape = tuple[int, int, int]
Field = NDArray[np.float32]
"""(slices, rows, columns, ...) of nodes."""
_FEWEST = 8


@dataclass(frozen=True)
class SmallGrid:
    """Blocks of `factors` voxels of a volume of `shape`; whole blocks only."""

    shape: Shape
    spacing_mm: Three
    factors: Shape

    @classmethod
    def of(cls, shape: Shape, spacing_mm: Three, wanted_mm: float) -> SmallGrid:
        """Of about `wanted_mm`, and _FEWEST blocks or more each way."""
        factors = (
            max(1, min(round(wanted_mm / mm), extent // _FEWEST))
            for mm, extent in zip(spacing_mm, shape, strict=True)
        )
        one, two, three = factors
        return cls(shape, spacing_mm, (one, two, three))

    @property
    def small_shape(self) -> Shape:
        """In blocks."""
        one, two, three = (n // f for n, f in zip(self.shape, self.factors, strict=True))
        return one, two, three

    @property
    def small_mm(self) -> Three:
        """Of a block."""
        one, two, three = (mm * f for mm, f in zip(self.spacing_mm, self.factors, strict=True))
        return one, two, three

    def shrunk(self, volume: NDArray[np.generic]) -> Volume:
        """Means of blocks."""
        deep, high, wide = self.factors
        slices, rows, columns = self.small_shape
        found = np.empty(self.small_shape, np.float32)
        for place in range(slices):
            block = volume[place * deep : (place + 1) * deep, : rows * high, : columns * wide]
            flat = block.mean(axis=0, dtype=np.float32)
            found[place] = cv2.resize(flat, (columns, rows), interpolation=cv2.INTER_AREA)
        return found

    def voxel(self, block: Three) -> Three:
        """Where a block's place lies in the full volume."""
        one, two, three = (at * f + (f - 1) / 2 for at, f in zip(block, self.factors, strict=True))
        return one, two, three

    def places(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Of the full volume's voxels, in blocks, along each axis."""
        one, two, three = (
            (np.arange(extent) - (factor - 1) / 2) / factor
            for extent, factor in zip(self.shape, self.factors, strict=True)
        )
        return one, two, three

    def grown(self, mask: Mask) -> Mask:
        """A mask of blocks, in the full volume, its steps smoothed."""
        along = self.places()
        nodes = mask.astype(np.float32)
        found = np.empty(self.shape, np.bool_)
        for place, deep in enumerate(along[0]):
            found[place] = resampled(nodes, (deep[None], along[1], along[2]))[0] > 0.5
        return found

    def at_nodes(self, field: Field, step: Three) -> Field:
        """What is known of blocks, at the nodes of a field of `step`."""
        along = [
            (np.arange(count) * by - (factor - 1) / 2) / factor
            for count, by, factor in zip(
                nodes_for(self.shape, step), step, self.factors, strict=True
            )
        ]
        return resampled(field, (along[0], along[1], along[2]))


def shape_of(volume: NDArray[Any]) -> Shape:
    """(slices, rows, columns)."""
    slices, rows, columns = volume.shape
    return slices, rows, columns


def nodes_for(shape: Sequence[int], step: Three) -> Shape:
    """How many nodes cover a volume."""
    one, two, three = (ceil((extent - 1) / by) + 1 for extent, by in zip(shape, step, strict=True))
    return one, two, three


def resampled(nodes: Field, along: tuple[NDArray[Any], NDArray[Any], NDArray[Any]]) -> Field:
    """At every [slice, row, column] of three lists of places, in nodes; linear, ends repeated."""
    found = nodes
    for axis, places in enumerate(along):
        found = np.moveaxis(_along_first(np.moveaxis(found, axis, 0), places), 0, axis)
    return found


def _along_first(nodes: Field, places: NDArray[Any]) -> Field:
    at = np.clip(np.asarray(places, np.float64), 0, len(nodes) - 1)
    low = np.minimum(at.astype(np.intp), max(len(nodes) - 2, 0))
    high = np.minimum(low + 1, len(nodes) - 1)
    if len(places) == 1:
        share = np.float32(at[0] - low[0])
        between = nodes[low[0]] + share * (nodes[high[0]] - nodes[low[0]])
        return np.asarray(between[None], np.float32)
    weights = np.zeros((len(places), len(nodes)), np.float32)
    weights[np.arange(len(places)), low] = 1 - (at - low)
    weights[np.arange(len(places)), high] += (at - low).astype(np.float32)
    flat = weights @ nodes.reshape(len(nodes), -1)
    return flat.reshape(len(places), *nodes.shape[1:])


def in_box(nodes: Field, step: Three, ranges: tuple[range, range, range]) -> Field:
    """A field at voxels."""
    one, two, three = (np.arange(r.start, r.stop) / by for r, by in zip(ranges, step, strict=True))
    return resampled(nodes, (one, two, three))


def in_volume(nodes: Field, step: Three, shape: Sequence[int]) -> Volume:
    """(slices, rows, columns) of a field without more axes."""
    one, two, three = (range(extent) for extent in shape)
    return in_box(nodes, step, (one, two, three))


def blurred(volume: NDArray[np.float32], sigmas: Three) -> NDArray[np.float32]:
    """By a Gaussian of so many voxels along each axis of (slices, rows, columns)."""
    slices, rows, columns = volume.shape
    flat = cv2.GaussianBlur(
        volume.reshape(slices, -1), (1, _taps(sigmas[0])), sigmaX=1e-6, sigmaY=sigmas[0],
        borderType=cv2.BORDER_REPLICATE,
    ).reshape(slices, rows, columns)  # fmt: skip
    found = np.empty_like(flat)
    for place, plane in enumerate(flat):
        cv2.GaussianBlur(
            plane, (_taps(sigmas[2]), _taps(sigmas[1])), dst=found[place], sigmaX=sigmas[2],
            sigmaY=sigmas[1], borderType=cv2.BORDER_REPLICATE,
        )  # fmt: skip
    return np.asarray(found, np.float32)


def _taps(sigma: float) -> int:
    return 2 * max(1, ceil(3 * sigma)) + 1


def sigmas_for(mm: float, spacing_mm: Three) -> Three:
    """Of `blurred`, for a Gaussian of `mm`."""
    one, two, three = (mm / each for each in spacing_mm)
    return one, two, three


def dilated(mask: Mask, mm: float, spacing_mm: Three) -> Mask:
    """By a box of so many mm each way."""
    deep, high, wide = (2 * round(mm / each) + 1 for each in spacing_mm)
    kernel = np.ones((high, wide), np.uint8)
    planes = np.stack([cv2.dilate(each.astype(np.uint8), kernel) for each in mask])
    flat = cv2.dilate(planes.reshape(len(planes), -1), np.ones((deep, 1), np.uint8))
    return np.asarray(flat.reshape(mask.shape) > 0, np.bool_)
