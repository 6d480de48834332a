"""A hung view at the pixel spacing that a detector of marks was made for."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.parts import BreastParts

COARSEST = 1.3
"""Times the wanted spacing: a coarser picture does not hold the detail."""
_MARGIN_PX = 30


@dataclass(frozen=True, eq=False)
class WorkingPicture:
    """`pixels` (rows, columns) 0..1, `step_mm` apart both ways; `breast` has no muscle in it.

    `nipple` is [x, y] here. `zoom` is (x, y), view pixels in one of
    these; columns beyond the breast are left out. `from_edge_mm` is how far each pixel lies from
    skin, muscle and the picture's upper and lower edge, but not from its chest wall.
    """

    pixels: Grey
    breast: Mask
    nipple: tuple[float, float]
    step_mm: float
    zoom: tuple[float, float]
    from_edge_mm: Grey

    def to_view(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 2) [x, y] of the view, of this picture's."""
        return np.asarray((points + 0.5) * np.array(self.zoom) - 0.5, np.float32)

    def reach(self, length_mm: float) -> float:
        """A length in pixels of this picture."""
        return length_mm / self.step_mm


def working_picture(view: Mammogram, parts: BreastParts, step_mm: float) -> WorkingPicture:
    """`view` at `step_mm`. ImageError where its spacing is unknown or too coarse for that."""
    spacing = view.spacing
    if spacing is None:
        raise ImageError(
            "This mammogram does not say how many millimetres a pixel has; expected ImagerPixel"
            "Spacing. Marks go by size, so none are sought. Export it again as it was stored."
        )
    if max(spacing.row_mm, spacing.column_mm) > COARSEST * step_mm:
        raise ImageError(
            f"This mammogram has a pixel every {max(spacing.row_mm, spacing.column_mm):g} mm; "
            f"expected at most {COARSEST * step_mm:.2g} mm for what is sought here. Give it as "
            "the detector made it, not a reduced copy."
        )
    # Only air lies beyond the breast: half of the work.
    reach = int(np.nonzero(parts.breast.any(axis=0))[0].max(initial=63)) + _MARGIN_PX
    shown = view.pixels[:, :reach]
    rows, columns = shown.shape
    size = (
        max(8, round(columns * spacing.column_mm / step_mm)),
        max(8, round(rows * spacing.row_mm / step_mm)),
    )
    is_reduced = size[0] <= columns
    way = cv2.INTER_AREA if is_reduced else cv2.INTER_LINEAR
    pixels = cv2.resize(shown, size, interpolation=way)
    within = parts.tissue[:, :reach].astype(np.uint8)
    breast = np.asarray(cv2.resize(within, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    zoom = columns / size[0], rows / size[1]
    tip = parts.nipple.point
    nipple = (tip[0] + 0.5) / zoom[0] - 0.5, (tip[1] + 0.5) / zoom[1] - 0.5
    return WorkingPicture(
        np.asarray(pixels, np.float32),
        breast > 0,
        nipple,
        step_mm,
        zoom,
        _from_edge(breast, step_mm),
    )


def _from_edge(breast: NDArray[np.uint8], step_mm: float) -> Grey:
    # The breast goes on behind the chest wall, so that is not its edge.
    framed = cv2.copyMakeBorder(breast, 1, 1, 0, 1, cv2.BORDER_CONSTANT, value=0)
    far = cv2.distanceTransform(framed, cv2.DIST_L2, 3)
    return np.asarray(far[1:-1, :-1] * np.float32(step_mm), np.float32)


def blurred(pixels: Grey, sigma_px: float) -> Grey:
    """By a Gaussian."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma_px), np.float32)


def correlated(field: Grey, kernel: Grey) -> Grey:
    """Each pixel's surroundings times `kernel`, summed; the picture goes on mirrored beyond."""
    total = cv2.filter2D(field, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT)
    return np.asarray(total, np.float32)


def derivative(field: Grey, across: int, down: int) -> Grey:
    """By a 3 x 3 Sobel, of that order along x and y."""
    return np.asarray(cv2.Sobel(field, cv2.CV_32F, across, down, ksize=3), np.float32)
