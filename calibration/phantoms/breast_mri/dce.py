"""A spoiled gradient echo of tissue with contrast agent, by phase.

T1 and T2 of fat and gland at 1.5 and 3 T: Rakow-Penner et al., JMRI 2006;23:87. Blood and muscle:
Stanisz et al., MRM 2005;54:507; liver and marrow: de Bazelaire et al., Radiology 2004;230:652.
Relaxivities in plasma: Rohrer et al., Invest Radiol 2005;40:715 (gadobutrol about 5 per s and mM).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.models.programmed.kinetics.spoiled_gradient_echo import SpoiledEcho

T1_MS = {
    Label.FAT: (296.0, 367.0),
    Label.GLAND: (1266.0, 1445.0),
    Label.SKIN: (900.0, 1050.0),
    Label.NIPPLE: (1150.0, 1300.0),
    Label.MUSCLE: (1008.0, 1412.0),
    Label.BONE: (549.0, 586.0),
    Label.LUNG: (1200.0, 1270.0),
    Label.HEART: (1441.0, 1932.0),
    Label.VESSEL: (1441.0, 1932.0),
    Label.LIVER: (586.0, 809.0),
    Label.CYST: (2600.0, 3000.0),
    Label.LESION: (1250.0, 1430.0),
}
"""At 1.5 and 3 T. A lesion's own may differ."""
TR_MS, TE_MS, FLIP_DEG = 5.2, 2.4, 12.0
"""Which the objects that are written say, too."""
PROTONS = {Label.LUNG: 0.12, Label.SKIN: 0.7, Label.BONE: 0.5, Label.MUSCLE: 0.85, Label.FAT: 0.95}
"""Against those of gland."""


@dataclass(frozen=True)
class MriProtocol:
    """`times_s` of the phases' middles from the first one's; `delay_s` until the bolus arrives."""

    field_t: float
    tr_ms: float
    te_ms: float
    flip_deg: float
    relaxivity: float
    times_s: tuple[float, ...]
    injected_s: float
    delay_s: float
    fat_suppressed: bool

    @classmethod
    def drawn(cls, random: np.random.Generator, phases: int, fat_suppressed: bool) -> MriProtocol:
        """As clinics take them: 60 to 105 s a phase, up to some seven minutes."""
        longest = float(np.clip(430 / (phases - 0.5), 62, 105))
        period = float(random.uniform(60, longest))
        gap = float(random.uniform(14, 24))
        times = (0.0, *(period + gap + period * each for each in range(phases - 1)))
        return cls(
            field_t=float(random.choice([1.5, 3.0])),
            tr_ms=TR_MS,
            te_ms=TE_MS,
            flip_deg=FLIP_DEG,
            relaxivity=4.9,
            times_s=tuple(round(each, 1) for each in times),
            injected_s=round(period / 2 + 2, 1),
            delay_s=float(random.uniform(12, 22)),
            fat_suppressed=fat_suppressed,
        )

    @property
    def after_s(self) -> tuple[float, ...]:
        """The injection."""
        return tuple(each - self.injected_s for each in self.times_s)

    def t1_ms(self, label: Label) -> float:
        """Before contrast."""
        return T1_MS[label][1 if self.field_t > 2 else 0]

    @property
    def echo(self) -> SpoiledEcho:
        """Its signal by R1; T2* is left out."""
        return SpoiledEcho(self.tr_ms / 1000, self.flip_deg)
