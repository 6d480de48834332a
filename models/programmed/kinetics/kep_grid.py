"""Least squares over kep by variable projection (Golub and Pereyra, Inverse Problems 2003;19:R1).

What a voxel's curve has in common with each node of a grid is one product of matrices for all
voxels. Between two nodes the uptake is interpolated by a cubic (Hermite) in log kep, so that the
search there needs no curve any more, only those products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.kinetics.arterial_input import ArterialInput
from senoscope.models.programmed.kinetics.convolution import convolved

Floats = NDArray[np.float64]
KEP_PER_MIN = (0.005, 25.0)
NODES = 72
"""A ratio of 1.13: the cubic is then off by about 1e-6 of the uptake."""
NUDGE = 1e-3
"""In log kep, for the slope at a node."""
GOLDEN = (5**0.5 - 1) / 2
ROUNDS = 26
"""Of golden sections: log kep to 1e-6."""
LARGEST_VE = 1.0
LARGEST_VP = 1.0
COLLINEAR = 1e-10


@dataclass(frozen=True, eq=False)
class KepGrid:
    """`log_kep` (nodes,), `uptake` (nodes, phases) and its slope per `log_kep` step of a node."""

    log_kep: Floats
    uptake: Floats
    slope: Floats


def kep_grid(source: ArterialInput, times_s: Floats, delay_s: float = 0.0) -> KepGrid:
    """Nodes at which the artery's curve is convolved exactly."""
    low, high = np.log(KEP_PER_MIN)
    log_kep = np.linspace(low, high, NODES)
    nudged = np.concatenate([log_kep, log_kep - NUDGE, log_kep + NUDGE])
    middle, below, above = np.split(convolved(source, times_s, np.exp(nudged), delay_s), 3)
    step = log_kep[1] - log_kep[0]
    return KepGrid(log_kep, middle, (above - below) * (step / (2 * NUDGE)))


def solved(
    uptake: Floats, plasma: Floats | None, curves: Floats, kep_per_min: Floats | None
) -> tuple[Floats, Floats, Floats]:
    """(nodes, n) Ktrans, vp and gain at each row of `uptake`, (nodes, phases).

    The gain is how much less of the curve's sum of squares is left. `plasma` None: vp is 0.
    `kep_per_min` None: ve has no bound.
    """
    own = (uptake**2).sum(axis=1)[:, None]
    shared = uptake @ curves
    most = np.inf if kep_per_min is None else LARGEST_VE * kep_per_min[:, None]
    if plasma is None:
        return _without_plasma(own, shared, most)
    return _with_plasma(
        own, shared, (uptake @ plasma)[:, None], float(plasma @ plasma), plasma @ curves, most
    )


def best_within(
    grid: KepGrid, plasma: Floats | None, curves: Floats
) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.bool_]]:
    """(n,) Ktrans, vp, gain, kep, and whether kep lies at the grid's edge."""
    gain = solved(grid.uptake, plasma, curves, np.exp(grid.log_kep))[2]
    first, second = _highest_peaks(gain)
    found = _searched_round(grid, first, plasma, curves)
    those = np.flatnonzero(second >= 0)
    if len(those):
        other = _searched_round(grid, second[those], plasma, curves[:, those])
        higher = other[2] > found[2, those]
        found[:, those[higher]] = other[:, higher]
    ktrans, vp, most, log_kep = found
    width = 0.01 * (grid.log_kep[1] - grid.log_kep[0])
    at_edge = (log_kep < grid.log_kep[0] + width) | (log_kep > grid.log_kep[-1] - width)
    return ktrans, vp, most, np.exp(log_kep), at_edge


def _highest_peaks(gain: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The highest node of each voxel, and the highest of its other peaks, -1 where it has none.

    With few phases two keps may explain a curve alike; which of them does better shows only
    between nodes.
    """
    edged = np.full((len(gain) + 2, gain.shape[1]), -np.inf)
    edged[1:-1] = gain
    first = gain.argmax(axis=0)
    is_peak = (gain > edged[:-2]) & (gain >= edged[2:])
    near = first + np.arange(-1, 2)[:, None]
    is_peak[np.clip(near, 0, len(gain) - 1), np.arange(gain.shape[1])] = False
    others = np.where(is_peak, gain, -np.inf)
    return first, np.where(is_peak.any(axis=0), others.argmax(axis=0), -1)


def _searched_round(
    grid: KepGrid, node: NDArray[np.intp], plasma: Floats | None, curves: Floats
) -> Floats:
    """(4, n) Ktrans, vp, gain and log kep, the best on either side of a node."""
    products = np.stack([grid.uptake @ curves, grid.slope @ curves])
    shared = None if plasma is None else plasma @ curves
    below, above = (
        np.stack(_searched(grid, np.clip(node - left, 0, NODES - 2), plasma, shared, products))
        for left in (1, 0)
    )
    return np.where(below[2] > above[2], below, above)


def _searched(
    grid: KepGrid,
    at: NDArray[np.intp],
    plasma: Floats | None,
    plasma_shared: Floats | None,
    products: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Golden sections from node `at` to the next, of every voxel: Ktrans, vp, gain, log kep."""
    corners = np.stack([grid.uptake[:-1], grid.slope[:-1], grid.uptake[1:], grid.slope[1:]], axis=1)
    own = (corners @ corners.transpose(0, 2, 1))[at].transpose(1, 2, 0).copy()
    voxel = np.arange(len(at))
    shared = np.stack([products[kind, at + end, voxel] for end in (0, 1) for kind in (0, 1)])
    crossed = None if plasma is None else (corners @ plasma)[at].T.copy()
    square = 0.0 if plasma is None else float(plasma @ plasma)
    step = grid.log_kep[1] - grid.log_kep[0]

    def tried(place: Floats) -> tuple[Floats, Floats, Floats]:
        weights = _cubic(place)
        most = LARGEST_VE * np.exp(grid.log_kep[at] + step * place)
        norm = np.einsum("in,in->n", weights, np.einsum("ijn,jn->in", own, weights))
        common = np.einsum("in,in->n", weights, shared)
        if crossed is None or plasma_shared is None:
            return _without_plasma(norm, common, most)
        both = np.einsum("in,in->n", weights, crossed)
        return _with_plasma(norm, common, both, square, plasma_shared, most)

    low, high = np.zeros(len(at)), np.ones(len(at))
    first, second = high - GOLDEN, low + GOLDEN
    one, other = tried(first)[2], tried(second)[2]
    for _ in range(ROUNDS):
        left = one > other
        high, low = np.where(left, second, high), np.where(left, low, first)
        span = GOLDEN * (high - low)
        probe = np.where(left, high - span, low + span)
        gain = tried(probe)[2]
        first, second = np.where(left, probe, second), np.where(left, first, probe)
        one, other = np.where(left, gain, other), np.where(left, one, gain)
    place = (low + high) / 2
    return *tried(place), grid.log_kep[at] + step * place


def _cubic(place: Floats) -> Floats:
    """(4, n) Hermite weights of value and slope at 0, value and slope at 1."""
    square, cube = place**2, place**3
    rise = 3 * square - 2 * cube
    return np.stack([1 - rise, place - 2 * square + cube, rise, cube - square])


def _without_plasma(
    own: Floats, shared: Floats, most: Floats | float
) -> tuple[Floats, Floats, Floats]:
    ktrans = np.clip(shared / own, 0.0, most)
    return ktrans, np.zeros_like(ktrans), ktrans * (2 * shared - ktrans * own)


def _with_plasma(
    own: Floats,
    shared: Floats,
    crossed: Floats,
    square: float,
    plasma_shared: Floats,
    most: Floats | float,
) -> tuple[Floats, Floats, Floats]:
    """Two unknowns under bounds: on a bound that is met, the other one is solved again."""
    apart = own * square - crossed**2
    clear = apart > COLLINEAR * own * square
    both = (square * shared - crossed * plasma_shared) / np.where(clear, apart, 1.0)
    vp = np.clip((plasma_shared - both * crossed) / square, 0.0, LARGEST_VP)
    is_free = clear & (vp > 0) & (vp < LARGEST_VP)
    ktrans = np.where(is_free, both, (shared - np.where(clear, vp, 0.0) * crossed) / own)
    ktrans = np.clip(ktrans, 0.0, most)
    vp = np.clip((plasma_shared - ktrans * crossed) / square, 0.0, LARGEST_VP)
    gain = 2 * (ktrans * shared + vp * plasma_shared)
    gain -= ktrans**2 * own + 2 * ktrans * vp * crossed + vp**2 * square
    return ktrans, vp, gain
