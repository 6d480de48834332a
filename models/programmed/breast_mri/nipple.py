"""The nipples: bumps of the skin near the foremost place of each breast."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask
from senoscope.models.programmed.breast_mri.coarse_grid import Three

_WIDE_MM = 7.0
"""Half of what is wider than a nipple."""
_AHEAD_MM = 25.0
"""Of the foremost skin: bumps farther back are folds."""
_LEAST_MM = 1.5


def find_nipples(inside: Mask, left: Mask, spacing_mm: Three) -> dict[str, Three]:
    """Voxels by side, "L" and "R", of breasts in a turned (axial) volume as fine as it is.

    The bump that stands out most, _LEAST_MM or more; else the foremost place.
    """
    found: dict[str, Three] = {}
    for side, half in (("L", left), ("R", ~left)):
        its = inside & half
        if not its.any():
            continue
        seen = np.asarray(its.any(axis=1), np.bool_)
        first = np.where(seen, its.argmax(axis=1), its.shape[1]).astype(np.float32)
        z, x = _place(first * np.float32(spacing_mm[1]), seen, spacing_mm)
        found[side] = (float(z), float(first[z, x]), float(x))
    return found


def _place(depth_mm: NDArray[np.float32], seen: Mask, spacing_mm: Three) -> tuple[int, int]:
    """(slice, column) of (slices, columns) of how far behind the front the skin lies."""
    kernel = cv2.getStructuringElement(
        cv2.MORPH_ELLIPSE,
        (2 * round(_WIDE_MM / spacing_mm[2]) + 1, 2 * round(_WIDE_MM / spacing_mm[0]) + 1),
    )
    soft = cv2.GaussianBlur(depth_mm, (0, 0), 0.7)
    bump = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, kernel) - soft
    ahead = seen & (soft <= float(soft[seen].min()) + _AHEAD_MM)
    bump = np.where(ahead, bump - float(np.median(bump[ahead])), -np.inf)
    best = (
        int(bump.argmax())
        if bump.max() >= _LEAST_MM
        else int(np.where(seen, soft, np.inf).argmin())
    )
    z, x = np.unravel_index(best, soft.shape)
    return int(z), int(x)
