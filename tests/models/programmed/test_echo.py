from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.domain.frame import Gray
from senoscope.models.programmed.echo import FEATURES, measure_echo
from senoscope.models.programmed.region import lesion_region
from tests.models.programmed.outlines import LEFT, TOP, Outline, ellipse, frame, speckled

OVAL = ellipse(60, 40)


def echo_of(pixels: Gray, outline: Outline = OVAL) -> dict[str, float]:
    return dict(measure_echo(lesion_region(pixels, outline)))


def test_every_feature_is_measured_and_no_other() -> None:
    assert set(echo_of(frame(OVAL))) == {feature.name for feature in FEATURES}


def test_echogenicity_is_the_difference_to_tissue_at_the_same_depth() -> None:
    measured = echo_of(frame(OVAL, inside=51, outside=153))
    assert measured["echogenicity"] == pytest.approx(-0.4, abs=0.01)
    assert measured["contrast_to_fat"] == pytest.approx(-0.4, abs=0.01)
    assert measured["echo_variation"] == pytest.approx(0, abs=0.01)


def test_fat_is_the_tissue_above() -> None:
    pixels = frame(OVAL, inside=51, outside=153)
    pixels[: int(TOP) - 42] = 102
    measured = echo_of(pixels)
    assert measured["contrast_to_fat"] == pytest.approx(-0.2, abs=0.01)
    assert measured["echogenicity"] == pytest.approx(-0.4, abs=0.01)


def test_a_lesion_at_the_very_top_has_no_fat_to_be_compared_with() -> None:
    outline = OVAL - [0, TOP - 41]
    measured = echo_of(frame(outline), outline)
    assert np.isnan(measured["contrast_to_fat"])
    assert not np.isnan(measured["echogenicity"])


@pytest.mark.parametrize(("inside", "share"), [(5, 1.0), (80, 0.0)])
def test_an_empty_lesion_is_anechoic(inside: int, share: float) -> None:
    measured = echo_of(frame(OVAL, inside=inside))
    assert measured["anechoic_share"] == share


def test_half_bright_is_half_bright() -> None:
    pixels = frame(OVAL, inside=5)
    pixels[:, int(LEFT) :][pixels[:, int(LEFT) :] == 5] = 200
    measured = echo_of(pixels)
    assert measured["anechoic_share"] == pytest.approx(0.5, abs=0.03)
    assert measured["bright_share"] == pytest.approx(0.5, abs=0.03)
    assert measured["coarse_variation"] > 0.2


def test_debris_at_the_bottom_makes_the_top_darker() -> None:
    pixels = frame(OVAL, inside=20)
    cv2.rectangle(pixels, (int(LEFT) - 40, int(TOP) + 5), (int(LEFT) + 40, int(TOP) + 25), 90, -1)
    assert echo_of(pixels)["top_to_bottom"] < -0.05


@pytest.mark.parametrize("grey", [60, 200])
def test_what_lies_behind_is_compared_with_what_lies_beside_that(grey: int) -> None:
    pixels = frame(OVAL)
    pixels[int(TOP) + 42 :, int(LEFT) - 60 : int(LEFT) + 60] = grey
    assert echo_of(pixels)["posterior"] == pytest.approx((grey - 120) / 255, abs=0.01)


def test_half_shadow_half_enhancement_spreads() -> None:
    pixels = frame(OVAL)
    pixels[int(TOP) + 42 :, int(LEFT) - 60 : int(LEFT)] = 60
    pixels[int(TOP) + 42 :, int(LEFT) : int(LEFT) + 60] = 180
    assert echo_of(pixels)["posterior_spread"] == pytest.approx(60 / 255, abs=0.02)
    assert echo_of(speckled(frame(OVAL)))["posterior_spread"] < 0.03


def test_behind_a_lesion_at_the_bottom_nothing_can_be_assessed() -> None:
    outline = OVAL + np.array([0, 400 - TOP - 45])
    measured = echo_of(frame(outline), outline)
    assert np.isnan(measured["posterior"])
    assert np.isnan(measured["posterior_spread"])
