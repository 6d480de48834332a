"""BI-RADS words for calcifications in a region: how the particles look, how they lie.

UNVALIDATED on patients: limits come from the atlas's wording (5th edition, 2013) where it has
sizes, else from simulated breasts of seeds 5000 to 5069, which have only some of the words
(docs/mammogram-words.md). Shape goes by size and elongation of single particles (Betal, Roberts &
Whitehouse, Br J Radiol 1997), distribution by the spread of their places and how it lies to the
nipple, since ducts run there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.lexicon import CalcificationDistribution, CalcificationMorphology, Term
from senoscope.domain.mammogram import Intent, Mammogram
from senoscope.models.programmed.mammography.calcifications import (
    LEAST_POINTS,
    STEP_MM,
    find_grains,
)
from senoscope.models.programmed.mammography.calcified_particles import (
    Particle,
    all_particles,
    is_within,
)
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.working_picture import WorkingPicture, working_picture
from senoscope.models.programmed.moved_outlines import agreed, moved_outlines

WIDEST_MM2 = 1.4
"""At half maximum: what is larger is tissue, or a benign calcification that needs no word here."""
LINE_MM, LINE_ELONGATION = 0.75, 1.85
COARSE_MM = 0.52
"""Coarse is over half a millimetre (the atlas)."""
ROUND_ELONGATION = 1.15
HAZY_MM, FAINT = 0.38, 6.2
"""Amorphous: no smaller than this, and fainter, in noise, where the brightest quarter begins."""
GROUP_MM = 14.0
"""Along the longer axis, the outermost left out: over this it is no group (the atlas: 2 cm)."""
DIFFUSE_SHARE = 0.5
LINE_RATIO, TO_NIPPLE_DEG, SEGMENT_RATIO = 3.6, 30.0, 1.35

Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CalcificationWords:
    """`count` of single particles in the region, None where they could not be looked for."""

    count: int | None
    morphology: Term[CalcificationMorphology]
    distribution: Term[CalcificationDistribution]


@dataclass(frozen=True, eq=False)
class CalcifiedView:
    """The particles of a whole view, found once: several regions are then described at no cost."""

    picture: WorkingPicture
    particles: tuple[Particle, ...]

    @classmethod
    def of(cls, mammogram: Mammogram, parts: BreastParts) -> CalcifiedView:
        """ImageError where the picture does not allow it: its spacing, or For Processing."""
        if mammogram.intent is not Intent.PRESENTATION:
            raise ImageError(
                "This mammogram is For Processing; words are found on those For Presentation. Send "
                "that one as well."
            )
        picture = working_picture(mammogram, parts, STEP_MM)
        found = all_particles(picture, find_grains(picture, line_limit=1.0))
        return cls(picture, tuple(each for each in found if each.area_mm2 <= WIDEST_MM2))


def describe_calcifications(
    mammogram: Mammogram, parts: BreastParts, contour: NDArray[np.floating]
) -> CalcificationWords:
    """Of the region within `contour`, (n, 2) [x, y] in hung pixels."""
    try:
        view = CalcifiedView.of(mammogram, parts)
    except ImageError as error:
        return CalcificationWords(None, Term(None, 1.0, str(error)), Term(None, 1.0, str(error)))
    return calcification_words(view, contour)


def calcification_words(view: CalcifiedView, contour: NDArray[np.floating]) -> CalcificationWords:
    """As `describe_calcifications`, of a view whose particles are known."""
    outline = (np.asarray(contour, np.float64) + 0.5) / np.array(view.picture.zoom) - 0.5
    every = [_within(view, each) for each in (outline, *moved_outlines(outline))]
    few = f"{len(every[0])} particles stand out in the region; words need {LEAST_POINTS} or more"
    tissue_mm2 = float(view.picture.breast.sum()) * view.picture.step_mm**2
    return CalcificationWords(
        len(every[0]),
        agreed(morphology_word, every, few),
        agreed(lambda each: distribution_word(_places_mm(view, each), tissue_mm2), every, few),
    )


def morphology_word(particles: Sequence[Particle]) -> CalcificationMorphology | None:
    """What the middle one of the particles looks like; the gravest that holds. None of too few."""
    if len(particles) < LEAST_POINTS:
        return None
    length, width, area, height = np.array(
        [(each.length_mm, each.width_mm, each.area_mm2, each.height) for each in particles]
    ).T
    elongation = float(np.median(length / width))
    diameter_mm = float(np.median(2 * np.sqrt(area / np.pi)))
    long_mm, solidity = float(np.median(length)), float(np.median([e.solidity for e in particles]))
    is_branched = long_mm > COARSE_MM + 0.4 and solidity < 0.9
    if (long_mm > LINE_MM and elongation > LINE_ELONGATION) or is_branched:
        return CalcificationMorphology.FINE_LINEAR
    if diameter_mm > COARSE_MM:
        smooth = elongation < ROUND_ELONGATION
        return (
            CalcificationMorphology.ROUND
            if smooth
            else CalcificationMorphology.COARSE_HETEROGENEOUS
        )
    if float(np.percentile(height, 75)) < FAINT and diameter_mm > HAZY_MM:
        return CalcificationMorphology.AMORPHOUS
    if elongation > ROUND_ELONGATION:
        return CalcificationMorphology.FINE_PLEOMORPHIC
    return CalcificationMorphology.PUNCTATE


def distribution_word(places: Places, tissue_mm2: float) -> CalcificationDistribution | None:
    """Of (n, 2) [x, y] in mm from the nipple, in so much tissue. None of too few."""
    if len(places) < LEAST_POINTS:
        return None
    middle = np.median(places, axis=0)
    spread, axes = np.linalg.eigh(np.cov((places - middle).T))
    short, long = np.sqrt(np.maximum(spread, 0.01))
    along = (places - middle) @ axes[:, 1]
    extent_mm = float(np.ptp(np.percentile(along, [4, 96])))
    if np.pi * 4 * short * long > DIFFUSE_SHARE * tissue_mm2:
        return CalcificationDistribution.DIFFUSE
    if long > LINE_RATIO * short:
        return CalcificationDistribution.LINEAR
    towards = abs(float(axes[:, 1] @ middle)) / max(float(np.hypot(*middle)), 1e-6)
    off_deg = float(np.degrees(np.arccos(min(1.0, towards))))
    if extent_mm <= GROUP_MM:
        return CalcificationDistribution.GROUPED
    if off_deg < TO_NIPPLE_DEG and long > SEGMENT_RATIO * short:
        return CalcificationDistribution.SEGMENTAL
    return CalcificationDistribution.REGIONAL


def _within(view: CalcifiedView, outline: Places) -> list[Particle]:
    return [each for each in view.particles if is_within(each, outline.astype(np.float32))]


def _places_mm(view: CalcifiedView, particles: Sequence[Particle]) -> Places:
    at = np.array([each.at for each in particles], np.float64).reshape(-1, 2)
    return np.asarray((at - np.array(view.picture.nipple)) * view.picture.step_mm)
