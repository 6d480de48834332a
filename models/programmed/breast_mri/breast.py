"""The breasts on a T1-weighted volume before contrast: skin in front, chest wall behind.

Air from body by the grey value that parts them best (Otsu, IEEE Trans SMC 1979;9:62) of logarithms;
the chest wall as the cheapest path through each slice along the edge where fat ends and muscle
begins (dynamic programming, as for the pectoral muscle of mammograms), slices agreeing. Where no
more lies before the muscle than on the sternum, there is no breast.

All of it in a turned (axial) volume of few voxels: (feet to head, front to back, right to left).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask, Volume
from senoscope.models.programmed.breast_mri.boxes import parts
from senoscope.models.programmed.breast_mri.coarse_grid import Three, blurred, sigmas_for

Rows = NDArray[np.float32]
"""(slices, columns) of a row."""
_LEAST_SHARE, _MOST_SHARE = 0.02, 0.995
"""Of the volume: less body than this is none, more has no air before it."""
_OVER_AIR = 2.0
"""What is less brighter than air is its noise."""
_STEEP = 2
_LAYER_MM = 4.0
"""More than on the sternum before the muscle: breast."""
_MIDDLE_MM = 24.0
_UNDER_SKIN_MM = (3.0, 8.0)


@dataclass(frozen=True, eq=False)
class Breasts:
    """`inside` is the breasts, `left` the patient's left half."""

    inside: Mask
    left: Mask


def find_breasts(signal: Volume, body: Mask, is_fat_bright: bool, spacing_mm: Three) -> Breasts:
    """`inside` is empty where nothing lies before the chest."""
    front = _front(body)
    wall = _chest_wall(signal, body, front, is_fat_bright, spacing_mm)
    depth = np.arange(body.shape[1], dtype=np.float32)[None, :, None]
    inside = body & (depth < wall[:, None, :]) & _breast_columns(front, wall, spacing_mm)[:, None]
    inside = _opened(inside, spacing_mm)
    left = np.zeros(body.shape, bool)
    left[:, :, _middle(front, spacing_mm) :] = True
    inside = _largest(inside & left, spacing_mm) | _largest(inside & ~left, spacing_mm)
    return Breasts(inside, left)


@dataclass(frozen=True, eq=False)
class Body:
    """`mask` is everything behind the skin; air's signal lies below `above`."""

    mask: Mask
    above: float


def find_body(signal: Volume, spacing_mm: Three) -> Body | None:
    """None where nothing stands out from air, or all does."""
    soft = blurred(np.maximum(signal, 0), sigmas_for(1.5, spacing_mm))
    top = float(np.percentile(soft, 99.5))
    if top <= 0 or float(soft.std()) < 1e-3 * top:
        return None
    log = np.log(np.clip(soft / top, 1e-3, 1))
    lowest, span = float(log.min()), max(float(np.ptp(log)), 1e-6)
    grey = (255 * (log - lowest) / span).astype(np.uint8)
    threshold, _ = cv2.threshold(grey.reshape(len(grey), -1), 0, 255, cv2.THRESH_OTSU)
    found = np.zeros(grey.shape, bool)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    for place, plane in enumerate(grey > threshold):
        opened = cv2.morphologyEx(plane.astype(np.uint8), cv2.MORPH_OPEN, kernel)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(opened)
        if count > 1:
            least = 0.1 * stats[1:, cv2.CC_STAT_AREA].max()
            kept = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= least)
            found[place] = np.isin(labels, kept[kept > 0])
    # What lies behind the skin is body: lungs are as dark as air.
    body = np.asarray(np.maximum.accumulate(found, axis=1), np.bool_)
    if not _LEAST_SHARE < body.mean() < _MOST_SHARE:
        return None
    if np.median(soft[found]) < _OVER_AIR * np.median(soft[~body]):
        return None
    return Body(body, top * float(np.exp(lowest + (threshold + 1) / 255 * span)))


def is_fat_brighter(signal: Volume, body: Mask, spacing_mm: Three) -> bool:
    """Than other tissue, by the fat that lies under the skin."""
    front = _front(body)
    depth_mm = (np.arange(body.shape[1])[None, :, None] - front[:, None, :]) * spacing_mm[1]
    low, high = _UNDER_SKIN_MM
    under = body & (depth_mm >= low) & (depth_mm <= high)
    deeper = body & (depth_mm > high) & (depth_mm < 100)
    if not under.any() or not deeper.any():
        return False
    return bool(np.median(signal[under]) > np.percentile(signal[deeper], 60))


def _front(body: Mask) -> Rows:
    """The first row of the body; the number of rows where there is none."""
    first = np.where(body.any(axis=1), body.argmax(axis=1), body.shape[1])
    return np.asarray(first, np.float32)


def _chest_wall(
    signal: Volume, body: Mask, front: Rows, is_fat_bright: bool, spacing_mm: Three
) -> Rows:
    """The first row of muscle."""
    deep, _, wide = sigmas_for(4.0, spacing_mm)
    soft = blurred(signal, (deep, 1.8 / spacing_mm[1], wide))
    edge = np.gradient(soft, axis=1)
    edge = -edge if is_fat_bright else edge
    scale = float(np.percentile(np.abs(edge[body]), 90)) + 1e-6
    cost = -np.clip(edge / scale, -1, 1)
    rows = np.arange(body.shape[1])[None, :, None]
    skin = np.maximum(front + 3 / spacing_mm[1], _sternum(front)[:, None])
    cost[rows < skin[:, None, :]] = 2.0
    cost[~body] = 2.0
    paths = np.stack([_cheapest(plane) for plane in cost.astype(np.float32)])
    wall = cv2.medianBlur(paths.astype(np.float32), 5)
    return np.asarray(cv2.GaussianBlur(wall, (0, 0), 1.0), np.float32)


def _sternum(front: Rows) -> NDArray[np.float32]:
    """(slices,) the row of the skin between the breasts."""
    columns = front.shape[1]
    return np.asarray(front[:, int(0.3 * columns) : int(0.7 * columns) + 1].max(axis=1))


def _cheapest(cost: NDArray[np.float32]) -> NDArray[np.intp]:
    """Of (rows, columns): the row in each column of the cheapest path from side to side."""
    rows, columns = cost.shape
    total, came = cost[:, 0].astype(np.float64), np.zeros((columns, rows), np.intp)
    for column in range(1, columns):
        padded = np.pad(total, _STEEP, constant_values=np.inf)
        options = np.stack(
            [padded[k : k + rows] + 0.15 * abs(k - _STEEP) for k in range(2 * _STEEP + 1)]
        )
        best = options.argmin(axis=0)
        came[column] = np.arange(rows) + best - _STEEP
        total = options.min(axis=0) + cost[:, column]
    path = np.empty(columns, np.intp)
    path[-1] = int(total.argmin())
    for column in range(columns - 1, 0, -1):
        path[column - 1] = came[column, path[column]]
    return path


def _breast_columns(front: Rows, wall: Rows, spacing_mm: Three) -> Mask:
    """(slices, columns) where more lies before the muscle than on the sternum."""
    # Across the layer, not from front to back: at the sides the chest falls away.
    slope = np.gradient(cv2.GaussianBlur(wall, (0, 0), 2.0), axis=1) * spacing_mm[1] / spacing_mm[2]
    thick_mm = (wall - front) * spacing_mm[1] / np.sqrt(1 + slope**2)
    middle = _middle(front, spacing_mm)
    half = max(1, round(_MIDDLE_MM / 2 / spacing_mm[2]))
    layer_mm = float(np.median(thick_mm[:, max(0, middle - half) : middle + half + 1]))
    return np.asarray(thick_mm > max(layer_mm, 0.0) + _LAYER_MM, np.bool_)


def _opened(inside: Mask, spacing_mm: Three) -> Mask:
    radius = max(1, round(4.0 / spacing_mm[2]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    planes = [cv2.morphologyEx(each.astype(np.uint8), cv2.MORPH_OPEN, kernel) for each in inside]
    return np.stack(planes) > 0


def _largest(inside: Mask, spacing_mm: Three) -> Mask:
    found = np.zeros_like(inside)
    for box, mask in parts(inside, spacing_mm, 0)[:1]:
        found[box] = mask
    return found


def _middle(front: Rows, spacing_mm: Three) -> int:
    """The column between the breasts: where the skin lies deepest within the middle third."""
    columns = front.shape[1]
    low, high = columns // 3, columns - columns // 3
    profile = cv2.GaussianBlur(front.mean(axis=0)[None], (0, 0), max(0.5, 8 / spacing_mm[2]))[0]
    return int(low + np.argmax(profile[low:high]))
