"""The parts of a breast on one mammogram, found once and read by whatever comes after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.mammogram import Mammogram
from senoscope.models.programmed.mammography.breast import Mask, breast_mask
from senoscope.models.programmed.mammography.nipple import Nipple, find_nipple, skin_line
from senoscope.models.programmed.mammography.pectoral import pectoral_mask


@dataclass(frozen=True, eq=False)
class BreastParts:
    """Of a hung mammogram, all in its pixels.

    `breast` is (rows, columns) with the muscle, `pectoral` likewise or None where no muscle is
    seen. `skin_line` is (n, 2) [x, y] from above.
    """

    breast: Mask
    pectoral: Mask | None
    nipple: Nipple
    skin_line: NDArray[np.float32]

    @property
    def tissue(self) -> Mask:
        """The breast without the muscle."""
        return self.breast if self.pectoral is None else self.breast & ~self.pectoral


def find_parts(mammogram: Mammogram) -> BreastParts:
    """ImageError where no breast stands out from the air."""
    breast = breast_mask(mammogram.pixels)
    is_oblique = None if mammogram.view is None else mammogram.is_oblique
    pectoral = pectoral_mask(mammogram.pixels, breast, is_oblique)
    return BreastParts(breast, pectoral, find_nipple(breast, pectoral), skin_line(breast))
