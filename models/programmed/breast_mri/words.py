"""BI-RADS words (5th edition, 2013) of what enhances on MRI.

UNVALIDATED, on patients and on simulated exams: limits come from the atlas's wording where it has
any, else they were set by hand. Dark internal septations, clumped and clustered ring enhancement
and the distribution of non-mass enhancement are not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from senoscope.domain.breast_mri import Mask
from senoscope.domain.lexicon import (
    DelayedPhase,
    InitialPhase,
    InternalEnhancement,
    MriLesionType,
    MriMargin,
    Shape,
    Term,
)
from senoscope.models.programmed.breast_mri.boxes import trimmed, whole
from senoscope.models.programmed.breast_mri.coarse_grid import Three, blurred
from senoscope.models.programmed.kinetics.curve_types import CHANGE_PERCENT
from senoscope.models.programmed.moved_outlines import agreed

FOCUS_MM = 5.0
"""The atlas's own limit."""
SLOW_BELOW, FAST_ABOVE = 50.0, 100.0
"""Percent at the early phase (the atlas)."""
FILLS, NEAR_ELLIPSOID, ROUND = 0.5, 0.83, 0.75
SPICULES, UNEVEN = 0.12, 0.05
RIM, SPREAD = 1.25, 0.28
_LEVELS = (0.5, 0.35, 0.42, 0.58, 0.65)
"""Of a smoothed mask: the outlines that a word is asked of; the first is the mask itself."""
_NO_CURVE = "no phase follows the early one"
_SMALL = "a focus: too small to see its shape"
_NON_MASS = "said of masses only"


@dataclass(frozen=True, slots=True)
class Body:
    """How a region fills space. Shares are 0 to 1.

    `filled`: of the box along its own axes, against an ellipsoid's. `ellipsoid`: Dice with the
    ellipsoid of the same spread. `axis_ratio`: shortest by longest. `thin`: of its volume, what a
    ball of a fifth of its width does not reach.
    """

    longest_mm: float
    filled: float
    ellipsoid: float
    axis_ratio: float
    thin: float


def body_of(mask: Mask, spacing_mm: Three) -> Body:
    """Of a mask that is not empty."""
    places = np.argwhere(mask) * np.array(spacing_mm)
    middle = places.mean(axis=0)
    off = places - middle
    # A voxel is no point: its own spread keeps a flat region from having none.
    spread = off.T @ off / len(off) + np.diag(np.square(spacing_mm) / 12)
    lengths, axes = np.linalg.eigh(spread)
    radii = np.sqrt(5 * lengths)
    inside = np.square(off @ axes / radii).sum(axis=1) <= 1
    expected = 4 / 3 * np.pi * float(np.prod(radii)) / float(np.prod(spacing_mm))
    dice = 2 * float(inside.sum()) / (len(off) + expected)
    return Body(
        longest_mm=2 * float(radii[-1]),
        filled=len(off) / expected,
        ellipsoid=dice,
        axis_ratio=float(radii[0] / radii[-1]),
        thin=_thin(mask, spacing_mm, float(np.cbrt(np.prod(radii)))),
    )


def _thin(mask: Mask, spacing_mm: Three, radius_mm: float) -> float:
    """Of the volume, what is gone after smoothing it over 0.4 of its radius."""
    wide = np.pad(mask, 3).astype(np.float32)
    one, two, three = (max(0.4 * radius_mm / mm, 0.3) for mm in spacing_mm)
    soft = blurred(wide, (one, two, three))
    return float((wide[soft < 0.5] > 0).sum()) / float(mask.sum())


def lesion_words(
    mask: Mask, longest_mm: float, spacing_mm: Three, features: Mapping[str, float],
    measures: Mapping[str, float],
) -> dict[str, Term[Any]]:  # fmt: skip
    """By the names of `lexicon.WORDS`. `features` of `lesion_model`, `measures` of the curve."""
    bodies = [body_of(each, spacing_mm) for each in _outlines(mask)]
    kind = agreed(lambda body: type_word(body, longest_mm), bodies, "")
    words: dict[str, Term[Any]] = {"mri_lesion_type": kind, **_curve_words(measures)}
    if kind.word is MriLesionType.MASS:
        words["shape"] = agreed(shape_word, bodies, "")
        words["mri_margin"] = agreed(margin_word, bodies, "")
        words["internal_enhancement"] = internal_word(features)
        return words
    why = _SMALL if kind.word is MriLesionType.FOCUS else _NON_MASS
    return words | {
        name: Term(None, 1.0, why) for name in ("shape", "mri_margin", "internal_enhancement")
    }


def _outlines(mask: Mask) -> list[Mask]:
    soft = blurred(np.pad(mask, 2).astype(np.float32), (0.7, 0.7, 0.7))
    found = [mask, *(soft > level for level in _LEVELS[1:])]
    return [trimmed(whole(each.shape), each)[1] for each in found if each.any()]


def type_word(body: Body, longest_mm: float) -> MriLesionType:
    """A mass fills the space that it takes up."""
    if longest_mm < FOCUS_MM:
        return MriLesionType.FOCUS
    return MriLesionType.MASS if body.filled >= FILLS else MriLesionType.NON_MASS


def shape_word(body: Body) -> Shape:
    """Near an ellipsoid or not; round where that is nearly a ball."""
    if body.ellipsoid < NEAR_ELLIPSOID:
        return Shape.IRREGULAR
    return Shape.ROUND if body.axis_ratio >= ROUND else Shape.OVAL


def margin_word(body: Body) -> MriMargin:
    """Lines out of it are spicules; else what smoothing takes away is unevenness."""
    if body.thin >= SPICULES:
        return MriMargin.SPICULATED
    return MriMargin.IRREGULAR if body.thin >= UNEVEN else MriMargin.CIRCUMSCRIBED


def internal_word(features: Mapping[str, float]) -> Term[InternalEnhancement]:
    """By how bright the rim is against the core, and how unlike voxels are."""
    rim, spread = features["rim_ratio"], features["early_spread"]
    if np.isnan(rim) or np.isnan(spread):
        return Term(None, 1.0, "too few voxels lie within its rim")
    if rim >= RIM:
        return Term(InternalEnhancement.RIM, _sure(rim / RIM))
    if spread >= SPREAD:
        return Term(InternalEnhancement.HETEROGENEOUS, _sure(spread / SPREAD))
    return Term(InternalEnhancement.HOMOGENEOUS, _sure(SPREAD / max(spread, 1e-6)))


def _curve_words(measures: Mapping[str, float]) -> dict[str, Term[Any]]:
    early, change = measures["early_percent"], measures.get("delayed_change_percent")
    if early < SLOW_BELOW:
        initial = Term(InitialPhase.SLOW, _sure(SLOW_BELOW / max(early, 1e-6)))
    elif early > FAST_ABOVE:
        initial = Term(InitialPhase.FAST, _sure(early / FAST_ABOVE))
    else:
        initial = Term(InitialPhase.MEDIUM, _sure(min(early / SLOW_BELOW, FAST_ABOVE / early)))
    if change is None:
        return {"initial_phase": initial, "delayed_phase": Term(None, 1.0, _NO_CURVE)}
    if abs(change) <= CHANGE_PERCENT:
        sure = _sure(CHANGE_PERCENT / max(abs(change), 1e-6))
        return {"initial_phase": initial, "delayed_phase": Term(DelayedPhase.PLATEAU, sure)}
    word = DelayedPhase.PERSISTENT if change > 0 else DelayedPhase.WASHOUT
    return {
        "initial_phase": initial,
        "delayed_phase": Term(word, _sure(abs(change) / CHANGE_PERCENT)),
    }


def _sure(times_the_limit: float) -> float:
    """From a half at a word's limit to 1 at one and a half times of it."""
    return float(np.clip(0.5 + (times_the_limit - 1), 0.5, 1.0))
