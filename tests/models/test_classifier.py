"""A lesion's logit becomes a calibrated probability and a word."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.reading import Suspicion
from senoscope.models.classifier import Classifier
from senoscope.models.crop import crop_affine, sample_crop
from senoscope.models.odds import logistic
from senoscope.models.training.normalise import gray_to_network
from tests import builders
from tests.models.scripted import ScriptedEngine, package

PIXELS = np.random.default_rng(0).integers(0, 256, (300, 400), np.uint8)


def classifier(
    logit: float, size: int = 224, is_lesion: float = 4.0, **settings: float
) -> tuple[Classifier, ScriptedEngine]:
    engine = ScriptedEngine(malignant=[logit], is_lesion=[is_lesion])
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
    assert finding is not None
    assert finding.suspicion is word
    assert finding.lesion is lesion


@pytest.mark.parametrize("size", [112, 224])
def test_the_engine_is_fed_the_normalised_square_round_the_box(size: int) -> None:
    box = (120.0, 80.0, 220.0, 150.0)
    reader, engine = classifier(0.0, size)
    reader.logit(PIXELS, box)
    assert engine.fed[0].dtype == np.float32
    assert engine.fed[0].shape == (1, 1, size, size)
    expected = (sample_crop(PIXELS, crop_affine(box, size, 0.25), size) / 255 - 0.25) / 0.2
    np.testing.assert_allclose(engine.fed[0][0, 0], expected, atol=1e-5)


def test_use_feeds_what_training_fed() -> None:
    box = (10.0, 20.0, 180.0, 150.0)
    reader, engine = classifier(0.0)
    reader.logit(PIXELS, box)
    trained = gray_to_network(sample_crop(PIXELS, crop_affine(box, 224, 0.25), 224))
    np.testing.assert_allclose(engine.fed[0], trained, atol=1e-5)


@pytest.mark.parametrize(("is_lesion", "dismissed"), [(-1.01, True), (-0.99, False)])
def test_an_outline_round_no_lesion_is_no_finding(is_lesion: float, dismissed: bool) -> None:
    """The scripted card asks for a logit of -1."""
    finding = classifier(3.0, is_lesion=is_lesion)[0].classify(PIXELS, builders.lesion())
    assert (finding is None) is dismissed


def test_each_margin_of_the_card_is_a_crop_of_its_own() -> None:
    engine, box = ScriptedEngine(malignant=[0.0], is_lesion=[0.0]), (120.0, 80.0, 220.0, 150.0)
    margins = (0.1, 0.6)
    Classifier(engine, replace(package(96), margins=margins)).logit(PIXELS, box)
    for crop, margin in zip(engine.fed[0][:, 0], margins, strict=True):
        expected = gray_to_network(sample_crop(PIXELS, crop_affine(box, 96, margin), 96))[0, 0]
        np.testing.assert_allclose(crop, expected, atol=1e-5)


def test_a_card_without_margins_is_no_classifier_s() -> None:
    with pytest.raises(ModelPackageError, match="margins"):
        Classifier(ScriptedEngine(), replace(package(), margins=()))


def test_at_a_site_where_cancer_is_rarer_probabilities_fall_and_words_stay() -> None:
    """The scripted card was calibrated where 30 % were malignant."""
    engine = ScriptedEngine(malignant=[0.5], is_lesion=[4.0])
    here, there = Classifier(engine, package()), Classifier(engine, package(), prevalence=0.05)
    box = (50.0, 50.0, 100.0, 90.0)
    odds = [p / (1 - p) for p in (here.probability(PIXELS, box), there.probability(PIXELS, box))]
    assert odds[1] / odds[0] == pytest.approx((0.05 / 0.95) / (0.3 / 0.7))
    for each in (here, there):
        assert logistic(each.log_odds(PIXELS, box)) == each.probability(PIXELS, box)
    words = [each.classify(PIXELS, builders.lesion()) for each in (here, there)]
    assert words[0] is not None
    assert words[1] is not None
    assert words[0].suspicion is words[1].suspicion
