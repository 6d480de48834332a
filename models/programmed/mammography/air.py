"""Whether what lies around a breast is air: a cut-out of a mammogram shows tissue all over."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.models.programmed.mammography.breast import WORKING_PX, Grey, Mask

UNEVEN = 0.1
"""Spread of the air's grey at most, of the step from air to tissue. Digital: 0.00 to 0.035 in 19
pictures; simulated film: up to 0.041 in 48; two cut-outs: 0.18 and 0.59."""
_SKIN_PX = 9


def is_in_air(pixels: Grey, breast: Mask) -> bool:
    """Of a hung mammogram, (rows, columns) both, and what was taken for its breast."""
    scale = min(1.0, WORKING_PX / max(pixels.shape))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(breast.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    near = cv2.dilate(inside, np.ones((_SKIN_PX, _SKIN_PX), np.uint8)) > 0
    if near.all():
        return False
    air = small[~near]
    level = float(np.median(air))
    # By the median, since labels lie in the air too.
    spread = 1.48 * float(np.median(np.abs(air - level)))
    step = float(np.median(small[inside > 0])) - level
    return step > 0 and spread <= UNEVEN * step
