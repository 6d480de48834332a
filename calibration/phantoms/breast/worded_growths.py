"""Simulated mammograms on which the words of masses and calcifications are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.calcification_kinds import WORDED_KINDS
from senoscope.calibration.phantoms.breast.mammogram import (
    PIXEL_MM,
    SimulatedMammogram,
    TrueMark,
)
from senoscope.calibration.phantoms.breast.screening import VIEWS, as_mammogram
from senoscope.domain.lexicon import (
    CalcificationDistribution,
    CalcificationMorphology,
    MammographicMargin,
    MassDensity,
    Shape,
)
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammography.worded_view import WordedRegion, WordedView
from senoscope.models.programmed.mammography.marks import MarkKind, circle

HIDDEN_SHARE = 0.25
"""Of what lies just outside a mass, that is dense where it counts as obscured (the atlas)."""
_JUST_OUTSIDE_MM = 2.0
_WORDS = 11
"""Of the random numbers that say what grows and how it is drawn."""

Words = Mapping[str, frozenset[StrEnum]]


def worded_views(seeds: range) -> Iterator[WordedView]:
    """CC and MLO of each seed's woman: a mass, round or spiculated, and calcifications.

    Every morphology and distribution of `calcification_kinds` is as likely; density A to D too.
    """
    for seed in seeds:
        random = np.random.default_rng([seed, _WORDS])
        mass = "round mass" if random.random() < 0.5 else "spiculated mass"
        calcified = list(WORDED_KINDS)[random.integers(len(WORDED_KINDS))]
        side = Laterality.LEFT if random.random() < 0.5 else Laterality.RIGHT
        anatomy = BreastAnatomy.drawn(seed, side, None, (mass, calcified))
        for view in VIEWS:
            simulated = SimulatedMammogram.of(anatomy, view)
            regions = tuple(_region(random, mark, simulated) for mark in simulated.marks)
            yield WordedView(f"seed {seed}", anatomy.density, as_mammogram(simulated), regions)


def _region(
    random: np.random.Generator, mark: TrueMark, simulated: SimulatedMammogram
) -> WordedRegion:
    """Drawn as by a hurried reader: a circle about the size of a mass, a loop round the grains."""
    if mark.kind in WORDED_KINDS:
        rim = random.uniform(1.5, 3) / PIXEL_MM
        rings = [circle((float(x), float(y)), rim, 12) for x, y in mark.grains]
        outline = np.asarray(cv2.convexHull(np.concatenate(rings))[:, 0], np.float32)
        return WordedRegion(MarkKind.CALCIFICATIONS, outline, _calcified(mark.kind))
    off = random.normal(0, 0.08, 2) * mark.radius_px
    centre = mark.centre[0] + float(off[0]), mark.centre[1] + float(off[1])
    outline = circle(centre, mark.radius_px * random.uniform(0.9, 1.25))
    return WordedRegion(MarkKind.MASS, outline, _mass(mark, simulated.dense))


def _calcified(kind: str) -> Words:
    morphology, distribution = WORDED_KINDS[kind]
    return {
        "calcification_morphology": frozenset({CalcificationMorphology(morphology)}),
        "calcification_distribution": frozenset({CalcificationDistribution(distribution)}),
    }


def _mass(mark: TrueMark, dense: NDArray[np.bool_]) -> Words:
    """By its kind; whether a round one is obscured, by the gland that truly lies round it."""
    if mark.kind == "spiculated mass":
        return {
            "shape": frozenset({Shape.IRREGULAR}),
            "mammographic_margin": frozenset({MammographicMargin.SPICULATED}),
            "mass_density": frozenset({MassDensity.HIGH}),
        }
    ring = circle(mark.centre, mark.radius_px + _JUST_OUTSIDE_MM / PIXEL_MM, 64)
    column, row = np.clip(np.rint(ring).astype(int), 0, np.array(dense.shape[::-1]) - 1).T
    hidden = float(dense[row, column].mean()) > HIDDEN_SHARE
    margin = MammographicMargin.OBSCURED if hidden else MammographicMargin.CIRCUMSCRIBED
    return {
        "shape": frozenset({Shape.ROUND}),
        "mammographic_margin": frozenset({margin}),
        "mass_density": frozenset({MassDensity.EQUAL}),
    }
