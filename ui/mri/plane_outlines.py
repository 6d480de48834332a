"""Outlines of lesions, breast and fibroglandular tissue on a plane, and of users' own networks."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask
from senoscope.models.breast_mri_outline import NetworkOutline
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis, Tissue
from senoscope.studies.results.outline_mask import outlines_of
from senoscope.ui.frames.overlay import Header
from senoscope.ui.mri.cut_planes import CutSeries, Plane

_TISSUES = {"breast": Tissue.BREAST, "gland": Tissue.FIBROGLANDULAR}
_LEAST_PX = {"breast": 20.0, "gland": 2.0}
"""Smaller pieces of tissue are not drawn: they would hide the picture."""
Flat = list[float]


class PlaneOutlines:
    """Of what was found in one series."""

    def __init__(
        self, cut: CutSeries, analysis: MriAnalysis, networks: Sequence[NetworkOutline] = ()
    ) -> None:
        self._cut, self._analysis, self._networks = cut, analysis, networks
        self._lesions = np.zeros(analysis.tissue.shape, np.uint8)
        # By their order, since numbers go on from one series to the next.
        for place, each in enumerate(analysis.lesions, 1):
            self._lesions[each.box][each.mask] = place

    def of(self, plane: Plane, place: int) -> Header:
        """`lesions` by number, tissues by name, `networks` in their order.

        Each is lists of x, y, x, y ... in pixels.
        """
        tissue = self._cut.labels(self._analysis.tissue, plane, place)
        lesions = self._cut.labels(self._lesions, plane, place)
        found: Header = {
            name: _outlines((tissue & bit) > 0, _LEAST_PX[name]) for name, bit in _TISSUES.items()
        }
        found["lesions"] = {
            each.number: _outlines(lesions == order)
            for order, each in enumerate(self._analysis.lesions, 1)
            if (lesions == order).any()
        }
        found["networks"] = [
            _outlines(self._cut.labels(self._whole(each), plane, place)) for each in self._networks
        ]
        return found

    def _whole(self, outline: NetworkOutline) -> Mask:
        """In the whole volume: made anew each time, since it is large."""
        whole = np.zeros(self._analysis.tissue.shape, np.bool_)
        whole[outline.box] = outline.mask
        return whole


def _outlines(mask: NDArray[np.bool_], least_px: float = 0.0) -> list[Flat]:
    """Of pieces and holes of so many pixels or more."""
    return [
        [round(float(value), 2) for value in each.ravel()]
        for each in outlines_of(mask, holes=True)
        if cv2.contourArea(each) >= least_px
    ]
