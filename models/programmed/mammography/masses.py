"""Candidates for masses: where the gradient of grey points inwards from all round.

The share of it that does over a ring is the coin filter (Pereira et al., Med Phys 2014), a
simpler iris filter (Kobatake & Murakami 1996); bright blobs come from differences of Gaussians at
several scales besides (Polakowski et al., IEEE Trans Med Imaging 1997), and what looks like the
shadow of a ball from correlation with one (Lai et al., IEEE Trans Med Imaging 1989), both as the
picture is and with its spectrum evened.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.working_picture import (
    WorkingPicture,
    blurred,
    correlated,
    derivative,
)

STEP_MM = 0.4
RADII_MM = (3.0, 4.5, 6.5, 9.0, 12.5)
"""Of masses that are sought: about 5 to 25 mm across."""
MOST = 36
_BLUR_MM = 0.7
_FROM_SKIN_MM = 4.0
_FROM_NIPPLE_MM = 9.0
_FROM_WALL_MM = 2.0
"""Nearer to skin, nipple or the picture's edge at the chest wall nothing is marked: the skin's
bend, the nipple itself and what is cut off look like masses."""
_APART_MM = 4.5


@dataclass(frozen=True, eq=False)
class Blobs:
    """Places (n, 2) [x, y] of a working picture and the radius in mm that fits each best, (n,).

    `convergence`, `blobness`, `ball` and `rim` are maps over the picture, highest over all radii.
    """

    at: NDArray[np.intp]
    radius_mm: Grey
    convergence: Grey
    blobness: Grey
    ball: Grey
    rim: Grey


def find_blobs(picture: WorkingPicture) -> Blobs:
    """At most MOST, the first by each map in turn."""
    convergence, by_coin = _highest([_coin(picture, each) for each in RADII_MM])
    blobness, by_blob = _highest([_blob(picture, each) for each in RADII_MM])
    even, sharp = smoothed(picture), _whitened(smoothed(picture))
    ball, by_ball = _highest([_matched(even, _shadow(picture, each)) for each in RADII_MM])
    rim, by_rim = _highest(
        [_matched(sharp, _whitened(_shadow(picture, each))) for each in RADII_MM]
    )
    allowed = marking_ground(picture)
    at, radii = [], []
    for response, fitting in (
        (convergence, by_coin),
        (rim, by_rim),
        (ball, by_ball),
        (blobness, by_blob),
    ):
        peaks = highest_places(response, allowed, picture.reach(_APART_MM), MOST)
        at.append(peaks)
        radii.append(np.asarray(RADII_MM, np.float32)[fitting[peaks[:, 1], peaks[:, 0]]])
    places, radius_mm = _in_turn(at, radii, picture.reach(_APART_MM))
    return Blobs(places[:MOST], radius_mm[:MOST], convergence, blobness, ball, rim)


def marking_ground(
    picture: WorkingPicture,
    from_skin_mm: float = _FROM_SKIN_MM,
    from_nipple_mm: float = _FROM_NIPPLE_MM,
) -> NDArray[np.bool_]:
    """Where masses and distortions may be marked, (rows, columns)."""
    allowed = picture.from_edge_mm > from_skin_mm
    allowed[:, : round(picture.reach(_FROM_WALL_MM))] = False
    down, across = np.ogrid[: allowed.shape[0], : allowed.shape[1]]
    away = np.hypot(across - picture.nipple[0], down - picture.nipple[1])
    allowed &= away > picture.reach(from_nipple_mm)
    return allowed


def highest_places(
    response: Grey, allowed: NDArray[np.bool_], apart_px: float, most: int
) -> NDArray[np.intp]:
    """(n, 2) [x, y] of the highest peaks, at least that far apart."""
    side = 2 * round(apart_px / 2) + 1
    ridge = cv2.dilate(response, np.ones((side, side), np.uint8))
    ys, xs = np.nonzero((response >= ridge) & allowed & (response > 0))
    order = np.argsort(-response[ys, xs], kind="stable")[:most]
    return np.stack([xs[order], ys[order]], axis=1)


def smoothed(picture: WorkingPicture) -> Grey:
    """As the detectors of masses and distortions look at it."""
    return blurred(picture.pixels, picture.reach(_BLUR_MM))


def pointing(picture: WorkingPicture) -> tuple[Grey, Grey]:
    """Unit vectors along the gradient, (x, y), shorter where it is lost in noise."""
    smooth = smoothed(picture)
    x, y = derivative(smooth, 1, 0), derivative(smooth, 0, 1)
    size = np.hypot(x, y)
    usual = float(np.median(size[picture.breast])) if picture.breast.any() else 1.0
    # At the skin all gradients point inwards: that says nothing of masses.
    scale = (picture.from_edge_mm > 2) / (size + np.float32(0.3 * usual + 1e-6))
    return np.asarray(x * scale, np.float32), np.asarray(y * scale, np.float32)


def ring_offsets(picture: WorkingPicture, inner_mm: float, outer_mm: float) -> tuple[Grey, Grey]:
    """Kernels of x and y towards the middle, unit length on the ring and 0 elsewhere."""
    reach = int(np.ceil(picture.reach(outer_mm)))
    x, y = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    away = np.hypot(x, y)
    on = (away >= max(picture.reach(inner_mm), 0.5)) & (away <= picture.reach(outer_mm))
    share = on / np.maximum(away, 1e-6)
    towards_x, towards_y = -x * share, -y * share
    return towards_x.astype(np.float32), towards_y.astype(np.float32)


def _coin(picture: WorkingPicture, radius_mm: float) -> Grey:
    """The mean share of the gradient that points to the middle, over a ring, -1..1."""
    across, down = pointing(picture)
    towards_x, towards_y = ring_offsets(picture, 0.35 * radius_mm, 1.25 * radius_mm)
    count = float(np.hypot(towards_x, towards_y).sum())
    total = correlated(across, towards_x) + correlated(down, towards_y)
    return np.asarray(total / count, np.float32)


def _blob(picture: WorkingPicture, radius_mm: float) -> Grey:
    """Difference of Gaussians that a disc of that radius answers most, normalised over breast."""
    sigma = picture.reach(radius_mm) / 1.6
    inside = picture.breast.astype(np.float32)
    means = []
    for each in (sigma, 1.6 * sigma):
        weight = blurred(inside, each) + np.float32(1e-3)
        means.append(blurred(picture.pixels * inside, each) / weight)
    return np.where(picture.breast, means[0] - means[1], 0).astype(np.float32)


def _shadow(picture: WorkingPicture, radius_mm: float) -> Grey:
    """Of a ball, with as much around it again as two thirds of its radius."""
    radius = picture.reach(radius_mm)
    reach = int(np.ceil(1.65 * radius))
    x, y = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    shadow = np.sqrt(np.maximum(1 - (x**2 + y**2) / radius**2, 0))
    return blurred(shadow.astype(np.float32), picture.reach(_BLUR_MM))


def _whitened(grey: Grey) -> Grey:
    """Tissue's power falls with about the third power of frequency; evened, edges are left."""
    return np.asarray(-cv2.Laplacian(grey, cv2.CV_32F, ksize=3), np.float32)


def _matched(grey: Grey, shadow: Grey) -> Grey:
    """The correlation of each pixel's surroundings with `shadow`, -1..1."""
    reach = shadow.shape[0] // 2
    framed = cv2.copyMakeBorder(grey, reach, reach, reach, reach, cv2.BORDER_REFLECT)
    found = cv2.matchTemplate(framed, shadow, cv2.TM_CCOEFF_NORMED)
    return np.asarray(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0), np.float32)


def _highest(maps: list[Grey]) -> tuple[Grey, NDArray[np.intp]]:
    stack = np.stack(maps)
    return stack.max(axis=0), stack.argmax(axis=0)


def _in_turn(
    at: list[NDArray[np.intp]], radii: list[Grey], apart_px: float
) -> tuple[NDArray[np.intp], Grey]:
    """The best of each list first, without those next to one that is in already."""
    places: list[NDArray[np.intp]] = []
    radius_mm: list[float] = []
    for rank in range(max(map(len, at))):
        for which, its in zip(at, radii, strict=True):
            if rank >= len(which):
                continue
            if all(np.hypot(*(which[rank] - other)) >= apart_px for other in places):
                places.append(which[rank])
                radius_mm.append(float(its[rank]))
    return np.array(places, np.intp).reshape(-1, 2), np.array(radius_mm, np.float32)
