"""Cases of one simulated breast each, of three classes, for tomosynthesis and mammograms of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.growths import SMOOTH_MASS
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

CLUSTERED_SHARE = 1 / 3
"""Of malignant cases, that have calcifications beside the mass."""
_CASE = 12
"""Of the random numbers that say what a woman's case is, apart from those of her breasts."""


@dataclass(frozen=True, slots=True)
class TomosynthesisCase:
    """Of one woman, by her seed.

    `kinds` are those of `growths`. `diagnosis` is that of what was drawn to grow: a simulation's
    convention. Places, sizes and densities are drawn alike in all of them.
    """

    seed: int
    laterality: Laterality
    diagnosis: Diagnosis
    kinds: tuple[str, ...]

    def anatomy(self) -> BreastAnatomy:
        """The breast; harmless specks are in those of every class."""
        return BreastAnatomy.drawn(self.seed, self.laterality, None, self.kinds)


def tomosynthesis_growths(seed: int) -> TomosynthesisCase:
    """Of that woman: one of each three is malignant (spiculated), benign (oval) or normal."""
    random = np.random.default_rng([seed, _CASE])
    side = Laterality.LEFT if random.random() < 0.5 else Laterality.RIGHT
    order = np.random.default_rng([seed // 3, _CASE, 3]).permutation(3)
    drawn = list(Diagnosis)[order[seed % 3]]
    is_clustered = random.random() < CLUSTERED_SHARE
    kinds: dict[Diagnosis, tuple[str, ...]] = {
        Diagnosis.MALIGNANT: ("spiculated mass", "calcifications")[: 1 + is_clustered],
        Diagnosis.BENIGN: (SMOOTH_MASS,),
        Diagnosis.NORMAL: (),
    }
    return TomosynthesisCase(seed, side, drawn, kinds[drawn])
