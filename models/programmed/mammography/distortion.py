"""Candidates for architectural distortion: where bright lines run towards a common middle.

After Karssemeijer & te Brake (IEEE Trans Med Imaging 1996): the direction of each line from
second derivatives, then how many more lines around a place point to it than would by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.masses import highest_places, marking_ground
from senoscope.models.programmed.mammography.working_picture import (
    WorkingPicture,
    blurred,
    correlated,
    derivative,
)

LINE_MM = (0.5, 0.9)
"""Spread of the Gaussians whose second derivatives find lines: about 1 to 2 mm wide."""
RINGS_MM = ((2.5, 9.0), (4.0, 14.0))
MOST = 24
_APART_MM = 7.0
FROM_SKIN_MM = 9.0
FROM_NIPPLE_MM = 16.0
"""Nearer, lines meet in every breast: where skin and chest wall do, and behind the nipple."""


@dataclass(frozen=True, eq=False)
class Lines:
    """At each pixel: `strength` of the line there, and cosine and sine of twice its direction.

    A line along x has a second derivative of 0 along x and a negative one along y, so that their
    difference has the sign of that cosine.
    """

    strength: Grey
    cosine: Grey
    sine: Grey


@dataclass(frozen=True, eq=False)
class Centres:
    """`at` (n, 2) [x, y] where lines meet; `radial` is the map over the picture, in spreads."""

    at: NDArray[np.intp]
    radial: Grey
    lines: Lines


def find_centres(picture: WorkingPicture) -> Centres:
    """At most MOST, on a picture of masses.STEP_MM."""
    lines = find_lines(picture)
    radial = np.maximum.reduce([_radial(picture, lines, *ring) for ring in RINGS_MM])
    ground = marking_ground(picture, FROM_SKIN_MM, FROM_NIPPLE_MM)
    return Centres(highest_places(radial, ground, picture.reach(_APART_MM), MOST), radial, lines)


def find_lines(picture: WorkingPicture) -> Lines:
    """Bright ones; strength 0 at the skin and in the muscle, 3 at most in usual strengths."""
    best = _lines(picture, LINE_MM[0])
    for sigma_mm in LINE_MM[1:]:
        best = _stronger(best, _lines(picture, sigma_mm))
    usual = float(np.mean(best.strength[picture.breast])) if picture.breast.any() else 1.0
    inside = picture.from_edge_mm > 3
    strength = np.minimum(best.strength / (usual + 1e-9), 3) * inside
    return Lines(np.asarray(strength, np.float32), best.cosine, best.sine)


def _lines(picture: WorkingPicture, sigma_mm: float) -> Lines:
    sigma = picture.reach(sigma_mm)
    smooth = blurred(picture.pixels, sigma)
    xx, yy, xy = (derivative(smooth, *order) for order in ((2, 0), (0, 2), (1, 1)))
    # Across a bright line the second derivative is most negative; along it, it is not.
    twice = np.hypot(xx - yy, 2 * xy)
    across = (xx + yy - twice) / 2
    strength = np.maximum(-across - np.abs((xx + yy + twice) / 2), 0) * sigma**2
    size = twice + 1e-9
    return Lines(strength, (xx - yy) / size, 2 * xy / size)


def radial_kernels(
    picture: WorkingPicture, inner_mm: float, outer_mm: float
) -> tuple[Grey, Grey, Grey]:
    """The ring, and cosine and sine of twice the direction to the middle on it."""
    reach = int(np.ceil(picture.reach(outer_mm)))
    x, y = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    away = np.hypot(x, y)
    on = (away >= picture.reach(inner_mm)) & (away <= picture.reach(outer_mm))
    squared = np.maximum(away**2, 1e-6)
    # Nearer lines count more, so that rings of all radii count alike.
    ring = np.where(on, 1 / np.maximum(away, 1), 0)
    kernels = ring, ring * (x**2 - y**2) / squared, ring * 2 * x * y / squared
    even, cosine, sine = (each.astype(np.float32) for each in kernels)
    return even, cosine, sine


def _stronger(one: Lines, other: Lines) -> Lines:
    is_other = other.strength > one.strength
    return Lines(
        np.where(is_other, other.strength, one.strength),
        np.where(is_other, other.cosine, one.cosine),
        np.where(is_other, other.sine, one.sine),
    )


def _radial(picture: WorkingPicture, lines: Lines, inner_mm: float, outer_mm: float) -> Grey:
    """How much more lines point to each pixel than by chance, in spreads of that."""
    ring, cosine, sine = radial_kernels(picture, inner_mm, outer_mm)
    weight = lines.strength
    total = correlated(weight * lines.cosine, cosine) + correlated(weight * lines.sine, sine)
    chance = correlated(weight * weight, ring * ring)
    floor = float((ring * ring).sum()) * 0.05
    return np.asarray(total / np.sqrt(np.maximum(chance, floor) / 2), np.float32)
