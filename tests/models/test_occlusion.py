"""A map shows the place the answer hangs on, in the answer's unit, and hangs on the weights."""

from __future__ import annotations

import math
from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.models.classifier import Classifier
from senoscope.models.engines import openvino
from senoscope.models.engines.base import Engine
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_bus_bra
from senoscope.models.occlusion import (
    MOST_OPACITY,
    OPPOSES,
    PATCHES,
    SUPPORTS,
    OcclusionMap,
    heat_layer,
    occlusion_maps,
)
from senoscope.models.package import ModelPackage, Precision, load_package
from senoscope.ui.assemble import CLASSIFIER
from tests import builders
from tests.models.scripted import Map, ScriptedEngine, package

SIZE = 63
"""Seven patches nine pixels apart, in the middle of pixels 4, 13, ... 58."""
SIDE = 42.0
"""Of a lesion whose crop has SIZE frame pixels, so that crop pixels are frame pixels."""
SLOPE, INTERCEPT = 2.0, -1.0
"""Of the scripted package."""
SPECKLE = np.random.default_rng(0).integers(0, 256, (160, 200), np.uint8)


class PlaceEngine:
    """Satisfies Engine: its logit is the grey level, 0 to 1, of one pixel of the crop."""

    name = "place"

    def __init__(self, row: int, column: int) -> None:
        self.runs = 0
        self._place = row, column

    def run(self, picture: Map) -> dict[str, Map]:
        self.runs += 1
        gray = picture[0, 0] * 0.2 + 0.25
        return {"malignant": np.array([gray[self._place]], np.float32)}


def square(left: float = 80, top: float = 50, side: float = SIDE) -> Lesion:
    return builders.lesion(left, top, side, side)


def whole_map(
    engine: Engine, pixels: Gray, lesion: Lesion, size: int = SIZE, patches: int = PATCHES
) -> OcclusionMap:
    *_, last = occlusion_maps(engine, package(size), pixels, lesion, patches)
    return last


def dot(row: int, column: int, ground: int = 0, value: int = 255) -> Gray:
    pixels = builders.pixels(ground, 200, 160)
    pixels[row, column] = value
    return pixels


@pytest.mark.parametrize("size", [63, 105])
@pytest.mark.parametrize(("ground", "value", "sign"), [(0, 255, 1), (255, 0, -1)])
def test_the_map_shows_the_one_place_the_answer_hangs_on(
    size: int, ground: int, value: int, sign: int
) -> None:
    middle, step = size // 2, size // 7
    lesion = square(100 - size / 3, 80 - size / 3, size * 2 / 3)
    found = whole_map(PlaceEngine(middle, middle), dot(80, 100, ground, value), lesion, size)
    # What a Gaussian of standard deviation size / 12 leaves of a dot is its own peak.
    hidden = sign * SLOPE * (1 - 1 / (2 * math.pi * (size / 12) ** 2))
    # A patch hides all of its middle, 1/4 a step away, 0 from a step and a half on. By axis, the
    # mean over patches weighted by what they hide is 9/8 / 3/2 in the middle, 1/2 / 3/2 a step
    # away, 1/16 / 3/2 two away.
    profile = np.array([0, 1 / 24, 1 / 3, 3 / 4, 1 / 3, 1 / 24, 0])
    middles = np.arange(middle - 3 * step, size, step)
    np.testing.assert_allclose(
        found.change[np.ix_(middles, middles)], hidden * np.outer(profile, profile), atol=2e-3
    )
    peak = np.abs(found.change).argmax()
    assert np.unravel_index(peak, found.change.shape) == (middle, middle)
    assert found.change.shape == (size, size)
    assert found.change.dtype == np.float32


def test_the_answer_with_nothing_hidden_is_the_classifier_s() -> None:
    lesion = builders.lesion(60, 40, 50, 30)
    found = whole_map(PlaceEngine(20, 30), SPECKLE, lesion, patches=2)
    classifier = Classifier(PlaceEngine(20, 30), package(SIZE))
    expected = SLOPE * classifier.logit(SPECKLE, lesion.box) + INTERCEPT
    assert found.log_odds == pytest.approx(expected, abs=1e-5)


def test_a_patch_smooths_what_it_reaches_and_leaves_the_rest() -> None:
    engine = ScriptedEngine(malignant=[0.0])
    whole_map(engine, SPECKLE, square())
    untouched, first, last = (engine.fed[number][0, 0] for number in (0, 1, -1))
    # Their middles are pixels 4 and 58, and they are three steps of nine wide.
    assert [places.max() for places in np.nonzero(untouched != first)] == [17, 17]
    assert [places.min() for places in np.nonzero(untouched != last)] == [45, 45]
    assert np.abs(np.diff(first[4, 2:7])).max() < 0.3 * np.abs(np.diff(untouched[4, 2:7])).max()


@pytest.mark.parametrize("lesion", [square(), square(0, 0), square(158, 118)])
def test_hiding_what_is_even_changes_nothing_wherever_the_frame_ends(lesion: Lesion) -> None:
    for place in ((12, 12), (31, 31), (50, 50)):
        found = whole_map(PlaceEngine(*place), builders.pixels(180, 200, 160), lesion, patches=3)
        assert np.abs(found.change).max() < 0.005


def test_at_the_frame_s_border_only_what_the_frame_holds_is_hidden() -> None:
    found = whole_map(PlaceEngine(31, 13), dot(71, 3), square(left=0))
    assert found.box == pytest.approx((-10.5, 39.5, 52.5, 102.5))
    assert not found.change[:, :10].any()
    # Of the Gaussian round column 3, 74.8 % lie in the frame: normal distribution to 3.5 / 5.25.
    hidden = SLOPE * (1 - 1 / (2 * math.pi * 5.25**2) / 0.748)
    assert found.change[31, 13] == pytest.approx(hidden * 9 / 16, abs=2e-3)
    assert found.weight is not None
    assert math.fsum(astuple(found.weight)) == pytest.approx(1)
    # Lesion and band take 42 + 6.3 of the 53 columns that the frame holds.
    assert found.area.outside == pytest.approx(1 - 48.3 * 54.6 / (53 * 63), abs=0.025)


@pytest.mark.parametrize(
    ("height", "inner"), [(SIDE, (42 - 12.6) ** 2), (2.0, 0.0)], ids=["square", "thinner than band"]
)
def test_area_shares_are_those_of_the_lesion_and_its_band(height: float, inner: float) -> None:
    lesion = builders.lesion(80, 50, SIDE, height)
    # Five crop pixels a frame pixel, so that the band ends half-way between pixels.
    found = whole_map(PlaceEngine(9, 9), SPECKLE, lesion, 5 * SIZE, patches=2)
    outer = 42 * height + 2 * (42 + height) * 6.3 + math.pi * 6.3**2
    expected = np.array([inner, outer - inner, SIZE**2 - outer]) / SIZE**2
    np.testing.assert_allclose(astuple(found.area), expected, atol=0.002)


@pytest.mark.parametrize(
    ("row", "column", "region"), [(31, 31, "inside"), (31, 10, "margin"), (4, 4, "outside")]
)
def test_weight_lies_in_the_region_the_answer_hangs_on(row: int, column: int, region: str) -> None:
    found = whole_map(PlaceEngine(row, column), dot(40 + row, 70 + column), square())
    assert found.weight is not None
    assert getattr(found.weight, region) == max(astuple(found.weight))
    assert getattr(found.weight, region) > 1.2 * getattr(found.area, region)


def test_where_nothing_matters_no_region_has_weight() -> None:
    found = whole_map(ScriptedEngine(malignant=[0.7]), SPECKLE, square(), patches=2)
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
    two = whole_map(PlaceEngine(31, 40), large, square(2 * 80 + 0.5, 2 * 50 + 0.5, 2 * SIDE))
    # Pixel edges double; a pixel's centre lies half a pixel from its edge at either scale.
    assert np.add(two.box, 0.5) == pytest.approx(2 * np.add(one.box, 0.5))
    assert np.abs(one.change).max() > 0.02
    np.testing.assert_allclose(two.change, one.change, atol=0.1 * np.abs(one.change).max())


def test_a_map_grows_by_one_run_and_costs_fifty() -> None:
    engine = PlaceEngine(4, 4)
    growing = occlusion_maps(engine, package(SIZE), dot(44, 74), square())
    assert engine.runs == 0
    first = next(growing)
    assert engine.runs == 2
    assert first.done == pytest.approx(1 / 49)
    assert first.change[4, 4] > 0
    rest = list(growing)
    assert engine.runs == 50
    done = [each.done for each in rest]
    assert done == pytest.approx(np.arange(2, 50) / 49)
    assert done[-1] == 1


@pytest.mark.parametrize("patches", [1, PATCHES + 1])
def test_a_number_of_patches_out_of_range_is_refused_at_the_call(patches: int) -> None:
    with pytest.raises(SettingsError, match=rf"{patches} patches .* expected 2 to 7"):
        occlusion_maps(PlaceEngine(0, 0), package(SIZE), SPECKLE, square(), patches)


def test_a_lesion_of_another_frame_is_refused_at_the_call() -> None:
    with pytest.raises(ImageError, match="200x160; expected one that lies in it"):
        occlusion_maps(PlaceEngine(0, 0), package(SIZE), SPECKLE, square(900, 700))


def test_a_network_that_answers_no_number_has_no_map() -> None:
    engine = ScriptedEngine(malignant=[math.nan])
    with pytest.raises(ImageError, match="not only finite numbers"):
        next(occlusion_maps(engine, package(SIZE), SPECKLE, square()))


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


def outlined(image: UltrasoundImage) -> Lesion:
    contours, _ = cv2.findContours(
        image.mask().astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    largest = max(contours, key=cv2.contourArea)
    return Lesion(largest[:, 0].astype(np.float32), cv2.contourArea(largest), 1.0)


def rank_correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Spearman's."""
    ranks = [each.ravel().argsort().argsort() for each in (one, other)]
    return float(np.corrcoef(ranks)[0, 1])


def randomised(weights: bytes) -> bytes:
    """The same network as before training: weights of He et al. 2015, no biases."""
    onnx = pytest.importorskip("onnx", reason="new weights need onnx, of the [train] extra")
    model = onnx.load_from_string(weights)
    random = np.random.default_rng(0)
    for tensor in model.graph.initializer:
        trained = onnx.numpy_helper.to_array(tensor)
        if trained.dtype == np.float32:
            spread = math.sqrt(2 / trained[0].size) if trained.ndim > 1 else 0.0
            drawn = random.normal(0, spread, trained.shape).astype(np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(drawn, tensor.name))
    return bytes(model.SerializeToString())


@pytest.fixture(scope="module")
def shipped() -> ModelPackage:
    return load_package(CLASSIFIER)


def test_the_shipped_network_is_explained_at_its_own_size(shipped: ModelPackage) -> None:
    engine = openvino.load(shipped.weights(Precision.INT8))
    *_, found = occlusion_maps(engine, shipped, SPECKLE, square(), patches=2)
    assert found.change.shape == (shipped.size, shipped.size)
    assert found.change.any()
    probability = Classifier(engine, shipped).probability(SPECKLE, square().box)
    assert 1 / (1 + math.exp(-found.log_odds)) == pytest.approx(probability, abs=1e-3)


def test_maps_hang_on_the_weights_and_not_on_the_picture_alone(
    shipped: ModelPackage, public_data: Path
) -> None:
    """The sanity check of Adebayo et al. 2018: new weights, another map."""
    fold = [image for image in read_bus_bra(public_data / "bus-bra") if image.part == "3"]
    trained = shipped.weights(Precision.FP32)
    networks = (trained, shipped.weights(Precision.INT8), randomised(trained))
    engines = [openvino.load(weights) for weights in networks]
    alike, changed = [], []
    for image in fold[:: len(fold) // 3][:3]:
        pixels, lesion = image.pixels(), outlined(image)
        fp32, int8, random = (
            list(occlusion_maps(engine, shipped, pixels, lesion, patches=5))[-1].change
            for engine in engines
        )
        # A dead network's map would be rounding errors, and unlike any other for no reason.
        assert random.std() > 0.01
        alike.append(rank_correlation(fp32, int8))
        changed.append(rank_correlation(fp32, random))
    assert np.mean(alike) > 0.8
    assert np.mean(changed) < 0.5
