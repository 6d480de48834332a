"""Simulated mammograms of a simulated cohort, whose parenchymal texture is that of each woman.

The breast is one of `breast/anatomy.py` of her density. Texture is laid over it whose strength
follows her score: at high scores stronger than in life, so that few women show it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.fine_structure import texture_tile
from senoscope.calibration.phantoms.breast.mammogram import TILE_PX, SimulatedMammogram
from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.models.risk.hybrid import RiskCase

REDUCED = 4
"""Times smaller than the detector's picture: 0.4 mm pixels."""
WIDE_PX = 4.0
"""Structures of less than some millimetres."""
USUAL, RISE = 0.08, 0.45
"""Of the texture, as a share of the grey: at a score of 0, and in log a standard deviation."""


def risk_mammogram(case: RiskCase, seed: int) -> NDArray[np.uint8]:
    """(rows, columns), hung, for presentation, air 0: her left breast, CC. `seed` is her anatomy.

    SettingsError where her density or texture is not known.
    """
    if case.facts.density is None or case.texture_sd is None:
        raise SettingsError(
            f"{case.woman} has no density or no texture; expected both to draw her breast. Draw "
            "images before values are taken away."
        )
    anatomy = BreastAnatomy.drawn(seed, Laterality.LEFT, case.facts.density.value.upper())
    drawn = SimulatedMammogram.of(anatomy, "CC")
    scale = 1 / REDUCED
    shown = drawn.presentation.astype(np.float32) / 4095
    small = cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = texture_tile(np.random.default_rng([seed, 42]), TILE_PX, WIDE_PX)
    repeats = -(-small.shape[0] // TILE_PX), -(-small.shape[1] // TILE_PX)
    texture = np.tile(tile, repeats)[: small.shape[0], : small.shape[1]]
    strength = USUAL * np.exp(RISE * case.texture_sd)
    return np.asarray(np.clip(small * (1 + strength * texture), 0, 1) * 255, np.uint8)
