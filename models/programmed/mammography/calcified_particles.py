"""The single particles of calcium in a region: outline, size and place of each.

Each is what is connected and at least half as bright over its surroundings as its brightest
point (full width at half maximum, as Lanyi's and later analyses of shape measure particles; after
Betal, Roberts & Whitehouse, Br J Radiol 1997, who take them from a top-hat).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.calcifications import Grains
from senoscope.models.programmed.mammography.marks import Points
from senoscope.models.programmed.mammography.working_picture import WorkingPicture, blurred

HAT_MM = 2.1
"""Of the white top-hat: wider is no particle but tissue."""
LEAST_HEIGHT = 4.2
"""In noise, of a particle's point: CADe's are lower, since it asks for several together."""
_BLUR_MM = 0.06
_FINER = 4
_WINDOW_MM = 3.2
_APART_MM = 0.3
"""Nearer to a particle, a weaker point is a part of it."""


@dataclass(frozen=True, slots=True)
class Particle:
    """`at` is [x, y] in pixels of the working picture; `height` in noise.

    `length_mm` and `width_mm` are of the smallest box at half maximum, `area_mm2` what is within,
    `solidity` that over its hull.
    """

    at: tuple[float, float]
    height: float
    length_mm: float
    width_mm: float
    area_mm2: float
    solidity: float


def is_within(particle: Particle, contour: Points) -> bool:
    """Whether its point is within the outline (n, 2) [x, y]."""
    outline = np.asarray(contour, np.float32)[:, None]
    return bool(cv2.pointPolygonTest(outline, particle.at, False) >= 0)


def all_particles(picture: WorkingPicture, grains: Grains) -> Iterator[Particle]:
    """Of a whole picture, brightest first; points that are part of one are not told again."""
    hat = _hat(picture)
    taken = np.zeros(hat.shape, bool)
    for (x, y), height in zip(grains.at.tolist(), grains.height.tolist(), strict=True):
        if height < LEAST_HEIGHT or taken[round(y), round(x)]:
            continue
        particle, mask, corner = _particle(picture, hat, (round(x), round(y)), height)
        rows, columns = mask.shape
        near = taken[corner[1] : corner[1] + rows, corner[0] : corner[0] + columns]
        near |= mask
        if particle is not None:
            yield particle


def _hat(picture: WorkingPicture) -> Grey:
    smooth = blurred(picture.pixels, picture.reach(_BLUR_MM))
    side = 2 * round(picture.reach(HAT_MM) / 2) + 1
    return np.asarray(
        cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, np.ones((side, side), np.uint8)), np.float32
    )


def _particle(
    picture: WorkingPicture, hat: Grey, at: tuple[int, int], height: float
) -> tuple[Particle | None, Mask, tuple[int, int]]:
    """With its mask and rim on the picture, and the [x, y] that mask begins at."""
    half = round(picture.reach(_WINDOW_MM) / 2)
    left, top = max(0, at[0] - half), max(0, at[1] - half)
    part = hat[top : at[1] + half + 1, left : at[0] + half + 1]
    floor = float(np.median(part))
    finer = cv2.resize(part - floor, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_CUBIC)
    fine = np.asarray(finer, np.float32)
    place = (at[0] - left) * _FINER + _FINER // 2, (at[1] - top) * _FINER + _FINER // 2
    peak = float(fine[place[1], place[0]])
    inside = fine >= peak / 2
    _, labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=4)
    own = labels == labels[place[1], place[0]]
    around = cv2.dilate(own.astype(np.uint8), _disc(picture.reach(_APART_MM) * _FINER)) > 0
    rim = cv2.resize(around.astype(np.uint8), part.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    if peak <= 0:
        return None, np.asarray(rim), (left, top)
    step_mm = picture.step_mm / _FINER
    found = _measured(own, step_mm)
    return Particle((float(at[0]), float(at[1])), height, *found), np.asarray(rim), (left, top)


def _measured(own: Mask, step_mm: float) -> tuple[float, float, float, float]:
    """Length, width, area and solidity, in mm."""
    ys, xs = np.nonzero(own)
    points = np.stack([xs, ys], axis=1).astype(np.float32)
    sides = sorted(cv2.minAreaRect(points)[1])
    hull = max(float(cv2.contourArea(cv2.convexHull(points))), 1.0)
    return (
        float(sides[1] + 1) * step_mm,
        float(sides[0] + 1) * step_mm,
        len(xs) * step_mm**2,
        min(1.0, len(xs) / hull),
    )


def _disc(radius_px: float) -> NDArray[np.uint8]:
    side = 2 * round(radius_px) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
