"""Which pixels of a region adjoin, direction by direction."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

Ordinals = NDArray[np.int64]
Pairs = tuple[Ordinals, Ordinals]
"""Of each pair of adjoining pixels the first, and the second one step along the direction."""


def directions(dimensions: int, in_plane: bool = False) -> list[tuple[int, ...]]:
    """One of each opposite pair of steps at Chebyshev distance 1: 4 in 2-D, 13 in 3-D.

    Steps are in array order. `in_plane` keeps those that stay in their slice, the first axis of
    three (pyradiomics' `force2D` with `force2Ddimension` 0).
    """
    rest = (0,) * dimensions
    steps = [step for step in product((-1, 0, 1), repeat=dimensions) if step > rest]
    return [step for step in steps if step[0] == 0] if in_plane and dimensions == 3 else steps


def adjoining_pairs(mask: NDArray[np.bool_], in_plane: bool = False) -> list[Pairs]:
    """Adjoining pixels of a (rows, columns) or (slices, rows, columns) mask, per direction.

    A pixel is its place in `image[mask]`. Directions without a pair are left out: IBSI and
    pyradiomics take no mean over empty matrices.
    """
    padded = np.pad(mask, 1)
    ordinal = np.full(padded.shape, -1, np.int64)
    ordinal[padded] = np.arange(int(mask.sum()))
    strides = np.array(ordinal.strides) // ordinal.itemsize
    flat, places = ordinal.ravel(), np.flatnonzero(padded)
    pairs: list[Pairs] = []
    for step in directions(mask.ndim, in_plane):
        second = flat[places + int(strides @ np.array(step))]
        first = np.flatnonzero(second >= 0)
        if first.size:
            pairs.append((first, second[first]))
    return pairs
