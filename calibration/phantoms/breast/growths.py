"""What grows in a simulated breast: masses, distortions and clusters of calcifications.

Words are those of the BI-RADS atlas; sizes those of screening (masses 6 to 20 mm, calcifications
0.15 to 0.6 mm within a centimetre).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.calcification_kinds import WORDED_KINDS, worded_grains

KINDS = ("round mass", "spiculated mass", "distortion", "calcifications")
SMOOTH_MASS = "circumscribed mass"
"""Oval, of the size and density of a spiculated one: what tells them apart is the edge alone."""
MALIGNANT = ("spiculated mass", "calcifications")
"""As they are drawn here: a simulation's convention, no diagnosis."""


@dataclass(frozen=True, eq=False)
class Growth:
    """`place` is (depth, across, height) as in `anatomy`.

    `radius_mm` of the mass's body, or of what holds the cluster. `edge` is (n, 4): the direction
    and depth of each wave of the body's edge, `waves` of them from pole to pole. `spicules` is
    (n, 5): a direction, a length and a width in mm. `grains` is (n, 4): places from the centre and
    radii, mm.
    """

    kind: str
    place: tuple[float, float, float]
    radius_mm: float
    edge: NDArray[np.float32]
    spicules: NDArray[np.float32]
    grains: NDArray[np.float32]

    @property
    def is_malignant(self) -> bool:
        """By its kind."""
        return self.kind in MALIGNANT

    @property
    def waves(self) -> float:
        """One makes the ball an egg."""
        return 1.0 if self.kind == SMOOTH_MASS else 3.0


def grown(random: np.random.Generator, kinds: tuple[str, ...]) -> Iterator[Growth]:
    """One of each, apart from each other, inside the breast."""
    taken: list[NDArray[np.float64]] = []
    for kind in kinds:
        place = _place(random, taken)
        taken.append(place)
        yield _growth(random, kind, (float(place[0]), float(place[1]), float(place[2])))


def specks(random: np.random.Generator) -> NDArray[np.float32]:
    """(n, 4): place (depth, across, height) and radius in mm of single calcifications, far apart.

    None to six. They are no growths: nothing that is sought.
    """
    count = int(min(random.poisson(2.0), 6))
    places = np.empty((count, 4), np.float32)
    for one in range(count):
        while True:
            place = random.uniform((0.1, -0.7, -0.7), (0.85, 0.7, 0.7))
            near = np.linalg.norm(places[:one, :3] - place, axis=1)
            if np.linalg.norm(place) < 0.9 and near.min(initial=np.inf) > 0.3:
                break
        places[one] = (*place, np.clip(random.lognormal(np.log(0.2), 0.4), 0.1, 0.6))
    return places


def _place(random: np.random.Generator, taken: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    while True:
        place = random.uniform((0.3, -0.6, -0.6), (0.75, 0.6, 0.6))
        if np.linalg.norm(place) < 0.8 and all(np.linalg.norm(place - at) > 0.45 for at in taken):
            return place


def _growth(random: np.random.Generator, kind: str, place: tuple[float, float, float]) -> Growth:
    nothing = np.zeros((0, 5), np.float32)
    edge, spicules, grains = nothing[:, :4], nothing, nothing[:, :4]
    radius_mm = random.uniform(3, 9)
    if kind == "round mass":
        edge = _edge(random, 3, 0.05)
    elif kind == "spiculated mass":
        radius_mm = random.uniform(3, 8)
        edge = _edge(random, 12, 0.09)
        spicules = _spicules(random, int(random.integers(22, 40)), radius_mm, 1.1)
    elif kind == SMOOTH_MASS:
        radius_mm = random.uniform(3, 8)
        edge = _edge(random, 2, 0.08)
    elif kind == "distortion":
        radius_mm = random.uniform(2, 3)
        spicules = _spicules(random, int(random.integers(24, 40)), 5.0, 1.4)
    elif kind in WORDED_KINDS:
        grains = worded_grains(random, kind)
        radius_mm = float(np.hypot(grains[:, 1], grains[:, 2]).max())
    else:
        radius_mm = random.uniform(2.5, 5)
        grains = _grains(random, int(random.integers(5, 16)), radius_mm)
    return Growth(kind, place, float(radius_mm), edge, spicules, grains)


def _directions(random: np.random.Generator, count: int) -> NDArray[np.float32]:
    directions = random.standard_normal((count, 3))
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return np.asarray(unit, np.float32)


def _edge(random: np.random.Generator, count: int, depth: float) -> NDArray[np.float32]:
    heights = random.normal(0, depth, (count, 1)).astype(np.float32)
    return np.hstack([_directions(random, count), heights])


def _spicules(
    random: np.random.Generator, count: int, radius_mm: float, longer: float
) -> NDArray[np.float32]:
    lengths = radius_mm * longer * random.uniform(1.5, 3.0, (count, 1))
    widths = random.uniform(0.5, 1.1, (count, 1))
    return np.hstack([_directions(random, count), lengths, widths]).astype(np.float32)


def _grains(random: np.random.Generator, count: int, radius_mm: float) -> NDArray[np.float32]:
    places = _directions(random, count) * radius_mm * random.uniform(0.1, 1, (count, 1)) ** (1 / 3)
    radii = np.clip(random.lognormal(np.log(0.14), 0.35, (count, 1)), 0.075, 0.3)
    return np.hstack([places, radii]).astype(np.float32)
