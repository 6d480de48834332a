"""Contrast agent in blood and tissue: what each tissue of a woman takes up.

Extended Tofts model with the population's arterial input of Parker et al. (MRM 2006;56:993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.kinetics.arterial_input import (
    HAEMATOCRIT,
    S_PER_MIN,
    parker_blood_mm,
)

_STEP_MIN = 0.01
KEPS = np.geomspace(0.01, 12.0, 400)
"""Per minute; tissue in between is taken between them."""


@dataclass(frozen=True, eq=False)
class Uptake:
    """Of (n,) voxels; `low` and `part` say where between KEPS each lies. `ktrans` per minute."""

    ktrans: NDArray[np.float32]
    vp: NDArray[np.float32]
    low: NDArray[np.intp]
    part: NDArray[np.float32]

    @classmethod
    def of(
        cls, ktrans: NDArray[np.float32], ve: NDArray[np.float32], vp: NDArray[np.float32]
    ) -> Uptake:
        """Where nothing leaks, kep does not matter."""
        kep = np.clip(ktrans / np.maximum(ve, np.float32(1e-3)), KEPS[0], KEPS[-1])
        span = (len(KEPS) - 1) / np.log(KEPS[-1] / KEPS[0])
        at = np.log(kep / np.float32(KEPS[0])).astype(np.float32) * np.float32(span)
        low = np.minimum(at.astype(np.intp), len(KEPS) - 2)
        return cls(ktrans, vp, low, np.asarray(at - low, np.float32))


@dataclass(frozen=True, eq=False)
class UptakeTable:
    """`plasma_mm` (phases,) and `leaked` (phases, KEPS): what leaks at a Ktrans of 1 a minute."""

    plasma_mm: NDArray[np.float32]
    leaked: NDArray[np.float32]

    @classmethod
    def of(cls, after_s: tuple[float, ...], delay_s: float) -> UptakeTable:
        """For seconds after the injection; the bolus arrives `delay_s` later."""
        minutes = (np.asarray(after_s, np.float64) - delay_s) / S_PER_MIN
        last = max(float(minutes.max()), _STEP_MIN)
        fine = np.arange(0, last + 2 * _STEP_MIN, _STEP_MIN)
        plasma = _plasma_mm(fine)
        mean = (plasma[1:] + plasma[:-1]) / 2
        decay = np.exp(-KEPS * _STEP_MIN)
        gain = (1 - decay) / KEPS
        total = np.zeros((len(fine), len(KEPS)))
        for at, level in enumerate(mean, 1):
            total[at] = total[at - 1] * decay + level * gain
        leaked = np.stack(
            [np.interp(minutes, fine, total[:, one]) for one in range(len(KEPS))], axis=1
        )
        leaked[minutes <= 0] = 0
        return cls(_plasma_mm(minutes).astype(np.float32), leaked.astype(np.float32))

    def concentration_mm(self, phase: int, uptake: Uptake) -> NDArray[np.float32]:
        """In tissue, mM."""
        table = self.leaked[phase]
        low = table[uptake.low]
        leaked = low + uptake.part * (table[uptake.low + 1] - low)
        return np.asarray(uptake.vp * self.plasma_mm[phase] + uptake.ktrans * leaked, np.float32)


def _plasma_mm(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    return parker_blood_mm(minutes * S_PER_MIN) / (1 - HAEMATOCRIT)
