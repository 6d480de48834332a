"""The same place in the other view of a breast: as far from the nipple, give or take.

A growth keeps its distance to the nipple between CC and MLO but for how the breast was pulled
(van Engeland et al., Med Phys 2006); along the arc at that distance nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senoscope.models.programmed.mammography.breast import Grey

TOLERANCE_MM = 12.0
LEAST_LOGIT = -8.0
"""What stands for no candidate of the kind in the other view's band."""


def ipsilateral(
    from_nipple_mm: Grey, their_from_nipple_mm: Grey, their_logits: Sequence[float]
) -> Grey:
    """(n,): the highest logit of the other view's (m,) candidates of the kind, in the band.

    A candidate at the band's edge counts two units less than one at the same distance.
    """
    if not len(their_logits):
        return np.full(len(from_nipple_mm), LEAST_LOGIT, np.float32)
    off = np.abs(from_nipple_mm[:, None] - their_from_nipple_mm[None, :]) / TOLERANCE_MM
    agreed = np.where(off <= 1, np.array(their_logits)[None, :] - 2 * off**2, LEAST_LOGIT)
    return np.asarray(np.maximum(agreed.max(axis=1), LEAST_LOGIT), np.float32)


def corresponding(from_nipple_mm: float, their_from_nipple_mm: Sequence[float]) -> list[int]:
    """Which marks of the other view may be the same thing, the nearest in distance first."""
    off = np.abs(np.array(their_from_nipple_mm) - from_nipple_mm)
    return [int(one) for one in np.argsort(off, kind="stable") if off[one] <= TOLERANCE_MM]
