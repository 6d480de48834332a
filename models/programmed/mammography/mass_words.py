"""BI-RADS words for a mass drawn on a mammogram.

UNVALIDATED on patients: limits come from the atlas's wording (5th edition, 2013) where it has
any, else from simulated breasts of seeds 5000 to 5069, which have no microlobulated, indistinct,
low-density or fat-containing masses, and none that is oval by design.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.lexicon import MammographicMargin, MassDensity, Shape, Term
from senoscope.domain.mammogram import Mammogram
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.mammography.mass_region import (
    MassView,
    Outline,
    measure_mass,
)
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.moved_outlines import agreed, moved_outlines

SMALLEST_MM = 3.0
"""Across: fifteen pixels of the picture that is looked at."""
WALL_MM = 1.0
HIDDEN_SHARE = 0.25
"""Of the edge; the atlas asks for three quarters of a circumscribed one to be seen."""
SHARP_EDGE = 0.93
LINES, LINES_IN_GLAND = 0.05, 0.16
"""Lines that point to the middle: gland over a mass has lines of its own, so it asks for more."""
UNEVEN, OFF_ELLIPSE = 0.05, 0.022
SHAPELESS = 0.5
"""Of the edge, hidden in dense tissue: then nobody sees a shape."""
DENSITY_STEP = 1.0
"""Of the grey between fat and gland: within this over the gland around, a mass is as dense."""
_NO_GLAND = (
    "less than 1 cm2 of dense tissue lies within 15 mm of the mass, nothing to compare it with"
)
_HIDDEN = "over half of the edge is hidden in dense tissue, or nothing says what an edge is here"
_UNSEEN = "too little of what lies around the mass is in view"


@dataclass(frozen=True, slots=True)
class MassWords:
    """What the lexicon asks of a mass. `features` is None where nothing could be measured."""

    shape: Term[Shape]
    margin: Term[MammographicMargin]
    density: Term[MassDensity]
    features: Values | None


def describe_mass(
    mammogram: Mammogram, parts: BreastParts, contour: NDArray[np.floating]
) -> MassWords:
    """Of the mass within `contour`, (n, 2) [x, y] in hung pixels: a loop near its edge will do."""
    try:
        return mass_words(MassView.of(mammogram, parts), contour)
    except ImageError as error:
        return _none(str(error))


def mass_words(view: MassView, contour: NDArray[np.floating]) -> MassWords:
    """As `describe_mass`, of a view that was prepared once for several masses."""
    drawn = view.placed(contour)
    why = _why_not(view, drawn)
    if why:
        return _none(why)
    every = [measure_mass(view, each) for each in (drawn, *moved_outlines(drawn))]
    return MassWords(
        shape=agreed(shape_word, every, _HIDDEN),
        margin=agreed(margin_word, every, _UNSEEN),
        density=agreed(density_word, every, _NO_GLAND),
        features=every[0],
    )


def shape_word(of: Values) -> Shape | None:
    """Oval and round are near an ellipse; more than three lobes are irregular (the atlas).

    None where too much of the edge is hidden, or nothing says what an edge is here.
    """
    if not of["hidden"] <= SHAPELESS:
        return None
    uneven = of["radial_deviation"] > UNEVEN and of["axis_ratio"] > 0.8
    if uneven or of["ellipse_residual"] > OFF_ELLIPSE or of["lobulation"] > 3:
        return Shape.IRREGULAR
    return Shape.ROUND if of["axis_ratio"] > 0.87 else Shape.OVAL


def margin_word(of: Values) -> MammographicMargin | None:
    """The gravest that holds. None where the surroundings are not in view."""
    if np.isnan(of["edge_gradient"]) or np.isnan(of["hidden"]):
        return None
    is_hidden = of["hidden"] > HIDDEN_SHARE
    is_sharp = of["edge_gradient"] >= SHARP_EDGE
    if of["radial_lines"] > (LINES_IN_GLAND if is_hidden else LINES) and not is_sharp:
        return MammographicMargin.SPICULATED
    if of["lobulation"] > 3:
        return MammographicMargin.MICROLOBULATED
    if is_hidden:
        return MammographicMargin.OBSCURED
    return MammographicMargin.CIRCUMSCRIBED if is_sharp else MammographicMargin.INDISTINCT


def density_word(of: Values) -> MassDensity | None:
    """Against dense tissue around, not against as much of it: a projection does not show that."""
    over = of["over_gland"]
    if np.isnan(over):
        return None
    if over < -1.5 * DENSITY_STEP:
        return MassDensity.FAT
    if over < -DENSITY_STEP:
        return MassDensity.LOW
    return MassDensity.HIGH if over > DENSITY_STEP else MassDensity.EQUAL


def _why_not(view: MassView, drawn: Outline) -> str:
    """A reason, "" where there is none."""
    picture = view.picture
    area_mm2 = cv2.contourArea(drawn.astype(np.float32)) * picture.step_mm**2
    across_mm = 2 * float(np.sqrt(area_mm2 / np.pi))
    if across_mm < SMALLEST_MM:
        return f"the outline is {across_mm:.1f} mm across; words need {SMALLEST_MM:g} mm or more"
    if float(drawn[:, 0].min()) < picture.reach(WALL_MM):
        return "the outline reaches the chest wall, where the picture ends and the mass may not"
    mask = np.zeros(picture.breast.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(drawn).astype(np.int32)], 1)
    if not mask.any() or float(picture.breast[mask > 0].mean()) < 0.9:
        return "more than a tenth of the outline is skin line, muscle or air, not breast tissue"
    return ""


def _none(why: str) -> MassWords:
    return MassWords(Term(None, 1.0, why), Term(None, 1.0, why), Term(None, 1.0, why), None)
