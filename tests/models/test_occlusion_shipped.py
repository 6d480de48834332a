"""Maps of the shipped classifier: of the very answer it gives, and hanging on its weights."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.lesion import Lesion
from senoscope.models.classifier import Classifier
from senoscope.models.engines import openvino
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_bus_bra
from senoscope.models.occlusion import occlusion_maps
from senoscope.models.package import CLASSIFIER, ModelPackage, Precision, load_package
from tests import builders


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


def test_the_shipped_classifier_is_explained_on_the_very_answer_it_gives(
    shipped: ModelPackage,
) -> None:
    classifier = Classifier(openvino.load(shipped.weights(Precision.INT8)), shipped)
    speckle = np.random.default_rng(0).integers(0, 256, (160, 200), np.uint8)
    pixels, lesion = cv2.GaussianBlur(speckle, (0, 0), 2), builders.lesion(80, 50, 42, 42)
    *_, found = occlusion_maps(classifier, pixels, lesion, patches=2)
    assert found.change.any()
    probability = classifier.probability(pixels, lesion.box)
    assert 1 / (1 + math.exp(-found.log_odds)) == pytest.approx(probability, abs=1e-6)


def test_maps_hang_on_the_weights_and_not_on_the_picture_alone(
    shipped: ModelPackage, public_data: Path
) -> None:
    """The sanity check of Adebayo et al. 2018: new weights, another map."""
    fold = [image for image in read_bus_bra(public_data / "bus-bra") if image.part == "3"]
    trained = shipped.weights(Precision.FP32)
    networks = (trained, shipped.weights(Precision.INT8), randomised(trained))
    classifiers = [Classifier(openvino.load(weights), shipped) for weights in networks]
    alike, changed = [], []
    for image in fold[:: len(fold) // 3][:3]:
        pixels, lesion = image.pixels(), outlined(image)
        fp32, int8, random = (
            list(occlusion_maps(classifier, pixels, lesion, patches=4))[-1].change
            for classifier in classifiers
        )
        # A dead network's map would be rounding errors, and unlike any other for no reason.
        assert random.std() > 0.01
        alike.append(rank_correlation(fp32, int8))
        changed.append(rank_correlation(fp32, random))
    assert np.mean(alike) > 0.8
    assert np.mean(changed) < 0.5
