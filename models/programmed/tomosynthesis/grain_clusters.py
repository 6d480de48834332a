"""Clusters of calcifications over slices: grains that lie together in depth as well.

As on mammograms (`mammography.calcifications`), three or more within a square centimetre, but here
within as many millimetres above and below too: what only lies behind one another is no cluster.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.feature import Feature, Values
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.calcifications import CLUSTER_MM, LEAST_POINTS
from senoscope.models.programmed.mammography.marks import Points, circle
from senoscope.models.programmed.tomosynthesis.grains import VolumeGrains
from senoscope.models.programmed.tomosynthesis.in_view import over_others, with_over

DEEP_MM = 5.0
"""From a cluster's middle, how far above and below a grain may lie."""
WEAKEST = 4.8
"""In noise: of the peaks of all slabs together too many are lower than this by chance."""
MOST_CLUSTERS = 12
_USUAL_PEAK = 4.3
_MOST_WORTH = 20.0
_RIM_MM = 0.5
_SHADOW_MM, _SLANT, _SHADOW_DEEP_MM = 0.5, 0.5, 5.0
"""A shadow lies within the sweep's cone of its grain: a slope of tan 25 degrees or less."""
_BRIGHTER = 2.0
"""How much higher a grain is than its shadow."""

FEATURES = (
    Feature("count", "1", "log of the number of points within a cubic centimetre", "BI-RADS"),
    Feature("evidence", "1", "log of how unlikely its points are to be noise", "this project"),
    Feature("third", "1", "log of the third strongest point's height, in noise", "this project"),
    Feature("fifth", "1", "log of the fifth strongest point's height, in noise", "this project"),
    Feature("strongest", "1", "log of the strongest point's height, in noise", "this project"),
    Feature("contrast", "grey", "mean white top-hat of the five strongest points", "Bottema 2000"),
    Feature("lineness", "1", "what lines through the points keep of their height", "this project"),
    Feature("extent_mm", "1", "largest distance of two points in a slice's plane", "BI-RADS"),
    Feature("depth_mm", "1", "spread of the points' heights, by their worth", "this project"),
    Feature("sharpness", "1", "log of the points' heights by those a slab away", "this project"),
    Feature("surround", "1", "log of the worth of points around the cluster", "this project"),
    Feature("roughness", "1", "log of the local noise by that of its grey value", "this project"),
)

OTHERS = ("evidence", "third", "fifth", "contrast")
"""Of FEATURES, those that are also told over the other clusters of the view."""
NAMES = with_over([each.name for each in FEATURES], OTHERS)


@dataclass(frozen=True, eq=False)
class GrainCluster:
    """`outline_mm` (n, 2) and `at_mm` [x, y].

    `slice_at` is the middle of its grains, `first_at` and `last_at` are the outermost of them, as
    indices of slices.
    """

    outline_mm: Points
    at_mm: tuple[float, float]
    slice_at: float
    first_at: float
    last_at: float
    features: Values


def grain_clusters(grains: VolumeGrains, slice_mm: float) -> list[GrainCluster]:
    """At most MOST_CLUSTERS, the likeliest first."""
    index = np.nonzero(grains.height >= WEAKEST)[0]
    place = np.column_stack([grains.at_mm, grains.slice_at * slice_mm])[index]
    own = ~_shadows(place, grains.height[index])
    index, place = index[own], place[own]
    worth = _worth(grains.height[index])
    flat = np.linalg.norm(place[:, None, :2] - place[None, :, :2], axis=2)
    deep = np.abs(place[:, None, 2] - place[None, :, 2])
    beside = (flat < CLUSTER_MM / 2) & (deep < DEEP_MM)
    free = np.ones(len(worth), bool)
    found: list[GrainCluster] = []
    while len(found) < MOST_CLUSTERS:
        near = beside & free[None, :] & free[:, None]
        gain = np.where(near.sum(axis=1) >= LEAST_POINTS, near @ worth, 0)
        if not len(gain) or gain.max() <= 0:
            break
        members = _centred(place, worth, near[int(np.argmax(gain))], free)
        found.append(_cluster(grains, index[members], index, slice_mm))
        free &= ~members
    seen = over_others([each.features for each in found], OTHERS) if found else []
    return [replace(each, features=its) for each, its in zip(found, seen, strict=True)]


def _shadows(place: Grey, height: Grey) -> NDArray[np.bool_]:
    """Which points are what a far brighter one throws into the slices above and below it."""
    flat = np.linalg.norm(place[:, None, :2] - place[None, :, :2], axis=2)
    deep = np.abs(place[:, None, 2] - place[None, :, 2])
    near = (flat < _SHADOW_MM + _SLANT * deep) & (deep < _SHADOW_DEEP_MM)
    return np.asarray((near & (height[None, :] >= _BRIGHTER * height[:, None])).any(axis=1))


def _worth(height: Grey) -> Grey:
    """What a point adds, as in `mammography.calcifications`, where slabs are more than one."""
    return np.asarray(np.clip((height**2 - _USUAL_PEAK**2) / 2, 0, _MOST_WORTH), np.float32)


def _centred(
    place: Grey, worth: Grey, members: NDArray[np.bool_], free: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Moved to where its points are."""
    for _ in range(3):
        middle = np.average(place[members], axis=0, weights=worth[members] + 1e-3)
        flat = np.linalg.norm(place[:, :2] - middle[:2], axis=1)
        moved = (flat < CLUSTER_MM / 2) & (np.abs(place[:, 2] - middle[2]) < DEEP_MM) & free
        if moved.sum() < members.sum():
            break
        members = moved
    return members


def _cluster(
    grains: VolumeGrains, members: NDArray[np.intp], every: NDArray[np.intp], slice_mm: float
) -> GrainCluster:
    at, height = grains.at_mm[members], grains.height[members]
    beside, worth = grains.next_height[members], _worth(height) + np.float32(1e-3)
    slices = grains.slice_at[members]
    middle = np.average(at, axis=0, weights=worth)
    slice_at = float(np.average(slices, weights=worth))
    spread = np.sqrt(np.average((slices - slice_at) ** 2, weights=worth)) * slice_mm
    away = np.linalg.norm(grains.at_mm[every] - middle, axis=1)
    level = np.abs(grains.slice_at[every] - slice_at) * slice_mm < DEEP_MM
    ring = level & (away > CLUSTER_MM / 2) & (away < 3 * CLUSTER_MM / 2)
    ranked = np.sort(height)[::-1]
    strong = np.argsort(-height)[:5]
    apart = np.linalg.norm(at[:, None] - at[None, :], axis=2)
    features = {
        "count": float(np.log(len(at))),
        "evidence": float(np.log(worth.sum())),
        "third": float(np.log(ranked[2])),
        "fifth": float(np.log(ranked[4])) if len(ranked) > 4 else float(np.log(WEAKEST) - 0.3),
        "strongest": float(np.log(ranked[0])),
        "contrast": float(grains.contrast[members][strong].mean()),
        "lineness": float(grains.lineness[members].mean()),
        "extent_mm": float(apart.max()),
        "depth_mm": float(spread),
        "sharpness": float(np.log(height[strong] / (beside[strong] + 2)).mean()),
        "surround": float(np.log1p(_worth(grains.height[every][ring]).sum() / 8)),
        "roughness": float(np.log(grains.roughness[members].mean())),
    }
    hull = np.concatenate([circle((float(x), float(y)), _RIM_MM, 12) for x, y in at])
    outline = np.asarray(cv2.convexHull(hull)[:, 0], np.float32)
    where = float(middle[0]), float(middle[1])
    return GrainCluster(
        outline, where, slice_at, float(slices.min()), float(slices.max()), features
    )
