"""How much of a breast is dense on one mammogram: area percent density.

Dense is what is brighter, after its thin rim was evened out, than LEVEL of the way from the
breast's darkest tissue to its brightest, as a reader sets a threshold by hand (Byng et al., Phys
Med Biol 1994). Why no clusters and no trained rule: docs/decisions/0029-density.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.periphery import evened, skin_distance

WORKING_PX = 480
"""Longest side of the picture that is looked at: half a millimetre or so."""
RIM = 0.03
"""Of the square root of the breast's area: skin, left out of what is looked at."""
LEVEL = 0.45
"""Chosen on simulated breasts of seeds 5000 to 5015, digital and as film, by Dice and area."""
DARKEST, BRIGHTEST = 2, 98
"""Percent of the tissue that is darker: some fat is in every breast, and vessels are brighter."""
_SMOOTH = 0.006
"""Of the square root of the tissue's area: density is of areas, not of fibres."""


@dataclass(frozen=True, eq=False)
class BreastDensity:
    """`dense` is (rows, columns) of the hung mammogram.

    `percent` is of the breast's area without muscle. Areas are None where the pixels' size is
    not known.
    """

    dense: Mask
    percent: float
    dense_cm2: float | None
    breast_cm2: float | None


def measure_density(mammogram: Mammogram, parts: BreastParts) -> BreastDensity:
    """ImageError where hardly any breast is left without the muscle."""
    even, looked_at = tissue_grey(mammogram.pixels, parts)
    small = dense_tissue(even, looked_at).astype(np.float32)
    rows, columns = mammogram.pixels.shape
    grown = cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR)
    tissue = parts.tissue
    dense = np.asarray(grown > 0.5) & tissue
    dense_px, tissue_px = int(dense.sum()), int(tissue.sum())
    spacing = mammogram.spacing
    pixel_cm2 = None if spacing is None else spacing.row_mm * spacing.column_mm / 100
    return BreastDensity(
        dense,
        100.0 * dense_px / tissue_px,
        None if pixel_cm2 is None else dense_px * pixel_cm2,
        None if pixel_cm2 is None else tissue_px * pixel_cm2,
    )


def dense_tissue(even: Grey, tissue: Mask) -> Mask:
    """Of an evened picture, where `tissue` is looked at; same shape."""
    sigma = _SMOOTH * float(np.sqrt(tissue.sum()))
    inside = tissue.astype(np.float32)
    # Over what is looked at alone: skin and muscle beside it are bright.
    share = cv2.GaussianBlur(inside, (0, 0), sigma)
    smooth = cv2.GaussianBlur(even * inside, (0, 0), sigma) / np.maximum(share, 1e-3)
    darkest, brightest = np.percentile(smooth[tissue], [DARKEST, BRIGHTEST])
    return np.asarray(tissue & (smooth > darkest + LEVEL * (brightest - darkest)))


def tissue_grey(pixels: Grey, parts: BreastParts) -> tuple[Grey, Mask]:
    """Of a hung picture in 0..1 made small: evened grey, and the tissue that is looked at.

    ImageError where too little is left to be looked at.
    """
    scale = min(1.0, WORKING_PX / max(pixels.shape))
    size = max(16, round(pixels.shape[1] * scale)), max(16, round(pixels.shape[0] * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 0.8)
    breast = _reduced(parts.breast, size)
    pectoral = None if parts.pectoral is None else _reduced(parts.pectoral, size)
    far = skin_distance(breast)
    rim = RIM * float(np.sqrt(breast.sum()))
    tissue = breast & (far > rim)
    if pectoral is not None:
        # Its edge is not sharp, and bright.
        near = cv2.dilate(pectoral.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        tissue &= ~near
    if tissue.sum() < 400:
        raise ImageError(
            f"Of this breast {int(tissue.sum())} pixels are left without skin and muscle; expected "
            "400 at least. Look at its outline, or give a larger picture."
        )
    return evened(np.asarray(small, np.float32), breast, pectoral), tissue


def _reduced(mask: Mask, size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5)
