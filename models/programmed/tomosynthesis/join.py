"""Places in slices joined to places in the volume: non-maximum suppression in three dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey

APART_MM = 8.0
"""In a slice's plane: what lies nearer to a better place is the same one."""
DEEP_MM = 40.0
"""Above and below a place: farther away is another, though it lies behind it. A mass leaves its
shadow in the slices around, the farther the larger it is."""


@dataclass(frozen=True, eq=False)
class Joined:
    """`best` is the index of the place that stands for all `members`, itself among them."""

    best: int
    members: NDArray[np.intp]


def joined(at_mm: Grey, height_mm: Grey, logits: Grey, most: int) -> list[Joined]:
    """The best `most`, the best first.

    `at_mm` is (n, 2) in the slices' plane, `height_mm` and `logits` (n,).
    """
    free = np.ones(len(logits), bool)
    found: list[Joined] = []
    for one in np.argsort(-logits, kind="stable").tolist():
        if len(found) == most:
            break
        if not free[one]:
            continue
        flat = np.hypot(*(at_mm - at_mm[one]).T)
        near = (flat < APART_MM) & (np.abs(height_mm - height_mm[one]) < DEEP_MM)
        found.append(Joined(one, np.nonzero(near & free)[0]))
        free &= ~near
    return found
