"""Clusters of calcifications: small bright points that stand out from the noise, three or more.

Points are peaks of differences of Gaussians at several scales, near the Laplacian of Gaussian
(Lindeberg, IJCV 1998), over the noise of their grey value, since a detector's noise hangs on it
(Veldkamp & Karssemeijer, IEEE Trans Med Imaging 2000). Their contrast is that of a white top-hat
(Bottema & Slavotinek, Pattern Recognit Lett 2000). Three within a square centimetre are a cluster
(BI-RADS atlas, 5th edition: grouped).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.feature import Feature
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.marks import Candidate, MarkKind, Points, circle
from senoscope.models.programmed.mammography.working_picture import WorkingPicture, blurred

STEP_MM = 0.1
SIGMAS_MM = (0.08, 0.13, 0.21, 0.34)
"""Of the Gaussians whose differences are taken: grains of about 0.2 to 0.6 mm across."""
HATS_MM = (0.9, 1.7)
CLUSTER_MM = 11.3
"""Across a circle of one square centimetre."""
LEAST_POINTS = 3
_WEAKEST = 3.6
"""In noise: a lower peak is no point."""
_USUAL_PEAK = 3.3
_MOST_POINTS = 500
_MOST_CLUSTERS = 10
_SKIN_MM = 2.5
_LINE_LIMIT = 0.62
"""Of a peak's height, what a line through it may keep: a vessel keeps nearly all."""
_BINS = 24
_WHITE = 0.99
_USUAL_PER_CM2, _USUAL_HEIGHT = 0.4, 4.5
"""So many points a square centimetre may be that high before all are lowered."""

FEATURES = (
    Feature("count", "1", "log of the number of points within a square centimetre", "BI-RADS"),
    Feature("evidence", "1", "log of how unlikely its points are to be noise", "this project"),
    Feature("third", "1", "log of the third strongest point's height, in noise", "this project"),
    Feature("fifth", "1", "log of the fifth strongest point's height, in noise", "this project"),
    Feature("strongest", "1", "log of the strongest point's height, in noise", "this project"),
    Feature("contrast", "grey", "mean white top-hat of the five strongest points", "Bottema 2000"),
    Feature("lineness", "1", "what lines through the points keep of their height", "this project"),
    Feature("extent_mm", "1", "largest distance of two points, mm", "BI-RADS"),
    Feature("narrowness", "1", "length of the cluster by its width, log", "BI-RADS: linear"),
    Feature("surround", "1", "log of points in the square centimetres around", "this project"),
    Feature("roughness", "1", "log of the local noise by that of its grey value", "this project"),
)
"""Of a cluster; "1" where the unit is in the name or it has none."""


@dataclass(frozen=True, eq=False)
class Grains:
    """Points of a working picture, strongest first.

    `at` is (n, 2) [x, y]; `height` in noise, `contrast` in grey, `lineness` 0 (a dot) to 1 (a
    line), `roughness` the local noise by the usual one; (n,) each.
    """

    at: Points
    height: Grey
    contrast: Grey
    lineness: Grey
    roughness: Grey


def clusters(picture: WorkingPicture) -> list[Candidate]:
    """Candidates for clusters of calcifications, at most ten, on a picture of STEP_MM."""
    grains = find_grains(picture)
    apart = np.linalg.norm(grains.at[:, None] - grains.at[None, :], axis=2) * picture.step_mm
    worth = _worth(grains.height)
    free = np.ones(len(worth), bool)
    found: list[Candidate] = []
    while len(found) < _MOST_CLUSTERS:
        near = (apart < CLUSTER_MM / 2) & free[None, :] & free[:, None]
        gain = np.where(near.sum(axis=1) >= LEAST_POINTS, near @ worth, 0)
        if not len(gain) or gain.max() <= 0:
            break
        members = _centred(grains, near[int(np.argmax(gain))], free, picture)
        found.append(_candidate(picture, grains, members))
        free &= ~members
    return found


def find_grains(picture: WorkingPicture, line_limit: float = _LINE_LIMIT) -> Grains:
    """Single points that may be calcifications, but for those on lines.

    A line keeps more than `line_limit` of a point's height beyond it on both sides; 1 and more
    leaves none out, for a place where linear calcifications are looked for.
    """
    smooth = [blurred(picture.pixels, picture.reach(each)) for each in SIGMAS_MM]
    inner = (picture.from_edge_mm > _SKIN_MM) & ~_markers(picture)
    grey = np.asarray(cv2.blur(smooth[-1], (15, 15)), np.float32)
    height = np.zeros_like(grey)
    rough = np.ones_like(grey)
    for finer, coarser in pairwise(smooth):
        difference = finer - coarser
        usual = noise_of_grey(difference, grey, inner)
        local = _local_noise(difference, usual, picture.reach(6.0))
        ratio = difference / local
        better = ratio > height
        height[better] = ratio[better]
        rough[better] = (local / usual)[better]
    at = _peaks(height, inner)
    height *= calmed(height[at[:, 1], at[:, 0]], float(inner.sum()) * picture.step_mm**2 / 100)
    at = at[height[at[:, 1], at[:, 0]] > _WEAKEST]
    hats = _hats(smooth[0], picture)
    x, y = at[:, 0], at[:, 1]
    lineness = lineness_at(smooth[1], at, picture)
    keep = lineness < line_limit if line_limit < 1 else np.ones(len(lineness), bool)
    return Grains(
        at[keep].astype(np.float32),
        height[y, x][keep],
        hats[y, x][keep],
        lineness[keep],
        rough[y, x][keep],
    )


def _worth(height: Grey) -> Grey:
    """What a point adds to a cluster: how unlikely noise is to reach it, which goes by squares."""
    return np.asarray(np.minimum((height**2 - _USUAL_PEAK**2) / 2, 20), np.float32)


def noise_of_grey(difference: Grey, grey: Grey, inner: NDArray[np.bool_]) -> Grey:
    """The usual size of `difference` at each pixel's grey: median of the absolute, as a spread."""
    # Every third pixel both ways: medians of some hundred thousand are as good.
    sample = np.s_[::3, ::3]
    level, size = grey[sample][inner[sample]], np.abs(difference[sample][inner[sample]])
    if len(level) < 50 * _BINS:
        return np.full_like(grey, max(float(np.median(size)) * 1.4826, 1e-6) if len(size) else 1.0)
    order = np.argsort(level)
    parts = np.array_split(order, _BINS)
    middles = np.array([float(np.median(level[part])) for part in parts])
    spreads = np.array([1.4826 * float(np.median(size[part])) for part in parts])
    # A table of 256 greys, since interpolation of millions is slow.
    table = np.interp(np.linspace(0, 1, 256), middles, np.maximum(spreads, 1e-6))
    entry = np.clip(grey * 255, 0, 255).astype(np.uint8)
    return np.asarray(table.astype(np.float32)[entry])


def _local_noise(difference: Grey, usual: Grey, reach_px: float) -> Grey:
    """Not below the usual; points themselves, which stand out, count little in it."""
    squared = np.square(np.clip(difference, -3 * usual, 3 * usual))
    side = 2 * round(reach_px / 2) + 1
    # A running sum may end a hair below nought.
    local = np.sqrt(np.maximum(cv2.blur(squared, (side, side)), 0))
    return np.asarray(np.maximum(local, usual), np.float32)


def _peaks(height: Grey, inner: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(n, 2) [x, y], strongest first."""
    highest = cv2.dilate(height, np.ones((5, 5), np.uint8))
    ys, xs = np.nonzero((height >= highest) & (height > _WEAKEST) & inner)
    order = np.argsort(-height[ys, xs], kind="stable")[:_MOST_POINTS]
    return np.stack([xs[order], ys[order]], axis=1)


def calmed(heights: Grey, area_cm2: float) -> float:
    """What peaks, strongest first, are lowered by where far more stand out than noise explains.

    A fibrous breast has bright crossings all over: there a point must stand out from them.
    """
    rank = round(_USUAL_PER_CM2 * area_cm2)
    return min(1.0, _USUAL_HEIGHT / float(heights[rank])) if rank < len(heights) else 1.0


def _markers(picture: WorkingPicture) -> NDArray[np.bool_]:
    """What is saturated over more than a millimetre, such as a nipple's marker, and its rim."""
    white = (picture.pixels >= _WHITE).astype(np.uint8)
    size, rim = round(picture.reach(1.2)), 2 * round(picture.reach(1.5)) + 1
    plates = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return np.asarray(cv2.dilate(plates, np.ones((rim, rim), np.uint8)) > 0)


def _hats(pixels: Grey, picture: WorkingPicture) -> Grey:
    """The smaller of white top-hats at two scales: what is large at both is small and bright."""
    least = np.full_like(pixels, np.inf)
    for size_mm in HATS_MM:
        side = 2 * round(picture.reach(size_mm) / 2) + 1
        element = np.ones((side, side), np.uint8)
        least = np.minimum(least, cv2.morphologyEx(pixels, cv2.MORPH_TOPHAT, element))
    return least


def lineness_at(pixels: Grey, at: NDArray[np.intp], picture: WorkingPicture) -> Grey:
    """(n,): the most that both arms of a line through a point keep of its height."""
    angles = np.arange(12) * (np.pi / 12)
    along = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    steps = picture.reach(0.1) * np.arange(5, 11)

    def sampled(offsets: NDArray[np.float64]) -> Grey:
        places = at[:, None, :] + offsets.reshape(1, -1, 2)
        x, y = (places[..., axis].astype(np.float32) for axis in (0, 1))
        values = cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(values.reshape(len(at), len(angles), -1), np.float32)

    if not len(at):
        return np.zeros(0, np.float32)
    arms = [sampled(sign * along[:, None, :] * steps[:, None]) for sign in (1, -1)]
    ring = np.median(np.concatenate(arms, axis=2).reshape(len(at), -1), axis=1)
    peak = pixels[at[:, 1], at[:, 0]] - ring
    kept = np.minimum(arms[0].mean(axis=2), arms[1].mean(axis=2)).max(axis=1) - ring
    return np.asarray(np.clip(kept / np.maximum(peak, 1e-6), 0, 1), np.float32)


def _centred(
    grains: Grains, members: NDArray[np.bool_], free: NDArray[np.bool_], picture: WorkingPicture
) -> NDArray[np.bool_]:
    """The circle moved to where its points are."""
    for _ in range(3):
        centre = grains.at[members].mean(axis=0)
        near = np.linalg.norm(grains.at - centre, axis=1) * picture.step_mm < CLUSTER_MM / 2
        moved = near & free
        if moved.sum() < members.sum():
            break
        members = moved
    return members


def _candidate(picture: WorkingPicture, grains: Grains, members: NDArray[np.bool_]) -> Candidate:
    at, height = grains.at[members], grains.height[members]
    centre = np.average(at, axis=0, weights=np.minimum(height, 8))
    apart = np.linalg.norm(at[:, None] - at[None, :], axis=2) * picture.step_mm
    away = np.linalg.norm(grains.at - centre, axis=1) * picture.step_mm
    ring = int(((away > CLUSTER_MM / 2) & (away < 3 * CLUSTER_MM / 2)).sum())
    axes = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(at.T)), 0)) + 1.0
    ranked = np.sort(height)[::-1]
    strong = np.argsort(-height)[:5]
    features = {
        "count": float(np.log(len(at))),
        "evidence": float(np.log(_worth(height).sum())),
        "third": float(np.log(ranked[2])),
        "fifth": float(np.log(ranked[4])) if len(ranked) > 4 else float(np.log(_WEAKEST) - 0.3),
        "strongest": float(np.log(ranked[0])),
        "contrast": float(grains.contrast[members][strong].mean()),
        "lineness": float(grains.lineness[members].mean()),
        "extent_mm": float(apart.max()),
        "narrowness": float(np.log(axes[1] / axes[0])),
        "surround": float(np.log1p(ring / 8)),
        "roughness": float(np.log(grains.roughness[members].mean())),
    }
    x, y = float(centre[0]), float(centre[1])
    return Candidate(MarkKind.CALCIFICATIONS, _hull(at, picture), (x, y), features)


def _hull(at: Points, picture: WorkingPicture) -> Points:
    """Around the points, half a millimetre away."""
    rim = [circle((float(x), float(y)), picture.reach(0.5), 12) for x, y in at]
    return np.asarray(cv2.convexHull(np.concatenate(rim))[:, 0], np.float32)
