"""Simulated lesions: ellipsoids with an edge, an echo level and an effect on what lies below.

Looks follow the BI-RADS ultrasound lexicon (ACR, 5th edition): shape, orientation, margin, echo
pattern and posterior features.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.speckle import Map

_ANGLES = 720


class LesionKind(StrEnum):
    """What a simulated lesion looks like."""

    CYST = "cyst"
    BENIGN = "benign"
    MALIGNANT = "malignant"


@dataclass(frozen=True, eq=False)
class SimulatedLesion:
    """An ellipsoid in the breast.

    Millimetres: `centre_mm` is (lateral from the middle of the sweep, depth, elevation),
    `radii_mm` in the same order before the plane is turned by `tilt`, in radians. `edges` is
    (2, 720): the edge's distance over the ellipse's at each angle, at the first and the last
    plane. `echo_db` is relative to gland. `through_db_per_mm` is what the path through the lesion
    adds to echoes below: negative shadows, positive enhances. `edge_mm` is the margin's softness;
    `wall_db` and `halo_db` brighten a thin capsule and a broad rim.
    """

    kind: LesionKind
    centre_mm: tuple[float, float, float]
    radii_mm: tuple[float, float, float]
    tilt: float
    edges: NDArray[np.float32]
    echo_db: float
    through_db_per_mm: float
    edge_mm: float
    wall_db: float
    halo_db: float

    def section_scale(self, elevation_mm: float) -> float:
        """How large the plane's cross-section is, 0 (not cut) to 1 (through the middle)."""
        offset = (elevation_mm - self.centre_mm[2]) / self.radii_mm[2]
        return float(np.sqrt(max(0.0, 1.0 - offset * offset)))

    def inside_mm(self, lateral_mm: Map, depth_mm: Map, elevation_mm: float) -> Map:
        """Distance to the edge in the plane: positive inside, negative outside, mm.

        `lateral_mm` is (1, columns) and `depth_mm` (rows, 1); the plane must cut the lesion.
        """
        scale = self.section_scale(elevation_mm)
        across, along = lateral_mm - self.centre_mm[0], depth_mm - self.centre_mm[1]
        cosine, sine = np.float32(np.cos(self.tilt)), np.float32(np.sin(self.tilt))
        u = (across * cosine + along * sine) / np.float32(self.radii_mm[0] * scale)
        v = (along * cosine - across * sine) / np.float32(self.radii_mm[1] * scale)
        radius, angle = cv2.cartToPolar(u, v)
        through = (elevation_mm - self.centre_mm[2]) / self.radii_mm[2] / 2 + 0.5
        edge = self.edges[0] * (1 - through) + self.edges[1] * through
        steps = (angle * np.float32(_ANGLES / (2 * np.pi))).astype(np.int32) % _ANGLES
        size_mm = scale * np.sqrt(self.radii_mm[0] * self.radii_mm[1])
        return np.asarray((edge[steps] - radius) * size_mm, np.float32)


def simulated_lesion(
    kind: LesionKind, random: np.random.Generator, lateral_mm: float, depth_mm: float
) -> SimulatedLesion:
    """A lesion of that kind at elevation 0, its size and look drawn from `random`."""
    make = {
        LesionKind.CYST: _cyst,
        LesionKind.BENIGN: _benign,
        LesionKind.MALIGNANT: _malignant,
    }[kind]
    return make(random, (lateral_mm, depth_mm, 0.0))


def _cyst(random: np.random.Generator, centre: tuple[float, float, float]) -> SimulatedLesion:
    half_height = random.uniform(2.2, 4.8)
    return SimulatedLesion(
        LesionKind.CYST,
        centre,
        (half_height * random.uniform(1.0, 1.7), half_height, random.uniform(4.0, 6.0)),
        random.uniform(-0.2, 0.2),
        _edges(random, (2, 3), 0.05, spikes=0),
        echo_db=random.uniform(-46.0, -38.0),
        through_db_per_mm=random.uniform(1.0, 1.6),
        edge_mm=0.12,
        wall_db=random.uniform(8.0, 12.0),
        halo_db=0.0,
    )


def _benign(random: np.random.Generator, centre: tuple[float, float, float]) -> SimulatedLesion:
    half_height = random.uniform(2.6, 4.6)
    return SimulatedLesion(
        LesionKind.BENIGN,
        centre,
        (half_height * random.uniform(1.4, 2.1), half_height, random.uniform(4.5, 6.5)),
        random.uniform(-0.2, 0.2),
        _edges(random, (2, 3, 4, 5), 0.08, spikes=0),
        echo_db=random.uniform(-22.0, -17.0),
        through_db_per_mm=random.uniform(0.0, 0.4),
        edge_mm=random.uniform(0.2, 0.45),
        wall_db=random.uniform(4.0, 8.0),
        halo_db=0.0,
    )


def _malignant(random: np.random.Generator, centre: tuple[float, float, float]) -> SimulatedLesion:
    half_height = random.uniform(3.2, 6.2)
    return SimulatedLesion(
        LesionKind.MALIGNANT,
        centre,
        (half_height * random.uniform(0.65, 1.05), half_height, random.uniform(4.5, 6.5)),
        random.uniform(-0.5, 0.5),
        _edges(random, tuple(range(2, 10)), 0.22, spikes=int(random.integers(0, 9))),
        echo_db=random.uniform(-27.0, -21.0),
        through_db_per_mm=random.uniform(-1.6, -0.8),
        edge_mm=random.uniform(0.5, 1.2),
        wall_db=0.0,
        halo_db=float(random.choice([0.0, 4.0, 7.0])),
    )


def _edges(
    random: np.random.Generator, waves: tuple[int, ...], height: float, spikes: int
) -> NDArray[np.float32]:
    """Edge distance over the ellipse's, (2, 720): `waves` undulations, then narrow spikes."""
    angle = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)

    def undulation(wave: int) -> NDArray[np.float64]:
        size = random.normal(0, height / (wave - 1))
        return np.asarray(size * np.cos(wave * angle + random.uniform(0, 2 * np.pi)))

    first, last = np.ones(_ANGLES), np.ones(_ANGLES)
    for wave in waves:
        first += undulation(wave)
        last += undulation(wave)
    for _ in range(spikes):
        offset = np.angle(np.exp(1j * (angle - random.uniform(0, 2 * np.pi))))
        spike = np.exp(-np.abs(offset) / random.uniform(0.09, 0.2))
        first += random.uniform(0.1, 0.45) * spike
        last += random.uniform(0.1, 0.45) * spike
    return np.clip(np.stack([first, last]), 0.55, 1.7).astype(np.float32)
