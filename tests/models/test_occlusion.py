"""A map shows the place the answer hangs on, in the answer's unit, and hangs on the weights."""

from __future__ import annotations

import math
from dataclasses import astuple, replace

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.models.classifier import Classifier
from senoscope.models.engines.base import Engine
from senoscope.models.occlusion import (
    MOST_OPACITY,
    OPPOSES,
    PATCHES,
    SIDE,
    SUPPORTS,
    OcclusionMap,
    heat_layer,
    occlusion_maps,
)
from tests import builders
from tests.models.scripted import Map, ScriptedEngine, package

SIZE = 63
"""Of the crop. Seven patches nine pixels apart, in the middle of its pixels 4, 13, ... 58."""
MARGIN = 0.25
LONGER = 42.0
"""A lesion's longer side, whose crop has SIZE frame pixels: crop pixels are frame pixels."""
STEP = SIDE // PATCHES
MIDDLES = np.arange(STEP // 2, SIDE, STEP)
"""Of the patches, in pixels of a map."""
SLOPE, INTERCEPT = 2.0, -1.0
"""Of the scripted package."""
SIGMA = LONGER / 8
"""Of the fill's Gaussian, in frame pixels."""
SPECKLE = np.random.default_rng(0).integers(0, 256, (160, 200), np.uint8)


class PlaceEngine:
    """Satisfies Engine: its logit is the grey level, 0 to 1, of one pixel of one crop."""

    name = "place"

    def __init__(self, row: int, column: int, crop: int = 0) -> None:
        self.runs = 0
        self._place = crop, 0, row, column

    def run(self, picture: Map) -> dict[str, Map]:
        self.runs += 1
        gray = picture * 0.2 + 0.25
        return outputs(gray[self._place])


def outputs(malignant: float) -> dict[str, Map]:
    return {
        "malignant": np.array([malignant], np.float32),
        "is_lesion": np.array([9.0], np.float32),
    }


def reading(engine: Engine, size: int = SIZE, margins: tuple[float, ...] = (MARGIN,)) -> Classifier:
    """A classifier of `engine`, whose logit is calibrated by SLOPE and INTERCEPT."""
    made = package(size, lesion_logit_from=0.0)
    return Classifier(engine, replace(made, margins=margins))


def square(left: float = 80, top: float = 50, side: float = LONGER) -> Lesion:
    return builders.lesion(left, top, side, side)


def whole_map(
    engine: Engine, pixels: Gray, lesion: Lesion, size: int = SIZE, patches: int = PATCHES
) -> OcclusionMap:
    *_, last = occlusion_maps(reading(engine, size), pixels, lesion, patches)
    return last


def dot(row: int, column: int, ground: int = 0, value: int = 255) -> Gray:
    pixels = builders.pixels(ground, 200, 160)
    pixels[row, column] = value
    return pixels


def left_of_a_dot(sigma: float) -> float:
    """What the fill leaves of it, in a picture of whole grey levels: a Gaussian's own peak."""
    return round(255 / (2 * math.pi * sigma**2)) / 255


@pytest.mark.parametrize("size", [63, 105])
@pytest.mark.parametrize(("ground", "value", "sign"), [(0, 255, 1), (255, 0, -1)])
def test_the_map_shows_the_one_place_the_answer_hangs_on(
    size: int, ground: int, value: int, sign: int
) -> None:
    middle, longer = size // 2, size * 2 / 3
    lesion = square(100 - longer / 2, 80 - longer / 2, longer)
    found = whole_map(PlaceEngine(middle, middle), dot(80, 100, ground, value), lesion, size)
    hidden = sign * SLOPE * (1 - left_of_a_dot(longer / 8))
    # The middle patch hides all of it, its neighbours none; half-way to them each counts for half.
    profile = np.array([0, 0, 0, 1, 0, 0, 0])
    np.testing.assert_allclose(
        found.change[np.ix_(MIDDLES, MIDDLES)], hidden * np.outer(profile, profile), atol=1e-5
    )
    edge = SIDE // 2 - STEP / 2
    beside = found.change[SIDE // 2, [math.floor(edge), math.ceil(edge)]].mean()
    assert beside == pytest.approx(hidden / 2, abs=1e-5)
    assert found.change.shape == (SIDE, SIDE)
    assert found.change.dtype == np.float32


@pytest.mark.parametrize("crop", [0, 1, 2])
def test_a_patch_is_hidden_from_the_crop_at_every_margin(crop: int) -> None:
    margins = (0.0, 0.75, 0.25)
    lesion = square(100 - 21, 80 - 21)
    wide = LONGER * (1 + 2 * max(margins))
    classifier = reading(PlaceEngine(31, 31, crop), margins=margins)
    *_, found = occlusion_maps(classifier, dot(80, 100), lesion)
    assert found.box == pytest.approx(
        (100 - wide / 2, 80 - wide / 2, 100 + wide / 2, 80 + wide / 2)
    )
    peak = int(found.change.argmax())
    assert np.unravel_index(peak, found.change.shape) == (SIDE // 2, SIDE // 2)
    # How much of the dot's pixel each crop's middle pixel holds, since two of them resample it.
    seen = classifier.log_odds(dot(80, 100), lesion.box) - INTERCEPT
    assert seen > 0.2
    assert found.change.max() == pytest.approx(seen * (1 - left_of_a_dot(SIGMA)), abs=0.02)


def test_the_answer_with_nothing_hidden_is_the_classifier_s_own() -> None:
    lesion = builders.lesion(60, 40, 50, 30)
    for size, margins in ((SIZE, (MARGIN,)), (24, (0.1, 0.25, 0.6))):
        classifier = reading(PlaceEngine(20, 13), size, margins)
        *_, found = occlusion_maps(classifier, SPECKLE, lesion, 2)
        assert found.log_odds == classifier.log_odds(SPECKLE, lesion.box)


def test_the_frame_itself_is_left_as_it_was() -> None:
    pixels = SPECKLE.copy()
    whole_map(PlaceEngine(31, 31), pixels, square(), patches=2)
    np.testing.assert_array_equal(pixels, SPECKLE)


def test_a_patch_smooths_what_it_reaches_and_leaves_the_rest() -> None:
    engine = ScriptedEngine(**outputs(0.0))
    whole_map(engine, SPECKLE, square())
    untouched, first, last = (engine.fed[number][0, 0] for number in (0, 1, -1))
    # Their middles are pixels 4 and 58, and they are two steps of nine wide; what they do at their
    # very ends is less than a grey level.
    assert [11 <= places.max() <= 12 for places in np.nonzero(untouched != first)] == [True] * 2
    assert [50 <= places.min() <= 51 for places in np.nonzero(untouched != last)] == [True] * 2
    assert np.abs(np.diff(first[4, 2:7])).max() < 0.3 * np.abs(np.diff(untouched[4, 2:7])).max()


def test_a_large_lesion_is_smoothed_as_far_as_a_small_one() -> None:
    small = cv2.GaussianBlur(SPECKLE, (0, 0), 2)
    large = cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    fed = []
    for pixels, lesion in ((small, square()), (large, square(321.5, 201.5, 4 * LONGER))):
        engine = ScriptedEngine(**outputs(0.0))
        whole_map(engine, pixels, lesion)
        fed.append(np.array([picture[0, 0] for picture in engine.fed]))
    np.testing.assert_allclose(fed[1], fed[0], atol=0.1)  # five grey levels
    assert np.abs(fed[0][25] - fed[0][0]).max() > 0.3


@pytest.mark.parametrize("lesion", [square(), square(0, 0), square(158, 118)])
def test_hiding_what_is_even_changes_nothing_wherever_the_frame_ends(lesion: Lesion) -> None:
    for place in ((12, 12), (31, 31), (50, 50)):
        found = whole_map(PlaceEngine(*place), builders.pixels(180, 200, 160), lesion, patches=3)
        assert np.abs(found.change).max() < 0.005


def test_at_the_frame_s_border_only_what_the_frame_holds_is_hidden() -> None:
    found = whole_map(PlaceEngine(31, 13), dot(71, 3), square(left=0))
    # The crop's pixel 31 is column 21, so that its pixel 13, middle of the second patch, is 3.
    assert found.box == pytest.approx((-10.5, 39.5, 52.5, 102.5))
    outer = 16  # 10 of 63 pixels lie beyond the frame: the map's first 16 of 105, and a part
    assert not found.change[:, :outer].any()
    assert found.change[SIDE // 2, outer + 1] > 0
    # Of the Gaussian round column 3, 74.8 % lie in the frame: normal distribution to 3.5 / 5.25.
    hidden = SLOPE * (1 - round(255 / (2 * math.pi * SIGMA**2) / 0.748) / 255)
    assert found.change[MIDDLES[3], MIDDLES[1]] == pytest.approx(hidden, abs=1e-5)
    assert found.weight is not None
    assert math.fsum(astuple(found.weight)) == pytest.approx(1)
    # Lesion and band take 42 + 6.3 of the 53 columns that the frame holds.
    assert found.area.outside == pytest.approx(1 - 48.3 * 54.6 / (53 * 63), abs=0.025)


@pytest.mark.parametrize(
    ("height", "inner"),
    [(LONGER, (42 - 12.6) ** 2), (2.0, 0.0)],
    ids=["square", "thinner than band"],
)
def test_area_shares_are_those_of_the_lesion_and_its_band(height: float, inner: float) -> None:
    lesion = builders.lesion(80, 50, LONGER, height)
    found = whole_map(PlaceEngine(9, 9), SPECKLE, lesion, patches=2)
    outer = 42 * height + 2 * (42 + height) * 6.3 + math.pi * 6.3**2
    expected = np.array([inner, outer - inner, SIZE**2 - outer]) / SIZE**2
    # A map's pixel is 0.6 frame pixels: half of one, along the band's two outlines.
    np.testing.assert_allclose(astuple(found.area), expected, atol=0.02)


@pytest.mark.parametrize(
    ("row", "column", "region"), [(31, 31, "inside"), (31, 10, "margin"), (4, 4, "outside")]
)
def test_weight_lies_in_the_region_the_answer_hangs_on(row: int, column: int, region: str) -> None:
    found = whole_map(PlaceEngine(row, column), dot(40 + row, 70 + column), square())
    assert found.weight is not None
    assert getattr(found.weight, region) == max(astuple(found.weight))
    assert getattr(found.weight, region) > 1.2 * getattr(found.area, region)


def test_where_nothing_matters_no_region_has_weight() -> None:
    found = whole_map(ScriptedEngine(**outputs(0.7)), SPECKLE, square(), patches=2)
    assert not found.change.any()
    assert found.weight is None


def test_a_lesion_moved_with_its_frame_has_the_same_map_elsewhere() -> None:
    one = whole_map(PlaceEngine(25, 40), SPECKLE, square(), patches=3)
    moved = whole_map(
        PlaceEngine(25, 40), np.roll(SPECKLE, (-5, 7), (0, 1)), square(87, 45), patches=3
    )
    np.testing.assert_array_equal(one.change, moved.change)
    assert moved.box == pytest.approx(np.add(one.box, (7, -5, 7, -5)))


def test_a_frame_enlarged_twice_has_the_same_map_over_twice_the_box() -> None:
    smooth = cv2.GaussianBlur(SPECKLE, (0, 0), 3)
    one = whole_map(PlaceEngine(31, 40), smooth, square())
    large = cv2.resize(smooth, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    two = whole_map(PlaceEngine(31, 40), large, square(2 * 80 + 0.5, 2 * 50 + 0.5, 2 * LONGER))
    # Pixel edges double; a pixel's centre lies half a pixel from its edge at either scale.
    assert np.add(two.box, 0.5) == pytest.approx(2 * np.add(one.box, 0.5))
    assert np.abs(one.change).max() > 0.02
    np.testing.assert_allclose(two.change, one.change, atol=0.1 * np.abs(one.change).max())


def test_a_map_grows_by_one_run_and_costs_fifty() -> None:
    engine = PlaceEngine(4, 4)
    growing = occlusion_maps(reading(engine), dot(44, 74), square())
    assert engine.runs == 0
    first = next(growing)
    assert engine.runs == 2
    assert first.done == pytest.approx(1 / 49)
    assert first.change[MIDDLES[0], MIDDLES[0]] > 0
    rest = list(growing)
    assert engine.runs == 50
    done = [each.done for each in rest]
    assert done == pytest.approx(np.arange(2, 50) / 49)
    assert done[-1] == 1


@pytest.mark.parametrize("patches", [1, PATCHES + 1])
def test_a_number_of_patches_out_of_range_is_refused_at_the_call(patches: int) -> None:
    with pytest.raises(SettingsError, match=rf"{patches} patches .* expected 2 to 7"):
        occlusion_maps(reading(PlaceEngine(0, 0)), SPECKLE, square(), patches)


def test_a_lesion_of_another_frame_is_refused_at_the_call() -> None:
    with pytest.raises(ImageError, match="200x160; expected one that lies in it"):
        occlusion_maps(reading(PlaceEngine(0, 0)), SPECKLE, square(900, 700))


def test_a_network_that_answers_no_number_has_no_map() -> None:
    engine = ScriptedEngine(**outputs(math.nan))
    with pytest.raises(ImageError, match="not only finite numbers"):
        next(occlusion_maps(reading(engine), SPECKLE, square()))


def test_the_heat_layer_is_clear_where_little_changes_and_strong_where_much_does() -> None:
    change = np.array([[0, 0.15, -0.15, 0.575, -0.575, 1, -1, 3, -3]], np.float32)
    layer = heat_layer(change)
    assert layer.shape == (1, 9, 4)
    assert layer.dtype == np.uint8
    half = MOST_OPACITY // 2
    assert layer[0, :, 3].tolist() == [0, 0, 0, half, half, *[MOST_OPACITY] * 4]
    assert [tuple(colour) for colour in layer[0, 3:, :3].tolist()] == [SUPPORTS, OPPOSES] * 3


def test_red_green_blindness_leaves_the_two_colours_apart() -> None:
    # It keeps blue against yellow: the one colour is bluer than it is red or green, one less.
    assert SUPPORTS[2] < min(SUPPORTS[:2])
    assert OPPOSES[2] > max(OPPOSES[:2])
