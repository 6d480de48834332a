"""Contrast in the artery over time: Parker's population curve, or a measured one.

Parker et al., Magn Reson Med 2006;56:993: two Gaussians and an exponential under a sigmoid, of
time in minutes; concentrations in mM of blood. Plasma holds it all: blood / (1 - haematocrit).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from senoscope.domain.errors import ImageError

S_PER_MIN = 60.0
HAEMATOCRIT = 0.42
AREAS_MM_MIN = (0.809, 0.330)
CENTRES_MIN = (0.17046, 0.365)
WIDTHS_MIN = (0.0563, 0.132)
ALPHA_MM, BETA_PER_MIN = 1.050, 0.1685
SIGMOID_PER_MIN, SIGMOID_MIN = 38.078, 0.483
STEP_S = 1.0


@dataclass(frozen=True, eq=False)
class ArterialInput:
    """Concentration in plasma, mM, at rising `times_s`; straight lines between, nothing before."""

    times_s: NDArray[np.float64]
    plasma_mm: NDArray[np.float64]

    def __post_init__(self) -> None:
        times, plasma = self.times_s, self.plasma_mm
        if (
            times.ndim != 1
            or times.shape != plasma.shape
            or len(times) < 2
            or not np.isfinite([times, plasma]).all()
            or not (np.diff(times) > 0).all()
            or not plasma.any()
        ):
            raise ImageError(
                f"An arterial input of {plasma.shape} concentrations at {times.shape} times was "
                "given; expected as many of both, two at least, finite, the times rising, and not "
                "all concentrations 0."
            )


def parker_blood_mm(times_s: ArrayLike, arrives_s: float = 0.0) -> NDArray[np.float64]:
    """Parker's concentration in blood, mM; nothing before the bolus `arrives_s`."""
    after = (np.asarray(times_s, np.float64) - arrives_s) / S_PER_MIN
    later = np.maximum(after, 0.0)
    found = ALPHA_MM * np.exp(-BETA_PER_MIN * later)
    found /= 1 + np.exp(-SIGMOID_PER_MIN * (later - SIGMOID_MIN))
    for area, centre, width in zip(AREAS_MM_MIN, CENTRES_MIN, WIDTHS_MIN, strict=True):
        height = area / (width * np.sqrt(2 * np.pi))
        found += height * np.exp(-((later - centre) ** 2) / (2 * width**2))
    return np.asarray(np.where(after >= 0, found, 0.0), np.float64)


def population_input(
    last_s: float, arrives_s: float = 0.0, haematocrit: float = HAEMATOCRIT
) -> ArterialInput:
    """Parker's curve in plasma from its arrival until `last_s`, every second."""
    if not 0 <= haematocrit < 1 or not last_s > arrives_s:
        raise ImageError(
            f"A population input from {arrives_s} to {last_s} s with a haematocrit of "
            f"{haematocrit} was asked for; expected an end after the arrival, and 0 to 1."
        )
    # Lines between samples begin at nothing: the curve starts in a step of its first value.
    times = np.arange(arrives_s, last_s + STEP_S, STEP_S)
    return ArterialInput(times, parker_blood_mm(times, arrives_s) / (1 - haematocrit))
