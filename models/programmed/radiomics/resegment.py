"""Leave outlying intensities out of a region (IBSI re-segmentation)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError


def within_sigma(
    image: NDArray[np.integer | np.floating], mask: NDArray[np.bool_], sigmas: float = 3.0
) -> NDArray[np.bool_]:
    """`mask` without the pixels further than `sigmas` deviations from its mean intensity.

    The deviation is the population's, as in IBSI and in pyradiomics' `resegmentMode` "sigma".
    """
    if not (math.isfinite(sigmas) and sigmas > 0):
        raise SettingsError(f"{sigmas} deviations were asked for; give a positive number")
    values = image[mask].astype(np.float64)
    if not values.size:
        return mask.copy()
    kept = mask.copy()
    kept[mask] = np.abs(values - values.mean()) <= sigmas * values.std()
    return kept
