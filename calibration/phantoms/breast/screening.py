"""Simulated exams of both breasts in both views, with the truth that CADe is judged by."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.growths import KINDS, SMOOTH_MASS
from senoscope.calibration.phantoms.breast.mammogram import (
    PIXEL_MM,
    SimulatedMammogram,
    TrueMark,
)
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.mammography.froc import Growth
from senoscope.models.evaluation.mammography.known_exam import KnownExam
from senoscope.models.programmed.mammography.marks import MarkKind

VIEWS = ("CC", "MLO")
NORMAL_OF = 4
"""One exam in so many has no growth at all."""
_EXAM = 9
"""Of the random numbers that say which growths a woman has, apart from those of her breasts."""
_KIND = {
    "round mass": MarkKind.MASS,
    "spiculated mass": MarkKind.MASS,
    SMOOTH_MASS: MarkKind.MASS,
    "distortion": MarkKind.DISTORTION,
    "calcifications": MarkKind.CALCIFICATIONS,
}


def screening_exams(seeds: range) -> Iterator[KnownExam]:
    """Each seed is a woman; growths lie in one of her breasts, in every fourth woman in none.

    A cluster of calcifications, a distortion and a mass, round or spiculated by turns.
    """
    for seed in seeds:
        yield known_exam(seed, *screening_growths(seed))


def screening_growths(seed: int) -> tuple[Laterality, tuple[str, ...]]:
    """In which breast they lie, and their kinds, of that woman among `screening_exams`."""
    random = np.random.default_rng([seed, _EXAM])
    side = _drawn_side(random)
    mass = "round mass" if random.random() < 0.5 else "spiculated mass"
    return side, () if seed % NORMAL_OF == 3 else (mass, "distortion", "calcifications")


def training_exams(seeds: range) -> Iterator[KnownExam]:
    """Each seed is a woman with a growth of every kind in one breast and none in the other."""
    for seed in seeds:
        yield known_exam(seed, _drawn_side(np.random.default_rng([seed, _EXAM])), KINDS)


def known_exam(seed: int, sick: Laterality, kinds: tuple[str, ...]) -> KnownExam:
    """Two breasts, CC and MLO each, hung, for presentation; growths of `kinds` in one.

    The density is drawn evenly from A to D, so dense breasts are more than in life.
    """
    views, growths, density = [], [], ""
    for side in Laterality:
        anatomy = BreastAnatomy.drawn(seed, side, None, kinds if side is sick else ())
        density = anatomy.density
        for view in VIEWS:
            simulated = SimulatedMammogram.of(anatomy, view)
            views.append(as_mammogram(simulated))
            growths.append(tuple(map(as_growth, simulated.marks)))
    return KnownExam(f"seed {seed}", density, tuple(views), tuple(growths))


def _drawn_side(random: np.random.Generator) -> Laterality:
    return Laterality.LEFT if random.random() < 0.5 else Laterality.RIGHT


def as_mammogram(simulated: SimulatedMammogram) -> Mammogram:
    """What a workstation would be given, as readers of mammograms here take it."""
    return Mammogram(
        simulated.presentation.astype(np.float32) / np.float32(4095),
        Intent.PRESENTATION,
        simulated.laterality,
        simulated.view,
        PixelSpacing(PIXEL_MM, PIXEL_MM),
    )


def as_growth(mark: TrueMark) -> Growth:
    """What CADe is to find of a mark, in mm."""
    x, y = mark.centre
    return Growth(
        _KIND[mark.kind], mark.kind, (x * PIXEL_MM, y * PIXEL_MM), mark.radius_px * PIXEL_MM
    )
