"""Tofts, extended Tofts and Patlak fits of every voxel at once.

C(t) = Ktrans * integral of Cp(s) exp(-kep (t - s)) + vp Cp(t), kep = Ktrans / ve (Tofts et al.,
J Magn Reson Imaging 1999;10:223; Patlak et al., J Cereb Blood Flow Metab 1983;3:1, where nothing
flows back: kep = 0). For a given kep this is linear in Ktrans and vp, so that least squares within
their bounds has a closed form. kep is sought on a grid, then between its nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.kinetics.arterial_input import ArterialInput
from senoscope.models.programmed.kinetics.convolution import convolved, sampled_input
from senoscope.models.programmed.kinetics.kep_grid import (
    Floats,
    KepGrid,
    best_within,
    kep_grid,
    solved,
)

CHUNK = 8192
"""Voxels at a time: what is computed of them stays in the cache."""


class ExchangeModel(StrEnum):
    """How contrast leaves the plasma and comes back."""

    TOFTS = "tofts"
    EXTENDED_TOFTS = "extended-tofts"
    PATLAK = "patlak"

    @property
    def has_plasma(self) -> bool:
        """Whether plasma within the tissue counts (vp)."""
        return self is not ExchangeModel.TOFTS


class FitState(IntEnum):
    """Of one voxel. In the last three something is NaN, or everything."""

    FITTED = 0
    KEP_AT_EDGE = 1
    """Of the range that was searched: the curve does not tell kep, and so neither ve."""
    NO_EXCHANGE = 2
    """Ktrans is 0: kep and ve mean nothing."""
    NOT_FINITE = 3
    """A concentration that is no number: nothing is fitted."""


@dataclass(frozen=True, eq=False)
class ExchangeFit:
    """Maps of one shape, float32. `residual_mm`: root mean square. `vp` is 0 in Tofts' model.

    `state` is uint8 of `FitState`; `kep_per_min` and `ve` are NaN in Patlak's model.
    """

    model: ExchangeModel
    ktrans_per_min: NDArray[np.float32]
    ve: NDArray[np.float32]
    vp: NDArray[np.float32]
    kep_per_min: NDArray[np.float32]
    residual_mm: NDArray[np.float32]
    state: NDArray[np.uint8]


def fit_exchange(
    concentration: NDArray[Any],
    times_s: NDArray[np.float64],
    source: ArterialInput,
    model: ExchangeModel,
    delay_s: float = 0.0,
) -> ExchangeFit:
    """(phases, ...) mM of tissue at `times_s`, on the clock of `source`; 0 <= vp, 0 < ve <= 1."""
    count = len(times_s)
    fewest = 3 if model is ExchangeModel.EXTENDED_TOFTS else 2
    if len(concentration) != count or count < fewest or not (np.diff(times_s) > 0).all():
        raise ImageError(
            f"{len(concentration)} phases of concentration were given at {count} times; expected "
            f"as many, {fewest} at least, the times rising."
        )
    plasma = sampled_input(source, times_s, delay_s)
    if model is ExchangeModel.PATLAK:
        grid = None
        uptake = convolved(source, times_s, np.zeros(1), delay_s)
    else:
        grid = kep_grid(source, times_s, delay_s)
        uptake = grid.uptake
    if not uptake.any() or (model.has_plasma and not plasma.any()):
        raise ImageError(
            f"The arterial input begins at {source.times_s[0] + delay_s:.1f} s, the last phase is "
            f"of {times_s[-1]:.1f} s; expected contrast in the artery within the phases."
        )
    shape = concentration.shape[1:]
    flat = concentration.reshape(count, -1)
    found = np.empty((5, flat.shape[1]), np.float32)
    state = np.empty(flat.shape[1], np.uint8)
    for start in range(0, flat.shape[1], CHUNK):
        part = slice(start, start + CHUNK)
        found[:, part], state[part] = _fitted(
            np.asarray(flat[:, part], np.float64), plasma, uptake, grid, model
        )
    ktrans, ve, vp, kep, residual = (each.reshape(shape) for each in found)
    return ExchangeFit(model, ktrans, ve, vp, kep, residual, state.reshape(shape))


def _fitted(
    curves: Floats, plasma: Floats, uptake: Floats, grid: KepGrid | None, model: ExchangeModel
) -> tuple[Floats, NDArray[np.uint8]]:
    """(5, n) Ktrans, ve, vp, kep, residual, and (n,) states of (phases, n) curves."""
    finite = np.isfinite(curves).all(axis=0)
    curves = np.where(finite, curves, 0.0)
    own = plasma if model.has_plasma else None
    if grid is None:
        ktrans, vp, gain = (each[0] for each in solved(uptake, own, curves, None))
        kep = np.full(ktrans.shape, np.nan)
        at_edge = np.zeros(ktrans.shape, np.bool_)
    else:
        ktrans, vp, gain, kep, at_edge = best_within(grid, own, curves)
    square = np.maximum((curves**2).sum(axis=0) - gain, 0.0)
    state = np.where(at_edge, FitState.KEP_AT_EDGE, FitState.FITTED).astype(np.uint8)
    if grid is not None:
        none = ktrans <= 0
        kep = np.where(none, np.nan, kep)
        state[none] = FitState.NO_EXCHANGE
    found = np.stack([ktrans, ktrans / kep, vp, kep, np.sqrt(square / len(curves))])
    found[:, ~finite] = np.nan
    state[~finite] = FitState.NOT_FINITE
    return found, state
