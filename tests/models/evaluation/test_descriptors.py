"""Lesions whose words are known by construction, beside readers who say them or do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.domain.lexicon import EchoPattern, Margin, PosteriorFeatures, Shape
from senoscope.models.evaluation.breast_set import DescribedImage
from senoscope.models.evaluation.descriptors import (
    DescriptorEvaluation,
    evaluate_descriptors,
    predicted_outline,
    reader_outline,
)
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, UltrasoundImage
from senoscope.models.segmenter import Segmenter
from tests.models.evaluation.data_sets import LESION, SECOND, SHAPE, draw, lesion
from tests.models.programmed.outlines import LEFT, TOP, ellipse, frame, speckled, star
from tests.models.scripted import LookingEngine, blind_engine, package

CYST = ellipse(70, 40)
TUMOUR = (star(7, 0.35) - [LEFT, TOP]) * [0.8, 1.2] + [LEFT, TOP]
LOW = CYST + np.array([0, 400 - TOP - 45])
"""So low that what lies behind is out of the frame."""


def pictured(folder: Path, name: str, pixels: Gray, mask: Gray) -> DescribedImage:
    """A benign lesion that its reader called oval and circumscribed, without other words."""
    draw(folder / f"{name}.png", pixels)
    draw(folder / f"{name}_tumor.png", mask)
    image = UltrasoundImage(
        name, folder / f"{name}.png", (folder / f"{name}_tumor.png",), Diagnosis.BENIGN, name, ""
    )
    return DescribedImage(image, None, Shape.OVAL, frozenset({Margin.CIRCUMSCRIBED}), None, None)


def filled(outline: np.ndarray) -> Gray:
    return frame(outline, inside=255, outside=0)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[DescribedImage]:
    """A cyst, a spiky shadowing tumour, an oval lesion low in the frame, and a normal image."""
    folder = tmp_path_factory.mktemp("breast")
    cyst = frame(CYST, inside=4)
    cyst[int(TOP) + 42 :, int(LEFT) - 70 : int(LEFT) + 70] = 160
    tumour = frame(TUMOUR)
    tumour[int(TUMOUR[:, 1].max()) :, int(LEFT) - 50 : int(LEFT) + 50] = 50
    benign = pictured(folder, "case001", cyst, filled(CYST))
    malignant = pictured(folder, "case002", speckled(tumour), filled(TUMOUR))
    low = pictured(folder, "case003", frame(LOW), filled(LOW))
    empty = replace(low.image, name="case004", diagnosis=Diagnosis.NORMAL, mask_paths=())
    return [
        replace(
            benign, echo_pattern=EchoPattern.ANECHOIC,
            posterior_features=PosteriorFeatures.ENHANCEMENT,
        ),
        replace(
            malignant, shape=Shape.ROUND,
            margin=frozenset(Margin) - {Margin.CIRCUMSCRIBED},
            echo_pattern=EchoPattern.HYPOECHOIC,
            posterior_features=PosteriorFeatures.ENHANCEMENT,
        ),
        replace(low, posterior_features=PosteriorFeatures.NONE),
        replace(low, image=empty, shape=None, margin=None),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def on_readers_outline(images: list[DescribedImage]) -> DescriptorEvaluation:
    return evaluate_descriptors(images, reader_outline)


def test_words_are_compared_with_the_readers_on_the_readers_outline(
    on_readers_outline: DescriptorEvaluation,
) -> None:
    found = on_readers_outline
    assert (found.lesions, found.not_outlined) == (3, 0)
    assert set(found.figures) == {"shape", "margin", "echo_pattern", "posterior_features"}
    shape = found.figures["shape"]
    assert (shape.agreement.share.value, shape.agreement.share.n) == (pytest.approx(2 / 3), 3)
    assert shape.agreement.confusion == {
        ((Shape.OVAL,), Shape.OVAL): 2,
        ((Shape.ROUND,), Shape.IRREGULAR): 1,
    }
    # Chance: two thirds of either side's rows say oval.
    assert shape.agreement.kappa.value == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    margin = found.figures["margin"]
    assert margin.agreement.share.value == 1
    assert (margin.not_by_reader, margin.not_by_program) == (0, 0)


def test_the_baseline_says_the_commonest_word_on_the_same_lesions(
    on_readers_outline: DescriptorEvaluation,
) -> None:
    found = on_readers_outline.figures
    assert found["shape"].always is Shape.OVAL
    assert found["shape"].baseline.share.value == pytest.approx(2 / 3)
    assert found["shape"].baseline.kappa.value == pytest.approx(0)
    assert found["margin"].always is Margin.CIRCUMSCRIBED
    for figures in found.values():
        assert figures.baseline.share.n == figures.agreement.share.n


def test_what_either_side_did_not_assess_is_counted_apart(
    on_readers_outline: DescriptorEvaluation,
) -> None:
    found = on_readers_outline.figures
    echo, behind = found["echo_pattern"], found["posterior_features"]
    assert (echo.not_by_reader, echo.not_by_program, echo.agreement.share.n) == (1, 0, 2)
    assert (behind.not_by_reader, behind.not_by_program, behind.agreement.share.n) == (0, 1, 2)
    # The reader said enhancement of both that are left, and so does the baseline.
    assert behind.agreement.share.value == 0.5
    assert (behind.always, behind.baseline.share.value) == (PosteriorFeatures.ENHANCEMENT, 1)


def test_lesions_without_an_outline_are_counted_and_not_described(
    images: list[DescribedImage],
) -> None:
    found = evaluate_descriptors(images, lambda image: None)
    assert (found.lesions, found.not_outlined) == (3, 3)
    for figures in found.figures.values():
        assert (figures.agreement.share.n, figures.always) == (0, None)
    unmasked = replace(images[0], image=replace(images[0].image, mask_paths=()))
    assert evaluate_descriptors([unmasked], reader_outline).not_outlined == 1


def test_images_that_are_all_normal_are_refused(images: list[DescribedImage]) -> None:
    with pytest.raises(DataSetError, match="None of 1 images shows a lesion"):
        evaluate_descriptors(images[3:], reader_outline)


def test_the_readers_outline_runs_round_the_largest_part_of_the_mask(tmp_path: Path) -> None:
    mask = np.maximum(lesion(), lesion(255, SECOND))
    outline = reader_outline(pictured(tmp_path, "two", lesion(), mask))
    assert outline is not None
    assert outline.min(axis=0).tolist() == [LESION[1].start, LESION[0].start]
    assert outline.max(axis=0).tolist() == [LESION[1].stop - 1, LESION[0].stop - 1]
    # Through pixel centres, and so half a pixel inside the pixels' edges.
    assert cv2.contourArea(outline.astype(np.float32)) == 39 * 49


@pytest.mark.parametrize("mask", [np.zeros(SHAPE, np.uint8), np.full((20, 20), 255, np.uint8)])
@pytest.mark.parametrize(
    "outline_of",
    [reader_outline, predicted_outline(Segmenter(LookingEngine(), package(SHAPE[0])))],
)
def test_a_mask_that_does_not_fit_its_image_is_refused(
    tmp_path: Path, mask: Gray, outline_of: Callable[[DescribedImage], object]
) -> None:
    with pytest.raises(DataSetError, match="The mask of odd is empty or of another size"):
        outline_of(pictured(tmp_path, "odd", lesion(), mask))


def test_a_predicted_outline_is_that_of_the_described_lesion(tmp_path: Path) -> None:
    """The segmenter sees two, of which the smaller one was described."""
    both = np.maximum(lesion(), lesion(255, SECOND))
    image = pictured(tmp_path, "two", both, lesion(255, SECOND))
    outline = predicted_outline(Segmenter(LookingEngine(), package(SHAPE[0])))(image)
    assert outline is not None
    assert outline.mean(axis=0) == pytest.approx([24.5, 109.5], abs=2)


def test_a_lesion_that_was_not_found_has_no_predicted_outline(tmp_path: Path) -> None:
    image = pictured(tmp_path, "one", lesion(), lesion())
    assert predicted_outline(Segmenter(blind_engine(SHAPE[0]), package(SHAPE[0])))(image) is None
    unmasked = replace(image, image=replace(image.image, mask_paths=()))
    seeing = Segmenter(LookingEngine(), package(SHAPE[0]))
    assert predicted_outline(seeing)(unmasked) is None
