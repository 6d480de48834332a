from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.frame import Gray
from senoscope.models.programmed.region import lesion_region
from senoscope.models.programmed.texture import DISTANCE, FEATURES, measure_texture
from tests.models.programmed.outlines import ellipse, frame, speckled

# As large as a region: nothing is resampled.
CIRCLE = ellipse(48, 48)


def texture_of(pixels: Gray) -> dict[str, float]:
    return dict(measure_texture(lesion_region(pixels, CIRCLE)))


def stripes(width: int) -> Gray:
    columns = (np.arange(400) // width) % 2
    return np.tile(np.where(columns, 200, 40).astype(np.uint8), (400, 1))


def test_every_feature_is_measured_and_no_other() -> None:
    assert set(texture_of(speckled(frame(CIRCLE)))) == {feature.name for feature in FEATURES}


def test_one_grey_has_no_texture() -> None:
    assert np.isnan(list(texture_of(frame(CIRCLE, inside=40, outside=40)).values())).all()


def test_broad_stripes_hang_together_and_fine_ones_do_not() -> None:
    broad, fine = texture_of(stripes(24)), texture_of(stripes(DISTANCE))
    assert broad["glcm_correlation"] > 0.7
    # Three of four directions cross a stripe of just the distance, and meet the other grey.
    assert fine["glcm_correlation"] == pytest.approx(-0.5, abs=0.15)
    assert fine["glcm_contrast"] > 4 * broad["glcm_contrast"]
    assert fine["glcm_homogeneity"] < broad["glcm_homogeneity"]


def test_two_greys_have_one_bit_of_entropy_and_noise_has_more() -> None:
    assert texture_of(stripes(24))["glcm_entropy"] < 2.1
    assert texture_of(speckled(frame(CIRCLE)))["glcm_entropy"] > 4


def test_first_order_moments_are_those_of_the_greys_inside() -> None:
    noise = np.random.default_rng(1).normal(120, 15, (400, 400)).clip(0, 255).astype(np.uint8)
    measured = texture_of(noise)
    assert measured["skewness"] == pytest.approx(0, abs=0.15)
    assert measured["kurtosis"] == pytest.approx(3, abs=0.3)
