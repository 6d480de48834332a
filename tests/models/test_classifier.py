"""A lesion's logit becomes a calibrated probability and a word."""

from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.domain.reading import Suspicion
from senoscope.models.classifier import Classifier
from senoscope.models.crop import crop_affine, sample_crop
from senoscope.models.training.normalise import gray_to_network
from tests import builders
from tests.models.scripted import ScriptedEngine, package

PIXELS = np.random.default_rng(0).integers(0, 256, (300, 400), np.uint8)


def classifier(
    logit: float, size: int = 224, **settings: float
) -> tuple[Classifier, ScriptedEngine]:
    engine = ScriptedEngine(malignant=[logit])
    return Classifier(engine, package(size, **settings)), engine


@pytest.mark.parametrize("logit", [-3.0, 0.0, 0.5, 4.0])
def test_probability_is_platt_scaled(logit: float) -> None:
    probability = classifier(logit)[0].probability(PIXELS, (50, 50, 100, 90))
    assert probability == pytest.approx(1 / (1 + math.exp(-(2.0 * logit - 1.0))))


@pytest.mark.parametrize(("logit", "probability"), [(-1e4, 0.0), (1e4, 1.0)])
def test_an_extreme_logit_is_certainty_not_a_crash(logit: float, probability: float) -> None:
    assert classifier(logit)[0].probability(PIXELS, (50, 50, 100, 90)) == probability


@pytest.mark.parametrize(
    ("logit", "word"),
    [(-2.0, Suspicion.LOW), (0.5, Suspicion.UNCERTAIN), (2.0, Suspicion.HIGH)],
)
def test_the_word_follows_the_operating_point_of_the_card(logit: float, word: Suspicion) -> None:
    lesion = builders.lesion()
    finding = classifier(logit)[0].classify(PIXELS, lesion)
    assert finding.suspicion is word
    assert finding.lesion is lesion


@pytest.mark.parametrize("size", [112, 224])
def test_the_engine_is_fed_the_normalised_square_round_the_box(size: int) -> None:
    box = (120.0, 80.0, 220.0, 150.0)
    reader, engine = classifier(0.0, size)
    reader.logit(PIXELS, box)
    assert engine.fed[0].dtype == np.float32
    assert engine.fed[0].shape == (1, 1, size, size)
    expected = (sample_crop(PIXELS, crop_affine(box, size), size) / 255 - 0.25) / 0.2
    np.testing.assert_allclose(engine.fed[0][0, 0], expected, atol=1e-5)


def test_use_feeds_what_training_fed() -> None:
    box = (10.0, 20.0, 180.0, 150.0)
    reader, engine = classifier(0.0)
    reader.logit(PIXELS, box)
    trained = gray_to_network(sample_crop(PIXELS, crop_affine(box, 224), 224))
    np.testing.assert_allclose(engine.fed[0], trained, atol=1e-5)
