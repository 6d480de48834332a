from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from senoscope.domain.lexicon import CalcificationDistribution as Lie
from senoscope.domain.lexicon import CalcificationMorphology as Look
from senoscope.domain.mammogram import Intent
from senoscope.models.programmed.mammography.calcification_words import (
    CalcificationWords,
    describe_calcifications,
    distribution_word,
    morphology_word,
)
from senoscope.models.programmed.mammography.calcified_particles import Particle
from senoscope.models.programmed.mammography.marks import Points, circle
from senoscope.models.programmed.mammography.nipple import Nipple, skin_line
from senoscope.models.programmed.mammography.parts import BreastParts
from tests.models.programmed.mammography.drawn_breasts import (
    Picture,
    as_view,
    plain_breast,
    with_dots,
)

DOTS = [(180.0, 400.0), (195.0, 425.0), (165.0, 425.0), (212.0, 390.0), (188.0, 370.0)]
LOOP = circle((190.0, 400.0), 60)
TISSUE_MM2 = 9000.0


def described(picture: Picture, loop: Points = LOOP) -> CalcificationWords:
    inside = cv2.morphologyEx((picture > 0.1).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
    parts = BreastParts(inside > 0, None, Nipple((449.0, 400.0), True), skin_line(inside > 0))
    return describe_calcifications(as_view(picture), parts, loop)


def with_lines(
    picture: Picture, ends: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> Picture:
    lines = np.zeros_like(picture)
    for one, other in ends:
        cv2.line(lines, one, other, 0.15, 1)
    return np.asarray(picture + cv2.GaussianBlur(lines, (0, 0), 0.7), np.float32)


def test_dots_are_counted_and_punctate() -> None:
    found = described(with_dots(plain_breast(), DOTS))
    assert found.count == len(DOTS)
    assert found.morphology.word is Look.PUNCTATE
    assert found.distribution.word is Lie.GROUPED


def test_short_lines_are_fine_linear_though_cade_would_leave_them_out() -> None:
    ends = [((x, y), (x + 12, y + 8)) for x, y in ((165, 370), (190, 400), (205, 430), (170, 430))]
    found = described(with_lines(plain_breast(), ends))
    assert found.count == 4
    assert found.morphology.word is Look.FINE_LINEAR


def test_what_is_outside_the_loop_does_not_count() -> None:
    found = described(with_dots(plain_breast(), [*DOTS, (300.0, 200.0)]))
    assert found.count == len(DOTS)


def test_two_are_too_few_for_words() -> None:
    found = described(with_dots(plain_breast(), DOTS[:2]))
    assert found.count == 2
    assert found.morphology.word is None and "2 particles" in found.morphology.reason
    assert found.distribution.word is None


def test_without_millimetres_or_for_processing_they_say_why() -> None:
    picture = with_dots(plain_breast(), DOTS)
    inside = picture > 0.1
    parts = BreastParts(inside, None, Nipple((449.0, 400.0), True), skin_line(inside))
    unknown = describe_calcifications(as_view(picture, spacing=None), parts, LOOP)
    raw = describe_calcifications(as_view(picture, intent=Intent.PROCESSING), parts, LOOP)
    assert unknown.count is None and "millimetres" in unknown.morphology.reason
    assert raw.count is None and "For Presentation" in raw.distribution.reason


def particles(
    length: float, width: float, height: float = 12, solidity: float = 1
) -> list[Particle]:
    area = np.pi / 4 * length * width
    return [Particle((0, 0), height, length, width, area, solidity)] * 4


@pytest.mark.parametrize(
    ("seen", "word"),
    [
        (particles(0.3, 0.29), Look.PUNCTATE),
        (particles(0.4, 0.3), Look.FINE_PLEOMORPHIC),
        (particles(0.45, 0.44, height=5), Look.AMORPHOUS),
        (particles(0.7, 0.68), Look.ROUND),
        (particles(0.8, 0.6), Look.COARSE_HETEROGENEOUS),
        (particles(1.2, 0.4), Look.FINE_LINEAR),
        (particles(1.2, 0.9, solidity=0.6), Look.FINE_LINEAR),
        (particles(0.3, 0.3)[:2], None),
    ],
)
def test_morphology_goes_by_size_and_elongation(seen: list[Particle], word: Look | None) -> None:
    assert morphology_word(seen) is word


def spread(along_mm: float, across_mm: float, turn_deg: float, count: int = 60) -> np.ndarray:
    """Evenly in a box 60 mm behind the nipple, turned against the way to it."""
    draw = np.random.default_rng(1).uniform(-0.5, 0.5, (count, 2)) * [along_mm, across_mm]
    turn = np.radians(turn_deg)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(draw @ axes - [60, 0])


@pytest.mark.parametrize(
    ("places", "word"),
    [
        (spread(9, 8, 0), Lie.GROUPED),
        (spread(25, 2, 40), Lie.LINEAR),
        (spread(35, 18, 5), Lie.SEGMENTAL),
        (spread(35, 18, 80), Lie.REGIONAL),
        (spread(33, 32, 0), Lie.REGIONAL),
        (spread(90, 80, 0), Lie.DIFFUSE),
        (spread(9, 8, 0)[:2], None),
    ],
)
def test_distribution_goes_by_spread_and_the_way_to_the_nipple(
    places: np.ndarray, word: Lie | None
) -> None:
    assert distribution_word(places, TISSUE_MM2) is word
