"""What is said of why: of the frame's own pixels, of the very number on the page, and in turn."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import ImageError, ModelPackageError
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.occlusion import SUPPORTS
from senoscope.models.programmed.cadx import load_cadx
from senoscope.models.programmed.descriptors import FEATURES, measure
from senoscope.ui.live.why import Explainer, measured
from senoscope.ui.words.catalogue import LANGUAGES, texts
from tests import builders
from tests.ui.built_frames import SQUARE, published
from tests.ui.explained import LESION, MiddleEngine, bright_dot, classifier, read_frame


def explainer(engine: MiddleEngine | None = None) -> Explainer:
    return Explainer(lambda: classifier(engine or MiddleEngine()))


def decoded(part: dict[str, Any]) -> np.ndarray:
    """(rows, columns, 4) RGBA."""
    png = np.frombuffer(base64.b64decode(part["layer"]), np.uint8)
    return cv2.cvtColor(cv2.imdecode(png, cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA)


def test_measured_features_come_first_and_then_a_map_that_grows() -> None:
    first, *maps = explainer().explain(read_frame(), 1)
    assert len(first["contributions"]) == 3
    assert [part["done"] for part in maps] == [round(n / 49, 3) for n in range(1, 50)]


def test_the_map_is_orange_with_a_plus_where_the_number_comes_from() -> None:
    *_, last = explainer().explain(read_frame(), 1)
    layer = decoded(last)
    middle = layer.shape[0] // 2
    assert tuple(layer[middle, middle, :3]) == SUPPORTS
    assert layer[middle, middle, 3] > 60
    assert layer[0, 0, 3] == 0
    assert last["box"] == [-10, -20, 70, 60]
    assert last["signs"] == [[30, 20, 1]]
    assert sum(last["shares"]) == pytest.approx(1, abs=0.002)
    # The patch is as wide as the lesion is high: half of it lies on the lesion's margin.
    assert last["shares"][2] < min(last["shares"][:2])


def test_what_has_no_effect_worth_mentioning_has_no_shares() -> None:
    *_, last = explainer().explain(read_frame(pixels=np.full((120, 160), 90, np.uint8)), 1)
    assert last["shares"] is None
    assert last["signs"] == []
    assert not decoded(last)[..., 3].any()


@pytest.mark.parametrize(("spacing", "aspect"), [(None, 1.0), (PixelSpacing(0.2, 0.1), 2.0)])
def test_contributions_are_the_programmed_model_s_own(
    spacing: PixelSpacing | None, aspect: float
) -> None:
    frame = replace(builders.frame(), pixels=bright_dot(), spacing=builders.spacing(spacing))
    said = measured(frame, LESION)
    model, features = load_cadx(), measure(frame.pixels, SQUARE, aspect)
    opinion = model.opinion(features)
    assert said["probability"] == round(opinion.probability, 2)
    strongest = list(opinion.contributions.items())[:3]
    assert [(each["feature"], each["log_odds"]) for each in said["contributions"]] == [
        (name, round(part, 2)) for name, part in strongest
    ]
    for each in said["contributions"]:
        usual = model.weights[each["feature"]].usual
        assert each["above"] == (features[each["feature"]] > usual)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measured_feature_has_words(language: str) -> None:
    known = {key for key in texts(language) if key.startswith("feature_")}
    assert known == {f"feature_{feature.name}" for feature in FEATURES}


def test_outlines_of_an_earlier_frame_are_not_explained_on_this_one() -> None:
    for frame in (replace(read_frame(), reading_age_ms=16.0), published(1, age_ms=None)):
        with pytest.raises(ImageError, match="was not read itself"):
            explainer().explain(frame, 1)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_lesion_that_is_not_marked_is_not_explained(number: int) -> None:
    with pytest.raises(ImageError, match=rf"Lesion {number} .* a picture with 1"):
        explainer().explain(read_frame(), number)


def test_another_model_does_not_explain_this_one_s_number() -> None:
    pixels = bright_dot()
    finding = classifier(MiddleEngine()).classify(pixels, LESION)
    assert finding is not None
    other = replace(finding, probability=finding.probability - 0.02)
    parts = explainer().explain(published(1, other, pixels=pixels), 1)
    next(parts)
    with pytest.raises(ModelPackageError, match="was exchanged"):
        next(parts)


def test_the_classifier_is_built_once_and_not_before_it_is_needed() -> None:
    built = []

    def build() -> Any:
        built.append(1)
        return classifier(MiddleEngine())

    made = Explainer(build)
    made.explain(read_frame(), 1)
    assert built == []
    for _ in range(2):
        list(made.explain(read_frame(), 1))
    assert built == [1]


def test_a_package_that_cannot_be_read_says_so_after_what_was_measured() -> None:
    def build() -> Any:
        raise ModelPackageError("The card is gone. Reinstall Senoscope.")

    parts = Explainer(build).explain(read_frame(), 1)
    assert "contributions" in next(parts)
    with pytest.raises(ModelPackageError, match="card is gone"):
        next(parts)


def test_who_stops_asking_has_cancelled() -> None:
    engine = MiddleEngine()
    parts = explainer(engine).explain(read_frame(), 1)
    for _ in range(5):
        next(parts)
    parts.close()
    assert engine.runs == 5  # the whole picture and four places; the first part is measured


def test_two_that_ask_at_once_take_turns() -> None:
    engine = MiddleEngine(pause_s=0.001)
    shared = explainer(engine)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda _: list(shared.explain(read_frame(), 1)), range(2)))
    assert engine.runs == 100
    assert engine.overlaps == 0
    assert told[0] == told[1]
