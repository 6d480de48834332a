"""The same place in the other breast, in the same view: what is in both is how she is built.

Breasts are laid over each other by nipple and chest wall (after Karssemeijer & te Brake 1998);
as they hang, both look the same way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.correspondence import LEAST_LOGIT

NEAR_MM = 15.0


def registered(
    at_mm: NDArray[np.float32], nipple_mm: tuple[float, float], other_mm: tuple[float, float]
) -> NDArray[np.float32]:
    """(n, 2) [x, y] from the chest wall in the other breast, whose nipple lies at `other_mm`.

    Depths go by their share of the nipple's; along the chest wall, by distance from the nipple's
    row.
    """
    deeper = other_mm[0] / max(nipple_mm[0], 1.0)
    moved = np.stack([at_mm[:, 0] * deeper, at_mm[:, 1] - nipple_mm[1] + other_mm[1]], axis=1)
    return np.asarray(moved, np.float32)


def mirrored(
    registered_mm: NDArray[np.float32],
    their_at_mm: NDArray[np.float32],
    their_logits: Sequence[float],
) -> Grey:
    """(n,): the highest logit of the other breast's (m,) candidates of the kind nearby."""
    if not len(their_logits):
        return np.full(len(registered_mm), LEAST_LOGIT, np.float32)
    apart = np.linalg.norm(registered_mm[:, None] - their_at_mm[None, :], axis=2) / NEAR_MM
    alike = np.where(apart <= 1, np.array(their_logits)[None, :] - 2 * apart**2, LEAST_LOGIT)
    return np.asarray(np.maximum(alike.max(axis=1), LEAST_LOGIT), np.float32)
