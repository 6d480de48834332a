from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.domain.lexicon import MammographicMargin, MassDensity, Shape
from senoscope.domain.mammogram import Intent
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.marks import Points, circle
from senoscope.models.programmed.mammography.mass_region import MassView, true_outline
from senoscope.models.programmed.mammography.mass_words import (
    MassWords,
    density_word,
    describe_mass,
    margin_word,
    shape_word,
)
from senoscope.models.programmed.mammography.nipple import Nipple, skin_line
from senoscope.models.programmed.mammography.parts import BreastParts
from tests.models.programmed.mammography.drawn_breasts import Picture, as_view, plain_breast

AT = (220.0, 400.0)
GLAND = (220, 250)
"""Where a patch of dense tissue lies, [x, y]; the mass at AT lies beside it."""


def breast(*draw: tuple[tuple[int, int], tuple[int, int], float]) -> Picture:
    """With a patch of gland and soft ellipses of (centre, half axes, grey over fat)."""
    picture = plain_breast()
    for centre, axes, grey in ((GLAND, (90, 60), 0.12), *draw):
        patch = np.zeros_like(picture)
        cv2.ellipse(patch, centre, axes, 0, 0, 360, grey, -1)
        picture += cv2.GaussianBlur(patch, (0, 0), 3) * (picture > 0)
    return picture


def parts_of(picture: Picture) -> BreastParts:
    inside = cv2.morphologyEx((picture > 0.1).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
    return BreastParts(inside > 0, None, Nipple((449.0, 400.0), True), skin_line(inside > 0))


def described(picture: Picture, loop: Points, spacing: float | None = 0.1) -> MassWords:
    step = None if spacing is None else PixelSpacing(spacing, spacing)
    return describe_mass(as_view(picture, spacing=step), parts_of(picture), loop)


def test_a_smooth_ball_in_fat_is_round_and_circumscribed() -> None:
    found = described(breast(((220, 400), (45, 45), 0.15)), circle(AT, 52))
    assert found.shape.word is Shape.ROUND
    assert found.margin.word is MammographicMargin.CIRCUMSCRIBED
    assert found.margin.agreement > 0.8
    assert found.features is not None and found.features["hidden"] == 0


def test_a_long_one_is_oval_also_where_a_circle_was_drawn_round_it() -> None:
    found = described(breast(((220, 400), (56, 42), 0.15)), circle(AT, 50))
    assert found.shape.word is Shape.OVAL


def test_one_with_rays_is_spiculated() -> None:
    picture = breast(((220, 400), (35, 35), 0.1))
    rays = np.zeros_like(picture)
    for angle in np.arange(12) * 2 * np.pi / 12:
        end = np.array(AT) + 110 * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(rays, (220, 400), (round(end[0]), round(end[1])), 0.08, 9)
    picture += cv2.GaussianBlur(rays, (0, 0), 2)
    assert described(picture, circle(AT, 40)).margin.word is MammographicMargin.SPICULATED


def test_what_lies_in_gland_is_obscured() -> None:
    picture = breast(((220, 380), (150, 120), 0.14), ((220, 400), (40, 40), 0.02))
    found = described(picture, circle(AT, 42))
    assert found.margin.word is MammographicMargin.OBSCURED


def test_the_edge_is_found_inside_a_loop_drawn_too_wide() -> None:
    picture = breast(((220, 400), (40, 40), 0.15))
    view = MassView.of(as_view(picture), parts_of(picture))
    outline = true_outline(view, view.placed(circle((223.0, 397.0), 52)))
    away = np.hypot(*(outline - view.placed(np.array([AT]))[0]).T) * 0.2
    assert away.mean() == pytest.approx(4.0, abs=0.3)


@pytest.mark.parametrize(
    ("loop", "spacing", "why"),
    [
        (circle(AT, 10), 0.1, "2.0 mm across"),
        (circle((45.0, 400.0), 44), 0.1, "chest wall"),
        (circle((430.0, 400.0), 40), 0.1, "skin line"),
        (circle(AT, 40), None, "millimetres"),
        (circle(AT, 40), 0.4, "0.26 mm"),
    ],
)
def test_a_mass_that_cannot_be_described_says_why(
    loop: Points, spacing: float | None, why: str
) -> None:
    found = described(breast(), loop, spacing)
    assert found.features is None
    for term in (found.shape, found.margin, found.density):
        assert term.word is None and why in term.reason


def test_for_processing_is_not_described() -> None:
    picture = breast()
    view = as_view(picture, intent=Intent.PROCESSING)
    assert "For Presentation" in describe_mass(view, parts_of(picture), circle(AT, 40)).shape.reason


def test_words_follow_from_the_features() -> None:
    round_one = {
        "radial_deviation": 0.02,
        "axis_ratio": 0.95,
        "ellipse_residual": 0.01,
        "lobulation": 0.0,
        "hidden": 0.0,
        "edge_gradient": 0.97,
        "radial_lines": 0.2,
    }
    assert shape_word(round_one) is Shape.ROUND
    assert shape_word(round_one | {"hidden": 0.6}) is None
    assert shape_word(round_one | {"hidden": np.nan}) is None
    assert shape_word(round_one | {"lobulation": 4}) is Shape.IRREGULAR
    assert margin_word(round_one) is MammographicMargin.CIRCUMSCRIBED
    soft = round_one | {"edge_gradient": 0.7, "radial_lines": 0.0}
    assert margin_word(soft) is MammographicMargin.INDISTINCT
    assert margin_word(soft | {"lobulation": 5}) is MammographicMargin.MICROLOBULATED
    assert margin_word(soft | {"hidden": np.nan}) is None


@pytest.mark.parametrize(
    ("over", "word"),
    [
        (np.nan, None),
        (-2.0, MassDensity.FAT),
        (-1.2, MassDensity.LOW),
        (0.3, MassDensity.EQUAL),
        (1.2, MassDensity.HIGH),
    ],
)
def test_density_is_that_over_the_gland_around(over: float, word: MassDensity | None) -> None:
    assert density_word({"over_gland": over}) is word


def test_without_gland_nearby_there_is_nothing_to_compare_with() -> None:
    picture = breast(((220, 600), (40, 40), 0.15))
    found = described(picture, circle((220.0, 600.0), 44))
    assert found.density.word is None and "dense tissue" in found.density.reason
