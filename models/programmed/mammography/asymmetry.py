"""Left against right: where one breast is denser than the other at the same place.

Hung mammograms of one view of both breasts are laid over each other by chest wall and nipple, and
their share of dense tissue is compared on a lattice.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Mask
from senoscope.models.programmed.mammography.parts import BreastParts

LATTICE = (24, 16)
"""Cells, (rows, columns): rows over two nipple depths, columns from chest wall to nipple."""
CLEARLY = 0.5
"""How much more of the tissue around a cell, three cells either way, must be dense. Not validated:
on the one real pair at hand it marks one place of a view."""
_ROWS_OF_DEPTH = 2.0
_FINE = 8


@dataclass(frozen=True, eq=False)
class DensityLattice:
    """`shares` is LATTICE: dense share of each cell, nan outside the breast. `nipple` is [x, y]."""

    shares: NDArray[np.float64]
    nipple: tuple[float, float]

    @classmethod
    def of(cls, parts: BreastParts, dense: Mask) -> DensityLattice:
        """Of a hung view, `dense` (rows, columns) of it."""
        rows, columns = LATTICE
        turn = _to_lattice(parts.nipple.point)
        grow = np.array([[_FINE, 0, (_FINE - 1) / 2], [0, _FINE, (_FINE - 1) / 2]], np.float64)
        whole = grow[:, :2] @ turn
        whole[:, 2] += grow[:, 2]
        tissue = parts.tissue
        cells = [
            cv2.resize(
                cv2.warpAffine(mask.astype(np.float32), whole, (columns * _FINE, rows * _FINE)),
                (columns, rows),
                interpolation=cv2.INTER_AREA,
            ).astype(np.float64)
            for mask in (tissue, dense & tissue)
        ]
        known = cells[0] >= 0.5
        shares = np.where(known, cells[1] / np.maximum(cells[0], 1e-6), np.nan)
        return cls(shares, parts.nipple.point)

    def difference(self, other: DensityLattice) -> NDArray[np.float64]:
        """LATTICE: how much denser each cell is than the other breast's, nan where either is."""
        return self.shares - other.shares

    def denser_than(self, other: DensityLattice) -> list[NDArray[np.float32]]:
        """Outlines, (n, 2) [x, y] of this view, of where it clearly is."""
        difference = self.difference(other)
        known = (~np.isnan(difference)).astype(np.float64)
        summed = cv2.blur(np.nan_to_num(difference), (3, 3), borderType=cv2.BORDER_CONSTANT)
        around = summed / np.maximum(cv2.blur(known, (3, 3), borderType=cv2.BORDER_CONSTANT), 1e-6)
        clear = ((around >= CLEARLY) & (known > 0)).astype(np.uint8)
        fine = np.kron(clear, np.ones((_FINE, _FINE), np.uint8))
        found, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        back = cv2.invertAffineTransform(_to_lattice(self.nipple))
        cells = [(each.reshape(-1, 2) + 0.5) / _FINE - 0.5 for each in found]
        return [(each @ back[:, :2].T + back[:, 2]).astype(np.float32) for each in cells]


def _to_lattice(nipple: tuple[float, float]) -> NDArray[np.float64]:
    """(2, 3), from [x, y] of the view to cells; the nipple lies in the middle of the last."""
    rows, columns = LATTICE
    x, y = nipple
    depth = max(x, 1.0)
    high = _ROWS_OF_DEPTH * depth
    return np.array(
        [[columns / depth, 0, -0.5], [0, rows / high, rows / 2 - y * rows / high - 0.5]], np.float64
    )
