"""How much of the breast is fibroglandular tissue, and how much of that enhances by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask, Volume
from senoscope.domain.lexicon import BackgroundEnhancement, FibroglandularAmount

ENHANCES_PERCENT = 50.0
"""A voxel that rises as much early enhances."""
CATEGORIES = (
    (10.0, BackgroundEnhancement.MINIMAL),
    (25.0, BackgroundEnhancement.MILD),
    (50.0, BackgroundEnhancement.MODERATE),
    (np.inf, BackgroundEnhancement.MARKED),
)
"""Below so many percent of mean enhancement."""
AMOUNTS = (
    (10.0, FibroglandularAmount.FATTY),
    (25.0, FibroglandularAmount.SCATTERED),
    (50.0, FibroglandularAmount.HETEROGENEOUS),
    (np.inf, FibroglandularAmount.EXTREME),
)
"""Below so many percent of the breast."""


def background_category(percent: float) -> BackgroundEnhancement:
    """Of mean early enhancement of fibroglandular tissue."""
    return next(word for below, word in CATEGORIES if percent < below)


def fibroglandular_amount(percent: float) -> FibroglandularAmount:
    """Of the share of the breast that is fibroglandular tissue."""
    return next(word for below, word in AMOUNTS if percent < below)


def mean_rise_percent(before: Volume, early: Volume, gland: Mask) -> float:
    """Of the mean signal: a mean of voxels' percentages would be one of noise in the dark."""
    own = float(before[gland].mean()) if gland.any() else 0.0
    return 100 * (float(early[gland].mean()) - own) / own if own > 0 else float("nan")


def enhancing(before: Volume, early: Volume, gland: Mask) -> NDArray[np.bool_]:
    """Voxels of the gland that rise by ENHANCES_PERCENT."""
    return gland & (early >= before * (1 + ENHANCES_PERCENT / 100))
