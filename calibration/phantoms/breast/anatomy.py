"""What a simulated breast is: its size, its gland and what grows in it, before any compression.

Places are (depth, across, height): `depth` 0 at the chest wall to 1 at the nipple, `across` -1
medial to 1 lateral, `height` -1 below to 1 above. Sizes are those of screened women: compressed
thickness 35 to 75 mm, volumetric density 3 to 45 % (Yaffe et al., Med Phys 2009).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from senoscope.calibration.phantoms.breast.growths import Growth, grown, specks
from senoscope.calibration.phantoms.breast.power_law import Field, power_law
from senoscope.domain.mammogram import Laterality

GRID = (96, 160, 160)
"""Of the gland: depth, across, height; about 0.8 mm."""
SHARES = {"A": (0.03, 0.07), "B": (0.08, 0.15), "C": (0.17, 0.28), "D": (0.30, 0.45)}
"""Volume of gland in that of the breast, by the BI-RADS density that it is drawn for."""
SKIN_MM = 1.5


@dataclass(frozen=True, eq=False)
class BreastAnatomy:
    """One breast. `gland` is the share of gland at each place of GRID, 0..1.

    `depth_mm` from chest wall to nipple and `width_mm` along the chest wall are those under
    compression to `thickness_mm`. `density` is the letter its volume was drawn for. `specks` is
    (n, 4), place and radius in mm of single harmless calcifications, which most breasts have: a
    breast without any would flatter whoever looks for clusters.
    """

    seed: int
    laterality: Laterality
    density: str
    depth_mm: float
    width_mm: float
    thickness_mm: float
    gland: Field
    growths: tuple[Growth, ...]
    specks: Field

    @classmethod
    def drawn(
        cls,
        seed: int,
        laterality: Laterality,
        density: str | None = None,
        kinds: tuple[str, ...] = (),
    ) -> BreastAnatomy:
        """One of a woman's two breasts: both of a seed are alike in size and density.

        `kinds` are those of `growths.KINDS`; each is put at a place of its own.
        """
        woman = np.random.default_rng([seed, 1])
        letter = density or str(woman.choice(list(SHARES)))
        depth_mm, thickness_mm = woman.uniform(55, 105), woman.uniform(35, 72)
        width_mm = depth_mm * woman.uniform(1.5, 1.9)
        share = woman.uniform(*SHARES[letter])
        side = np.random.default_rng([seed, 2 if laterality is Laterality.LEFT else 3])
        return cls(
            seed=seed,
            laterality=laterality,
            density=letter,
            depth_mm=depth_mm * side.uniform(0.96, 1.04),
            width_mm=min(width_mm, 175.0) * side.uniform(0.96, 1.04),
            thickness_mm=thickness_mm,
            gland=_gland(side, share * side.uniform(0.9, 1.1)),
            growths=tuple(grown(side, kinds)),
            specks=specks(np.random.default_rng([seed, 4 if laterality is Laterality.LEFT else 5])),
        )


def _gland(random: np.random.Generator, share: float) -> Field:
    """The share of gland at each place, so that it fills `share` of the half ball."""
    depth, across, height = np.ogrid[
        0 : 1 : GRID[0] * 1j, -1 : 1 : GRID[1] * 1j, -1 : 1 : GRID[2] * 1j
    ]
    middle = random.uniform(0.45, 0.6), random.uniform(-0.05, 0.2), random.uniform(0.0, 0.2)
    from_middle = np.sqrt(
        ((depth - middle[0]) / 0.55) ** 2
        + ((across - middle[1]) / 0.75) ** 2
        + ((height - middle[2]) / 0.75) ** 2
    ).astype(np.float32)
    # Ducts and septa run towards the nipple, so structures are longer that way.
    noise = power_law(random, GRID, random.uniform(2.8, 3.3), (1.7, 1.0, 1.0))
    level = noise + random.uniform(1.6, 2.4) * (1 - from_middle)
    in_breast = depth**2 + across**2 + height**2 <= 1
    limit = np.quantile(level[in_breast], 1 - share)
    gland = np.clip((level - limit) / 0.5 + 0.5, 0, 1)
    ligaments = np.exp(-np.square(power_law(random, GRID, 2.6) / np.float32(0.035)))
    return np.asarray(np.maximum(gland, 0.45 * ligaments), np.float32)
