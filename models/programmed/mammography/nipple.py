"""The nipple on the skin line of a mammogram, in profile or not."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Mask

_WINDOW = 0.12
"""Of the rows: what stands out over less than this is a nipple and no breast."""
_LEAST_BUMP = 0.012
"""Of the rows, how far a nipple in profile stands out."""


@dataclass(frozen=True, slots=True)
class Nipple:
    """`point` is [x, y] in hung pixels. Not in profile, it is the foremost point of the skin."""

    point: tuple[float, float]
    in_profile: bool


def skin_line(breast: Mask) -> NDArray[np.float32]:
    """(n, 2) [x, y], from above: the foremost pixel of each row of a hung breast."""
    rows = np.nonzero(breast.any(axis=1))[0]
    front = breast.shape[1] - 1 - np.argmax(breast[rows, ::-1], axis=1)
    return np.stack([front, rows], axis=1).astype(np.float32)


def find_nipple(breast: Mask, pectoral: Mask | None) -> Nipple:
    """Of a hung picture. A bump of the profile, or else the skin farthest from the chest.

    Of an oblique view, farthest from the muscle's edge, at right angles to it.
    """
    line = skin_line(breast)
    count = len(line)
    window = max(3, round(_WINDOW * count) | 1)
    reach = line[:, :1].copy()
    rest = cv2.morphologyEx(
        reach, cv2.MORPH_OPEN, np.ones((window, 1), np.uint8), borderType=cv2.BORDER_REPLICATE
    )
    far = _away_from_chest(line, pectoral)
    # A nipple lies near the foremost skin; bumps elsewhere are folds and labels.
    ahead = far >= far.min() + 0.75 * float(np.ptp(far))
    bump = np.where(ahead, (reach - rest).ravel(), 0)
    # The breast's own roundness leaves a bump as well, of the window's height.
    round_off = float(np.median(bump[ahead])) if ahead.any() else 0.0
    at = int(np.argmax(bump))
    in_profile = bool(bump[at] - round_off >= _LEAST_BUMP * count)
    place = at if in_profile else int(np.argmax(far))
    return Nipple((float(line[place, 0]), float(line[place, 1])), in_profile)


def _away_from_chest(line: NDArray[np.float32], pectoral: Mask | None) -> NDArray[np.float32]:
    if pectoral is None or not pectoral.any():
        return line[:, 0]
    edge = skin_line(pectoral)
    middle = edge[len(edge) // 6 : max(len(edge) // 6 + 2, -len(edge) // 6)]
    slope = float(np.polyfit(middle[:, 1], middle[:, 0], 1)[0]) if len(middle) > 2 else 0.0
    length = float(np.hypot(1, slope))
    return np.asarray((line[:, 0] - slope * line[:, 1]) / length, np.float32)
