"""How long a sum runs until it alarms: by calculation, so that no limit is found by trying.

A one-sided CUSUM, S = max(0, S + step), as a Markov chain (Brook & Evans, Biometrika 1972;59:539):
the mean run without a change says how often it alarms falsely, the share of runs that end early
after a change says how often it finds one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.metrics import Floats

STATES = 100
_ATOMS = 400
_FIRST = (3.0, 6.0)
_SECANTS = 25
_CLOSE = 1e-3
_START, _END = np.mgrid[:STATES, :STATES]


@dataclass(frozen=True, eq=False)
class Steps:
    """What is added at each case: `values` (m,) with the chances `mass` (m,), which sum to 1."""

    values: Floats
    mass: Floats

    @classmethod
    def normal(cls, mean: float) -> Steps:
        """Of unit variance, as the medians of parts of equal mass."""
        return cls(mean + _unit_normal(), np.full(_ATOMS, 1 / _ATOMS))


@lru_cache(maxsize=1)
def _unit_normal() -> Floats:
    values = np.array([NormalDist().inv_cdf((part + 0.5) / _ATOMS) for part in range(_ATOMS)])
    # The medians of the outermost parts lose a little of the variance.
    return np.asarray(values / values.std(), dtype=np.float64)


def mean_run(steps: Steps, limit: float) -> float:
    """Cases until an alarm, on average, from 0."""
    chain = _chain(steps, limit)
    return float(np.linalg.solve(np.eye(STATES) - chain, np.ones(STATES))[0])


def alarmed_within(steps: Steps, limit: float, cases: int) -> float:
    """The share of runs from 0 that alarm within so many cases."""
    chain = _chain(steps, limit)
    held = np.zeros(STATES)
    held[0] = 1
    for _ in range(cases):
        held = held @ chain
    return float(1 - held.sum())


def limit_for(sides: Sequence[tuple[float, Steps]], alarms_per_case: float) -> float:
    """The limit at which all `sides` together alarm so often: weights and steps without a change.

    The weights are chances of what may be true of the reference, times how many sums run side by
    side: they sum to 2 for one up and one down.
    """
    if not 0 < alarms_per_case < 0.1:
        raise SettingsError(
            f"{alarms_per_case:g} false alarms a case were asked for; expected above 0 and below "
            "0.1, such as 0.0007."
        )

    def excess(limit: float) -> float:
        rate = sum(weight / mean_run(steps, limit) for weight, steps in sides)
        return math.log(rate / alarms_per_case)

    # The logarithm of the rate is nearly a line in the limit: a few secants find it.
    before, limit = _FIRST
    was, now = excess(before), excess(limit)
    for _ in range(_SECANTS):
        if abs(now) < _CLOSE or now == was:
            break
        slope = (now - was) / (limit - before)
        before, was = limit, now
        limit = min(max(limit - now / slope, _FIRST[0] / 10), 4 * limit)
        now = excess(limit)
    if abs(now) >= _CLOSE:
        raise SettingsError(
            f"No limit alarms {alarms_per_case:g} times a case. Give a reference of more cases."
        )
    return limit


def _chain(steps: Steps, limit: float) -> Floats:
    """(STATES, STATES): from each multiple of a width to each; the alarm is what is missing.

    A step between two multiples goes to both in proportion, so that small steps keep their mean.
    """
    width = limit / (STATES - 0.5)
    place = np.clip(steps.values / width, -STATES, STATES)
    lower = np.floor(place).astype(np.int64)
    mass = np.zeros(2 * STATES + 2)
    np.add.at(mass, lower + STATES, steps.mass * (1 - (place - lower)))
    np.add.at(mass, lower + STATES + 1, steps.mass * (place - lower))
    chain: Floats = mass[_END - _START + STATES]
    # All that would fall below 0 stays at 0.
    chain[:, 0] = np.cumsum(mass)[STATES - np.arange(STATES)]
    return chain
