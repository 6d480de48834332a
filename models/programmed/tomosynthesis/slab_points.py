"""Small bright points of one thin slab, as `mammography.calcifications` finds them, but faster.

A view has some thirty slabs, so that what changes slowly, the noise around a place, is measured on
a quarter of the rows and columns, and what describes a point at the points alone.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.calcifications import (
    SIGMAS_MM,
    Grains,
    calmed,
    lineness_at,
    noise_of_grey,
)
from senoscope.models.programmed.mammography.working_picture import WorkingPicture, blurred

WEAKEST = 3.8
"""In noise: a lower peak is no point."""
LINE_LIMIT = 0.62
"""Of a peak's height, what a line through it may keep: a vessel keeps nearly all."""
MOST = 500
_SKIN_MM = 2.5
_COARSER = 4
_AROUND_MM = 6.0
_LARGEST = 3.0
"""In usual noise, how far a pixel counts in that around it: points themselves stand out."""


def slab_points(picture: WorkingPicture) -> Grains:
    """On a picture of calcifications.STEP_MM; `contrast` is over what is a millimetre wide."""
    smooth = [blurred(picture.pixels, picture.reach(each)) for each in SIGMAS_MM]
    inner = picture.from_edge_mm > _SKIN_MM
    height = np.zeros_like(picture.pixels)
    rough: list[Grey] = []
    rows, columns = height.shape
    small_inner = _small(inner.astype(np.float32)) > 0.5
    grey = _small(smooth[-1])
    for finer, coarser in pairwise(smooth):
        difference = np.asarray(cv2.subtract(finer, coarser), np.float32)
        local, usual = _noise(difference, grey, small_inner, picture)
        rough.append(local / usual)
        around = cv2.resize(local, (columns, rows), interpolation=cv2.INTER_LINEAR)
        cv2.max(height, cv2.divide(difference, around), height)
    at = _peaks(height, inner)
    tall = height[at[:, 1], at[:, 0]]
    tall = tall * np.float32(calmed(tall, float(inner.sum()) * picture.step_mm**2 / 100))
    at, tall = at[tall > WEAKEST], tall[tall > WEAKEST]
    lineness = lineness_at(smooth[1], at, picture)
    dots = lineness < LINE_LIMIT
    at = at[dots]
    x, y = at[:, 0], at[:, 1]
    low = np.minimum(y // _COARSER, grey.shape[0] - 1), np.minimum(x // _COARSER, grey.shape[1] - 1)
    return Grains(
        at.astype(np.float32),
        tall[dots],
        smooth[0][y, x] - smooth[-1][y, x],
        lineness[dots],
        np.maximum.reduce([each[low] for each in rough]),
    )


def _small(field: Grey) -> Grey:
    rows, columns = field.shape
    size = max(1, columns // _COARSER), max(1, rows // _COARSER)
    return np.asarray(cv2.resize(field, size, interpolation=cv2.INTER_AREA), np.float32)


def _noise(
    difference: Grey, grey: Grey, inner: NDArray[np.bool_], picture: WorkingPicture
) -> tuple[Grey, Grey]:
    """Around each of a quarter of the pixels, not below what is usual for their grey; and that."""
    rows, columns = grey.shape
    some = difference[_COARSER // 2 :: _COARSER, _COARSER // 2 :: _COARSER][:rows, :columns]
    usual = noise_of_grey(some, grey[: some.shape[0], : some.shape[1]], inner)
    largest = _LARGEST * float(np.median(usual[inner])) if inner.any() else np.inf
    squared = _small(np.square(np.clip(difference, -largest, largest)))
    side = 2 * round(picture.reach(_AROUND_MM) / _COARSER / 2) + 1
    # A running sum may end a hair below nought.
    local = np.sqrt(np.maximum(cv2.blur(squared, (side, side)), 0))
    return np.maximum(local, usual), usual


def _peaks(height: Grey, inner: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(n, 2) [x, y], strongest first."""
    highest = cv2.dilate(height, np.ones((5, 5), np.uint8))
    ys, xs = np.nonzero((height >= highest) & (height > WEAKEST) & inner)
    order = np.argsort(-height[ys, xs], kind="stable")[:MOST]
    return np.stack([xs[order], ys[order]], axis=1)
