"""Simulated calcifications by the words of the BI-RADS atlas: how each looks, how they lie.

Each particle is balls of calcium: one for a punctate one, a smear of tiny ones for an amorphous
one, some that overlap for coarse and pleomorphic ones, a chain for a fine linear one.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

MORPHOLOGIES = (
    "punctate",
    "amorphous",
    "coarse heterogeneous",
    "fine pleomorphic",
    "fine linear or branching",
)
DISTRIBUTIONS = ("grouped", "regional", "linear", "segmental")
"""Diffuse ones fill the breast: they are no growth with a place."""
WORDED_KINDS = {
    f"{morphology} calcifications, {distribution}": (morphology, distribution)
    for morphology, distribution in product(MORPHOLOGIES, DISTRIBUTIONS)
}
"""Kinds of growth beside those of `growths.KINDS`, and the words that are true of each."""
TOWARDS_NIPPLE = tuple(
    kind
    for kind, (_, distribution) in WORDED_KINDS.items()
    if distribution in ("linear", "segmental")
)
"""Those that lie along ducts."""

Balls = NDArray[np.float32]


def worded_grains(random: np.random.Generator, kind: str) -> Balls:
    """(n, 4): places (up, down, along) from the centre and radii, mm; `along` is to the nipple."""
    morphology, distribution = WORDED_KINDS[kind]
    places = _places(random, distribution)
    particles = []
    for place in places:
        balls = _particle(random, morphology)
        balls[:, :3] += place
        particles.append(balls)
    return np.concatenate(particles).astype(np.float32)


def _places(random: np.random.Generator, distribution: str) -> NDArray[np.float64]:
    """(n, 3), mm. Grouped within a centimetre or so, regional over more than two (the atlas)."""
    count = int(
        random.integers(6, 16) if distribution in ("grouped", "linear") else random.integers(22, 40)
    )
    up = random.uniform(-3, 3, count)
    turn = random.uniform(-np.pi, np.pi, count)
    far = np.sqrt(random.uniform(0, 1, count))
    if distribution == "linear":
        along = random.uniform(15, 28) * (
            np.linspace(-0.5, 0.5, count) + random.normal(0, 0.02, count)
        )
        down = random.normal(0, 0.5, count)
    elif distribution == "segmental":
        length = random.uniform(28, 42)
        away = length * np.sqrt(random.uniform(0.06, 1, count))
        down = away * np.tan(np.radians(random.uniform(-16, 16, count)))
        along = 0.6 * length - away
    else:
        reach = random.uniform(2.5, 5.5) if distribution == "grouped" else random.uniform(14, 20)
        down, along = reach * far * np.sin(turn), reach * far * np.cos(turn)
    return np.stack([up, down, along], axis=1)


def _particle(random: np.random.Generator, morphology: str) -> NDArray[np.float64]:
    """(n, 4) balls around the origin."""
    if morphology == "punctate":
        return np.array([[0, 0, 0, np.clip(random.lognormal(np.log(0.14), 0.25), 0.09, 0.24)]])
    if morphology == "fine linear or branching":
        return _line(random, random.uniform(0.8, 2.4), random.uniform(0.07, 0.1))
    count, reach, radii = {
        "amorphous": (14, random.uniform(0.2, 0.35), (0.05, 0.075)),
        "coarse heterogeneous": (
            int(random.integers(3, 6)),
            random.uniform(0.25, 0.45),
            (0.2, 0.35),
        ),
        "fine pleomorphic": (int(random.integers(2, 5)), random.uniform(0.12, 0.3), (0.07, 0.17)),
    }[morphology]
    places = random.normal(0, 0.6, (count, 3)) * reach
    return np.hstack([places, random.uniform(*radii, (count, 1))])


def _line(random: np.random.Generator, length: float, radius: float) -> NDArray[np.float64]:
    """A bowed chain in the plane of the detector, one in three with a branch."""
    steps = np.arange(0, length, 0.1) - length / 2
    turn, bow = random.uniform(0, np.pi), random.uniform(-0.25, 0.25)
    bent = bow * (steps**2 - length**2 / 12) / length
    chain = np.stack([steps, bent], axis=1)
    if random.random() < 1 / 3:
        out = np.arange(0.1, length / 2, 0.1)[:, None]
        chain = np.vstack([chain, out * [np.cos(0.7), np.sin(0.7)]])
    across = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    flat = chain @ across
    return np.column_stack([np.zeros(len(flat)), flat, np.full(len(flat), radius)])
