"""Left against right: where one breast is denser than the other at the same place.

Two hung mammograms of one view are laid over each other by chest wall and nipple, and their share
of dense tissue is compared on a lattice.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Mask
from senoscope.models.programmed.mammography.density import BreastDensity
from senoscope.models.programmed.mammography.parts import BreastParts

LATTICE = (24, 16)
"""Cells, (rows, columns): rows over two nipple depths, columns from chest wall to nipple."""
_ROWS_OF_DEPTH = 2.0


@dataclass(frozen=True, eq=False)
class DensityAsymmetry:
    """`shares` is (2, *LATTICE), left first: dense share of each cell, nan outside the breast.

    `difference` is left less right, nan where either is. `percent_difference` is of the whole
    breasts, left less right, in points of percent density.
    """

    shares: NDArray[np.float64]
    difference: NDArray[np.float64]
    percent_difference: float


def density_asymmetry(
    left: tuple[BreastParts, BreastDensity], right: tuple[BreastParts, BreastDensity]
) -> DensityAsymmetry:
    """Of one view of both breasts, each hung with its chest wall at column 0."""
    shares = np.stack([_shares(parts, density.dense) for parts, density in (left, right)])
    return DensityAsymmetry(shares, shares[0] - shares[1], left[1].percent - right[1].percent)


def _shares(parts: BreastParts, dense: Mask) -> NDArray[np.float64]:
    rows, columns = LATTICE
    x, y = parts.nipple.point
    depth = max(x, 1.0)
    high = _ROWS_OF_DEPTH * depth
    # The nipple lies in the middle of the lattice's last column.
    turn = np.array(
        [[columns / depth, 0, -0.5], [0, rows / high, rows / 2 - y * rows / high - 0.5]], np.float64
    )
    fine = 8
    grow = np.array([[fine, 0, (fine - 1) / 2], [0, fine, (fine - 1) / 2]], np.float64)
    whole = grow[:, :2] @ turn
    whole[:, 2] += grow[:, 2]
    tissue = parts.tissue
    cells = [
        cv2.resize(
            cv2.warpAffine(mask.astype(np.float32), whole, (columns * fine, rows * fine)),
            (columns, rows),
            interpolation=cv2.INTER_AREA,
        ).astype(np.float64)
        for mask in (tissue, dense & tissue)
    ]
    known = cells[0] >= 0.5
    return np.where(known, cells[1] / np.maximum(cells[0], 1e-6), np.nan)
