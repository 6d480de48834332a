"""A woman lying prone: her two hanging breasts on a chest with heart, lungs and liver.

Places are (z, y, x) in mm: to the head from the middle of the breasts' height, to the back from the
front of the sternum, to her left from her middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.power_law import Field, power_law
from senoscope.domain.mammogram import Laterality

SKIN_MM = 1.5
BACKGROUND = {"minimal": 0.004, "mild": 0.010, "moderate": 0.018, "marked": 0.030}
"""Ktrans of gland, per minute, by the level of background enhancement."""
_LEVELS = (0.35, 0.30, 0.22, 0.13)
_CHEST_MM = (105.0, 172.0)
"""Half of it, from front to back and across."""
_BLEND_MM = 14.0
_COARSE = (24, 40, 40)


@dataclass(frozen=True, eq=False)
class HangingBreast:
    """An ellipsoid on the chest wall, sheared to her side. `sign` is 1 on the left.

    `reach_mm` from the chest wall to the nipple, `across_mm` and `height_mm` half of its base.
    `uptake` is on a coarse grid of the anatomy's places: how much more than typical gland takes up.
    """

    anatomy: BreastAnatomy
    sign: int
    middle_mm: tuple[float, float]
    reach_mm: float
    across_mm: float
    height_mm: float
    tilt: float
    uptake: Field

    def place(self, z: float, s: Field, x: Field) -> tuple[Field, Field, float]:
        """(depth, across, height) of the anatomy, `s` mm in front of the chest wall."""
        across = (x - self.middle_mm[1] - self.sign * self.tilt * s) * self.sign / self.across_mm
        height = (z - self.middle_mm[0]) / self.height_mm
        return s / np.float32(self.reach_mm), np.asarray(across, np.float32), height

    def back(self, place: tuple[float, float, float]) -> tuple[float, float, float]:
        """(z, s, x) of such a place."""
        depth, across, height = place
        s = depth * self.reach_mm
        x = self.middle_mm[1] + self.sign * (across * self.across_mm + self.tilt * s)
        return self.middle_mm[0] + height * self.height_mm, s, x


@dataclass(frozen=True, eq=False)
class Woman:
    """`breasts` right and left; `fat_mm` under the skin of the chest; `level` of BACKGROUND.

    `organs` holds what differs between chests: the heart's middle (z, y, x), the liver's dome (z)
    and where the ribs begin.
    """

    seed: int
    breasts: tuple[HangingBreast, HangingBreast]
    fat_mm: float
    pectoral_mm: float
    level: str
    organs: NDArray[np.float64]

    @classmethod
    def drawn(cls, seed: int) -> Woman:
        """Both breasts, which are alike."""
        random = np.random.default_rng([seed, 100])
        pair = _breast(seed, Laterality.RIGHT), _breast(seed, Laterality.LEFT)
        return cls(
            seed=seed,
            breasts=pair,
            fat_mm=float(random.uniform(8, 18)),
            pectoral_mm=float(random.uniform(8, 16)),
            level=str(random.choice(list(BACKGROUND), p=_LEVELS)),
            organs=random.normal((-18, 78, 30, -48, 0), (6, 4, 4, 14, 9)),
        )

    def wall_mm(self, x: Field) -> Field:
        """The front of the pectoral muscle: (y)."""
        share = 1 - np.minimum(np.square(x / _CHEST_MM[1]), 0.97)
        return np.asarray(self.fat_mm + _CHEST_MM[0] * (1 - np.sqrt(share)), np.float32)

    def behind_mm(self, y: Field, x: Field, more_mm: float = 0.0) -> Field:
        """Towards the middle of the chest from the wall, or from an oval `more_mm` larger."""
        deep, wide = _CHEST_MM[0] + more_mm, _CHEST_MM[1] + more_mm / 2
        away = y - self.fat_mm - _CHEST_MM[0]
        share = np.sqrt(np.square(away / deep) + np.square(x / wide)) + 1e-3
        return np.asarray(np.hypot(away, x) * (1 / share - 1), np.float32)

    def depth_mm(self, z: float, y: Field, x: Field) -> Field:
        """Behind the skin, below 0 outside; (rows, columns), of one slice."""
        wall = self.wall_mm(x)
        inside = self.behind_mm(y, x, self.fat_mm)
        s = np.asarray(np.maximum(wall - y, 0), np.float32)
        for breast in self.breasts:
            depth, across, height = breast.place(z, s, x)
            radius = np.sqrt(np.square(depth) + np.square(across) + height**2) + 1e-3
            mm = np.sqrt(
                np.square(s) + np.square(across * breast.across_mm)
                + (height * breast.height_mm) ** 2
            )  # fmt: skip
            own = mm * (1 / radius - 1) + 1e-3 * (1 - radius)
            gap = np.maximum(1 - np.abs(inside - own) / _BLEND_MM, 0)
            inside = np.maximum(inside, own) + _BLEND_MM / 4 * np.square(gap)
        return np.asarray(inside, np.float32)


def _breast(seed: int, side: Laterality) -> HangingBreast:
    anatomy = BreastAnatomy.drawn(seed, side)
    sign = 1 if side is Laterality.LEFT else -1
    random = np.random.default_rng([seed, 101 + (side is Laterality.LEFT)])
    shared = np.random.default_rng([seed, 103])
    reach = anatomy.depth_mm * shared.uniform(0.78, 0.98)
    across = min(anatomy.width_mm * 0.42, 72.0)
    return HangingBreast(
        anatomy=anatomy,
        sign=sign,
        middle_mm=(float(random.uniform(-4, 4)), sign * float(shared.uniform(78, 88))),
        reach_mm=float(np.clip(reach, 48, 98)),
        across_mm=float(across),
        height_mm=float(min(across * shared.uniform(0.95, 1.1), 70.0)),
        tilt=float(shared.uniform(0.02, 0.16)),
        uptake=np.exp(0.4 * power_law(random, _COARSE, 3.0)).astype(np.float32),
    )
