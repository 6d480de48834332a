"""Signal, T1 and concentration of a spoiled gradient echo at steady state.

S = M0 sin(a) (1 - E) / (1 - E cos(a)), E = exp(-TR R1), R1 = R10 + r1 C (Ernst and Anderson 1966).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from senoscope.domain.errors import ImageError, SettingsError

Floats = NDArray[np.float64]
R1_PER_S = (0.05, 200.0)
"""Of the search for T1: 5 ms to 20 s."""
NODES = 64
GOLDEN = (5**0.5 - 1) / 2
ROUNDS = 32
CHUNK = 8192
GADOLINIUM_R1 = 4.5
"""Relaxivity of common agents in plasma at 1.5 T, 1/(s mM); a setting, since agents differ."""


@dataclass(frozen=True)
class SpoiledEcho:
    """The sequence: repetition time in seconds and flip angle in degrees."""

    repetition_s: float
    flip_deg: float

    def __post_init__(self) -> None:
        if not (0 < self.repetition_s < 10 and 0 < self.flip_deg < 180):
            raise SettingsError(
                f"A spoiled gradient echo of TR {self.repetition_s} s and {self.flip_deg} degrees "
                "was given; expected seconds above 0 and below 10, and 0 to 180 degrees."
            )

    def signal(self, r1_per_s: ArrayLike) -> Floats:
        """Per M0, at the longitudinal relaxation rate given."""
        angle = np.deg2rad(self.flip_deg)
        recovered = -np.expm1(-self.repetition_s * np.asarray(r1_per_s, np.float64))
        return np.asarray(
            np.sin(angle) * recovered / (1 - (1 - recovered) * np.cos(angle)), np.float64
        )

    def rate(self, signal_per_m0: ArrayLike) -> Floats:
        """The inverse, R1 in 1/s; NaN where no R1 has such a signal."""
        angle = np.deg2rad(self.flip_deg)
        share = np.asarray(signal_per_m0, np.float64) / np.sin(angle)
        with np.errstate(divide="ignore", invalid="ignore"):
            kept = (1 - share) / (1 - share * np.cos(angle))
            found = -np.log(kept) / self.repetition_s
        return np.where((share >= 0) & (share < 1), found, np.nan)


def concentration_mm(
    signal: NDArray[Any],
    before: NDArray[Any],
    echo: SpoiledEcho,
    t10_s: ArrayLike,
    relaxivity: float = GADOLINIUM_R1,
) -> Floats:
    """(phases, ...) mM of contrast from signals, those before contrast, and T1 before it.

    `before` and `t10_s` are (...) or one number; `relaxivity` in 1/(s mM). NaN where there was no
    signal before contrast, or where it rose beyond what any concentration gives.
    """
    if not relaxivity > 0 or not (np.asarray(t10_s) > 0).all():
        raise SettingsError(
            f"A relaxivity of {relaxivity} /(s mM) and T1 from {np.min(t10_s)} s were given; "
            "expected both above 0."
        )
    base = np.asarray(before, np.float64)
    rate = 1 / np.asarray(t10_s, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_m0 = np.asarray(signal, np.float64) * (echo.signal(rate) / np.where(base > 0, base, 0))
    return (echo.rate(per_m0) - rate) / relaxivity


def signal_of_concentration(
    contrast_mm: NDArray[Any],
    before: NDArray[Any],
    echo: SpoiledEcho,
    t10_s: ArrayLike,
    relaxivity: float = GADOLINIUM_R1,
) -> Floats:
    """The inverse of `concentration_mm`."""
    rate = 1 / np.asarray(t10_s, np.float64)
    now = echo.signal(rate + relaxivity * np.asarray(contrast_mm, np.float64))
    return np.asarray(before * now / echo.signal(rate), np.float64)


@dataclass(frozen=True, eq=False)
class T1Map:
    """(...) float64: NaN where the signals fit no T1 within 5 ms to 20 s."""

    t1_s: Floats
    m0: Floats


def t1_linear(signals: NDArray[Any], flips_deg: Floats, repetition_s: float) -> T1Map:
    """(angles, ...) by a straight line through S / sin(a) over S / tan(a).

    Fram et al., Magn Reson Imaging 1987;5:201. Fast, but noise at small angles counts too much.
    """
    _checked(signals, flips_deg, np.full(len(flips_deg), repetition_s))
    angles = np.deg2rad(flips_deg).reshape(-1, *[1] * (signals.ndim - 1))
    up, along = signals / np.sin(angles), signals / np.tan(angles)
    spread = along - along.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = (spread * up).sum(axis=0) / (spread**2).sum(axis=0)
        t1 = -repetition_s / np.log(kept)
        m0 = (up.mean(axis=0) - kept * along.mean(axis=0)) / (1 - kept)
    return _within_range(t1, m0)


def t1_nonlinear(signals: NDArray[Any], flips_deg: Floats, repetitions_s: Floats) -> T1Map:
    """(angles, ...) by least squares of the signals: for a T1 given M0 has a closed form."""
    _checked(signals, flips_deg, repetitions_s)
    echoes = [
        SpoiledEcho(float(each), float(flip))
        for each, flip in zip(repetitions_s, flips_deg, strict=True)
    ]
    flat = signals.reshape(len(echoes), -1)
    found = np.empty((2, flat.shape[1]))
    for start in range(0, flat.shape[1], CHUNK):
        part = slice(start, start + CHUNK)
        found[:, part] = _least_squares(np.asarray(flat[:, part], np.float64), echoes)
    t1, m0 = found.reshape(2, *signals.shape[1:])
    return _within_range(t1, m0)


def _least_squares(curves: Floats, echoes: list[SpoiledEcho]) -> Floats:
    """(2, n) T1 in seconds and M0."""
    low, high = np.log(R1_PER_S)
    nodes = np.linspace(low, high, NODES)
    shapes = np.stack([each.signal(np.exp(nodes)) for each in echoes], axis=1)
    common = shapes @ curves
    norm = (shapes**2).sum(axis=1)[:, None]
    best = (np.maximum(common, 0) ** 2 / norm).argmax(axis=0)

    def tried(log_rate: Floats) -> tuple[Floats, Floats]:
        its = np.stack([each.signal(np.exp(log_rate)) for each in echoes])
        m0 = np.maximum((its * curves).sum(axis=0), 0) / (its**2).sum(axis=0)
        return m0, m0 * (its * curves).sum(axis=0)

    step = nodes[1] - nodes[0]
    left, right = nodes[best] - step, nodes[best] + step
    for _ in range(ROUNDS):
        first, second = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
        falls = tried(first)[1] > tried(second)[1]
        left, right = np.where(falls, left, first), np.where(falls, second, right)
    middle = (left + right) / 2
    return np.stack([np.exp(-middle), tried(middle)[0]])


def _checked(signals: NDArray[Any], flips_deg: Floats, repetitions_s: Floats) -> None:
    count = len(flips_deg)
    if len(signals) != count or len(repetitions_s) != count or len(np.unique(flips_deg)) < 2:
        raise ImageError(
            f"{len(signals)} signals were given at {count} flip angles and {len(repetitions_s)} "
            "repetition times; expected as many of each, and two different angles at least."
        )


def _within_range(t1_s: Floats, m0: Floats) -> T1Map:
    with np.errstate(invalid="ignore"):
        good = (t1_s > 1 / R1_PER_S[1]) & (t1_s < 1 / R1_PER_S[0]) & (m0 > 0)
    return T1Map(np.where(good, t1_s, np.nan), np.where(good, m0, np.nan))
