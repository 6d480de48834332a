"""When contrast reaches a tissue after the artery that was measured: sought with the exchange.

Meant for a few curves, since each delay needs its own convolutions; a breast is fitted at one.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.kinetics.arterial_input import ArterialInput
from senoscope.models.programmed.kinetics.exchange import ExchangeFit, ExchangeModel, fit_exchange

WIDEST_S = 10.0
STEPS_S = (0.5, 0.1, 0.02)
MAPS = ("ktrans_per_min", "ve", "vp", "kep_per_min", "residual_mm", "state")


def fit_with_arrival(
    concentration: NDArray[Any],
    times_s: NDArray[np.float64],
    source: ArterialInput,
    model: ExchangeModel,
) -> tuple[ExchangeFit, NDArray[np.float64]]:
    """As `fit_exchange`, and (...) seconds of the delay, -10 to 10, that leaves least over.

    Every half second is tried, then every tenth round the best, then every fiftieth.
    """
    flat = concentration.reshape(len(concentration), -1)
    count = round(WIDEST_S / STEPS_S[0])
    best = fit_exchange(flat, times_s, source, model)
    delay = np.zeros(flat.shape[1])
    everyone = np.arange(flat.shape[1])
    for place in range(-count, count + 1):
        best, delay = _better(best, delay, everyone, place * STEPS_S[0], flat, times_s, source)
    for wide, step in pairwise(STEPS_S):
        span = round(wide / step)
        for centre in np.unique(delay):
            those = np.flatnonzero(delay == centre)
            for place in range(-span + 1, span):
                tried = float(np.clip(centre + place * step, -WIDEST_S, WIDEST_S))
                best, delay = _better(best, delay, those, tried, flat, times_s, source)
    shape = concentration.shape[1:]
    maps = {name: getattr(best, name).reshape(shape) for name in MAPS}
    return ExchangeFit(model, **maps), delay.reshape(shape)


def _better(
    best: ExchangeFit,
    delay: NDArray[np.float64],
    those: NDArray[np.intp],
    tried_s: float,
    curves: NDArray[Any],
    times_s: NDArray[np.float64],
    source: ArterialInput,
) -> tuple[ExchangeFit, NDArray[np.float64]]:
    """Of `those` curves whichever leaves less over: what was best, or the delay that is tried."""
    found = fit_exchange(curves[:, those], times_s, source, best.model, tried_s)
    less = found.residual_mm < best.residual_mm[those]
    maps = {}
    for name in MAPS:
        values = getattr(best, name).copy()
        values[those[less]] = getattr(found, name)[less]
        maps[name] = values
    delays = delay.copy()
    delays[those[less]] = tried_s
    return replace(best, **maps), delays
