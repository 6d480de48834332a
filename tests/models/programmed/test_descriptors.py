from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.domain.frame import Gray
from senoscope.domain.lexicon import (
    Content,
    EchoPattern,
    Margin,
    Orientation,
    PosteriorFeatures,
    Shape,
)
from senoscope.models.programmed.descriptors import FEATURES, describe, measure
from tests.models.programmed.outlines import LEFT, TOP, ellipse, frame, speckled, star

OVAL = ellipse(70, 40)


def with_behind(pixels: Gray, grey: int) -> Gray:
    pixels[int(TOP) + 42 :, int(LEFT) - 70 : int(LEFT) + 70] = grey
    return pixels


def test_feature_names_are_one_of_a_kind_and_all_measured() -> None:
    names = [feature.name for feature in FEATURES]
    assert len(set(names)) == len(names)
    assert set(measure(speckled(frame(OVAL)), OVAL)) == set(names)


def test_a_cyst_is_called_a_cyst() -> None:
    pixels = with_behind(frame(OVAL, inside=4), 160)
    words = describe(pixels, OVAL)
    assert words.shape.word is Shape.OVAL
    assert words.orientation.word is Orientation.PARALLEL
    assert words.margin.word is Margin.CIRCUMSCRIBED
    assert words.echo_pattern.word is EchoPattern.ANECHOIC
    assert words.posterior_features.word is PosteriorFeatures.ENHANCEMENT
    assert words.content.word is Content.SIMPLE_CYST
    assert words.content.agreement > 0.8


def test_without_enhancement_it_is_no_simple_cyst() -> None:
    assert describe(frame(OVAL, inside=4), OVAL).content.word is Content.SOLID


def test_a_tall_pointed_shadowing_mass_is_described_as_one() -> None:
    outline = (star(7, 0.35) - [LEFT, TOP]) * [0.8, 1.2] + [LEFT, TOP]
    pixels = frame(outline)
    bottom = int(outline[:, 1].max())
    pixels[bottom:, int(LEFT) - 50 : int(LEFT) + 50] = 50
    words = describe(speckled(pixels), outline)
    assert words.shape.word is Shape.IRREGULAR
    assert words.orientation.word is Orientation.NOT_PARALLEL
    assert words.margin.word is not Margin.CIRCUMSCRIBED
    assert words.echo_pattern.word is EchoPattern.HYPOECHOIC
    assert words.posterior_features.word is PosteriorFeatures.SHADOWING


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        (180, EchoPattern.HYPERECHOIC),
        (120, EchoPattern.ISOECHOIC),
        (80, EchoPattern.HYPOECHOIC),
    ],
)
def test_echo_is_named_against_fat(inside: int, word: EchoPattern) -> None:
    assert describe(speckled(frame(OVAL, inside=inside)), OVAL).echo_pattern.word is word


def test_a_half_filled_cyst_is_complex() -> None:
    pixels = frame(OVAL, inside=4)
    cv2.circle(pixels, (int(LEFT) + 30, int(TOP)), 22, 170, -1)
    assert describe(pixels, OVAL).echo_pattern.word is EchoPattern.COMPLEX


def test_a_blurred_edge_is_indistinct() -> None:
    blurred = np.asarray(cv2.GaussianBlur(frame(OVAL, inside=80), (0, 0), 16), np.uint8)
    assert describe(blurred, OVAL).margin.word is Margin.INDISTINCT


def test_what_is_not_in_view_is_not_assessed_and_the_reason_is_given() -> None:
    low = OVAL + np.array([0, 400 - TOP - 45])
    words = describe(frame(low), low)
    assert words.posterior_features.word is None
    assert "in view" in words.posterior_features.reason
    assert words.content.word is None
    assert words.shape.word is Shape.OVAL


def test_a_word_on_the_edge_between_two_is_less_sure_than_a_clear_one() -> None:
    clear = describe(with_behind(frame(OVAL), 200), OVAL).posterior_features
    assert clear.agreement == 1
    half = frame(OVAL)
    half[int(TOP) + 42 :, int(LEFT) + 1 : int(LEFT) + 70] = 200
    assert describe(half, OVAL).posterior_features.agreement < 1
