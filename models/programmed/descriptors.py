"""A lesion's programmed features, and the lexicon's words that follow from them.

No data set at hand carries descriptor labels, so the words are UNVALIDATED: their thresholds
come from the lexicon's wording and from the sources of the features, not from a fit.
`senoscope evaluate descriptors` compares them with a reader's words where a set has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray
from senoscope.domain.lexicon import (
    Content,
    EchoPattern,
    Margin,
    Orientation,
    PosteriorFeatures,
    Shape,
    Term,
)
from senoscope.models.programmed import echo, margin, shape, texture
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.moved_outlines import agreed, moved_outlines
from senoscope.models.programmed.region import lesion_region

FEATURES = shape.FEATURES + margin.FEATURES + echo.FEATURES + texture.FEATURES
_UNSEEN = "too little of the tissue it is compared with is in view"


@dataclass(frozen=True, slots=True)
class Descriptors:
    """What the lexicon asks of a mass, and the features it rests on."""

    shape: Term[Shape]
    orientation: Term[Orientation]
    margin: Term[Margin]
    echo_pattern: Term[EchoPattern]
    posterior_features: Term[PosteriorFeatures]
    content: Term[Content]
    features: Values


def measure(pixels: Gray, contour: NDArray[np.floating], aspect: float = 1.0) -> Values:
    """`FEATURES` by name for the lesion outlined on a (rows, columns) frame.

    `contour` is (n, 2), [x, y] in frame pixels; `aspect` is a frame pixel's height over its width.
    ImageError for an outline that encloses nothing.
    """
    region = lesion_region(pixels, contour, aspect)
    return {
        **shape.measure_shape(region),
        **margin.measure_margin(region),
        **echo.measure_echo(region),
        **texture.measure_texture(region),
    }


def describe(pixels: Gray, contour: NDArray[np.floating], aspect: float = 1.0) -> Descriptors:
    """The words for a lesion, as `measure` takes it, with how sure each is."""
    features = measure(pixels, contour, aspect)
    every = [features, *(measure(pixels, moved, aspect) for moved in moved_outlines(contour))]
    return Descriptors(
        shape=agreed(shape_word, every, _UNSEEN),
        orientation=agreed(orientation_word, every, _UNSEEN),
        margin=agreed(margin_word, every, _UNSEEN),
        echo_pattern=agreed(echo_word, every, _UNSEEN),
        posterior_features=agreed(posterior_word, every, _UNSEEN),
        content=agreed(content_word, every, _UNSEEN),
        features=features,
    )


def shape_word(of: Values) -> Shape | None:
    """Oval and round are convex ellipses; more than three lobes are irregular."""
    if of["solidity"] < 0.9 or of["lobulation"] > 3 or of["ellipse_residual"] > 0.06:
        return Shape.IRREGULAR
    return Shape.ROUND if of["axis_ratio"] > 0.87 else Shape.OVAL


def orientation_word(of: Values) -> Orientation | None:
    """Parallel is wider than tall."""
    return Orientation.PARALLEL if of["depth_to_width"] < 0.95 else Orientation.NOT_PARALLEL


def margin_word(of: Values) -> Margin | None:
    """The gravest that holds. None where the surroundings are not in the frame."""
    if np.isnan(of["weakest_edge"]) or np.isnan(of["spicules"]):
        return None
    if of["spicules"] >= 9 and of["solidity"] < 0.93:
        return Margin.SPICULATED
    if of["angularity"] >= 4:  # the two ends of a long oval count as corners
        return Margin.ANGULAR
    if of["lobulation"] > 3:
        return Margin.MICROLOBULATED
    if of["weakest_edge"] < 0.01 or of["edge_contrast"] < 0.06:
        return Margin.INDISTINCT
    return Margin.CIRCUMSCRIBED


def echo_word(of: Values) -> EchoPattern | None:
    """None where there is no tissue above the lesion to compare with."""
    if np.isnan(of["contrast_to_fat"]) or np.isnan(of["anechoic_share"]):
        return None
    if of["anechoic_share"] > 0.7 and of["bright_share"] < 0.05:
        return EchoPattern.ANECHOIC
    if of["anechoic_share"] > 0.2 and of["bright_share"] > 0.1:
        return EchoPattern.COMPLEX
    if of["coarse_variation"] > 0.07:
        return EchoPattern.HETEROGENEOUS
    if of["contrast_to_fat"] > 0.03:
        return EchoPattern.HYPERECHOIC
    return EchoPattern.ISOECHOIC if of["contrast_to_fat"] > -0.03 else EchoPattern.HYPOECHOIC


def posterior_word(of: Values) -> PosteriorFeatures | None:
    """None where too little of the frame lies behind the lesion."""
    if np.isnan(of["posterior"]):
        return None
    if abs(of["posterior"]) < 0.04:
        return (
            PosteriorFeatures.COMBINED if of["posterior_spread"] > 0.06 else PosteriorFeatures.NONE
        )
    return PosteriorFeatures.ENHANCEMENT if of["posterior"] > 0 else PosteriorFeatures.SHADOWING


def content_word(of: Values) -> Content | None:
    """A simple cyst is anechoic, thinly walled and enhances: all three (Stavros 1995)."""
    if np.isnan(of["anechoic_share"]) or np.isnan(of["posterior"]) or np.isnan(of["weakest_edge"]):
        return None
    anechoic = of["anechoic_share"] > 0.7 and of["bright_share"] < 0.05
    smooth = of["solidity"] > 0.93 and of["weakest_edge"] > 0.02
    return Content.SIMPLE_CYST if anechoic and smooth and of["posterior"] > 0.02 else Content.SOLID
