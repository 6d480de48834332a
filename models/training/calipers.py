"""Takes an operator's marks off a lesion, so that a network has to look at the tissue.

Most stored images carry calipers at the lesion's edge, live frames never do: a network fitted to
stored images alone finds the crosses (decision 4).
"""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.domain.frame import Gray

REACH = 0.06
"""Of the longer side: how far from the lesion marks and the digits beside them are looked for."""
STROKE = 7
"""Pixels: thicker than any caliper's stroke, at 512 pixels a side and below."""
STEP = 45
"""Grey values that a stroke stands out from what is left when strokes are opened away."""


def without_calipers(pixels: Gray, mask: Gray) -> Gray:
    """A copy of (rows, columns) `pixels` with small bright strokes in and near `mask` filled in.

    Takes some bright specks of tissue too: it is for training, where that is one more variation.
    """
    reach = round(REACH * max(pixels.shape))
    near = cv2.dilate(mask, _disc(reach)) > 127
    opened = cv2.morphologyEx(pixels, cv2.MORPH_OPEN, _disc(STROKE // 2))
    strokes = ((pixels.astype(np.int16) - opened > STEP) & near).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes)
    # Tissue interfaces are thin and bright too, but longer than a cross or a digit.
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    small = longest <= max(12, round(0.05 * max(pixels.shape)))
    small[0] = False
    painted = cv2.dilate(small[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.inpaint(pixels, painted, 3, cv2.INPAINT_TELEA), dtype=np.uint8)


def _disc(radius: int) -> Gray:
    side = 2 * radius + 1
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(shape, dtype=np.uint8)
