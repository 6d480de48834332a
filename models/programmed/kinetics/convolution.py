"""An arterial input through a tissue that lets go of contrast exponentially, without error.

The input is taken as straight lines between its samples, over which the integral with
exp(-kep t) has a closed form; sampling of tissue and input need not agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.kinetics.arterial_input import S_PER_MIN, ArterialInput

SMALL = 1e-2
"""Exponents below are taken by series: their closed form loses digits."""


def sampled_input(
    source: ArterialInput, times_s: NDArray[np.float64], delay_s: float = 0.0
) -> NDArray[np.float64]:
    """(times,) mM in plasma as it reaches the tissue, `delay_s` after the artery."""
    return np.interp(times_s, source.times_s + delay_s, source.plasma_mm, left=0.0)


def convolved(
    source: ArterialInput,
    times_s: NDArray[np.float64],
    kep_per_min: NDArray[np.float64],
    delay_s: float = 0.0,
) -> NDArray[np.float64]:
    """(kep, times) mM min: integral over s up to t of plasma(s) exp(-kep (t - s))."""
    nodes = np.union1d(source.times_s + delay_s, times_s)
    nodes = nodes[nodes <= times_s.max()]
    plasma = sampled_input(source, nodes, delay_s)
    steps = np.diff(nodes) / S_PER_MIN
    x = kep_per_min * steps[:, None]
    keep, before, after = _weights(x)
    added = steps[:, None] * (before * plasma[:-1, None] + after * plasma[1:, None])
    # A step up at the first sample, not a line from whatever node came before it.
    added[nodes[1:] <= source.times_s[0] + delay_s] = 0.0
    found = np.zeros((len(nodes), len(kep_per_min)))
    level = found[0]
    for index in range(len(steps)):
        level = level * keep[index] + added[index]
        found[index + 1] = level
    return np.ascontiguousarray(found[np.searchsorted(nodes, times_s)].T)


def _weights(
    x: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What is kept over a step of exponent x, and how its first and last input count."""
    keep = np.exp(-x)
    safe = np.where(x < SMALL, 1.0, x)
    first = np.where(
        x < SMALL,
        1 / 2 - x * (1 / 3 - x * (1 / 8 - x * (1 / 30 - x / 144))),
        (1 - keep - x * keep) / safe**2,
    )
    last = np.where(
        x < SMALL,
        1 / 2 - x * (1 / 6 - x * (1 / 24 - x * (1 / 120 - x / 720))),
        (x - 1 + keep) / safe**2,
    )
    return keep, first, last
