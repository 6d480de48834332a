"""The same lesion for every rival, and a missed one for all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.classifier import Classifier
from senoscope.models.engines.base import Engine
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_busi
from senoscope.models.programmed.descriptors import FEATURES
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.rival_lesions import (
    CADX,
    JOINT,
    ORACLE,
    RADIOMICS,
    SIZE_ALONE,
    RivalLesion,
    outlined_lesions,
    read_unmarked,
    rival_lesions,
)
from senoscope.models.training.rivals import (
    FITTED,
    cross_fitted,
    fit_rivals,
    fitted_fusion,
    fitted_rivals,
    fused_logits,
    labels_of,
    read_out_of_fold,
    rival_logits,
)
from tests.models.evaluation.data_sets import LESION, SHAPE, busi, draw, lesion
from tests.models.scripted import LookingEngine, ScriptedEngine, blind_engine, package

SIZE = SHAPE[0]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> tuple[UltrasoundImage, ...]:
    return read_busi(busi(tmp_path_factory.mktemp("busi")))


def read(engine: Engine, images: tuple[UltrasoundImage, ...]) -> list[RivalLesion]:
    networks = {"net": Classifier(engine, package(SIZE))}
    return rival_lesions(images, Segmenter(engine, package(SIZE)), networks, lambda _: None)


def test_images_without_a_lesion_are_no_row(images: tuple[UltrasoundImage, ...]) -> None:
    lesions = read(LookingEngine(), images)
    assert len(lesions) == 4
    assert all(each.found for each in lesions)
    names = {feature.name for feature in FEATURES}
    for each in lesions:
        assert set(each.features[CADX]) == set(each.features[ORACLE]) == names
        assert np.isfinite(list(each.features[SIZE_ALONE].values())).all()
        assert np.isfinite(each.logits["net"])
        assert (each.dice, each.as_read_by("net").found) == (1, True)
    assert lesions[0].share == pytest.approx(lesion_share())


def test_a_missed_lesion_is_missed_for_every_rival_but_the_oracle(
    images: tuple[UltrasoundImage, ...],
) -> None:
    lesions = read(blind_engine(SIZE), images)
    assert not any(each.found for each in lesions)
    assert np.isnan(lesions[0].as_read_by("net").logit)
    models = fitted_rivals(drawn(80, seed=0))
    columns = rival_logits(lesions, models)
    for name, column in columns.items():
        assert np.isnan(column).all() != name.startswith("CADx on true"), name


def lesion_share() -> float:
    return float((lesion() > 0).mean())


def drawn(n: int, seed: int) -> list[RivalLesion]:
    """Lesions whose every feature says a little of the truth, but for size, which says nothing."""
    rng = np.random.default_rng(seed)

    def one(row: int) -> RivalLesion:
        malignant = bool(rng.random() < 0.4)
        names = [feature.name for feature in FEATURES][:5]
        cadx = {name: float(rng.normal(0.5 * malignant)) for name in names}
        other = {name: float(rng.normal(0.5 * malignant)) for name in ("glcm_a", "glcm_b")}
        size = {"lesion_share": float(rng.normal())}
        features = {CADX: cadx, RADIOMICS: other, SIZE_ALONE: size, ORACLE: cadx}
        logits = {"net": float(rng.normal(1.2 * malignant))}
        return RivalLesion(f"{row}", f"patient {row}", malignant, 0.1, 0.9, features, logits)

    return [one(row) for row in range(n)]


def test_fused_rivals_do_better_than_each_alone() -> None:
    models = fitted_rivals(drawn(600, seed=1))
    assert tuple(models) == FITTED
    inner, test = drawn(400, seed=2), drawn(2000, seed=3)
    joined = [CADX, "net"]
    fusion = fitted_fusion(inner, rival_logits(inner, models), joined)
    columns = rival_logits(test, models)
    labels = labels_of(test)
    alone = {name: auc(labels, column) for name, column in columns.items()}
    fused = auc(labels, fused_logits(fusion, columns))
    assert fused > max(alone[name] for name in joined) + 0.02
    assert alone[SIZE_ALONE] == pytest.approx(0.5, abs=0.04)


def test_all_is_fitted_without_the_lesions_it_is_judged_on() -> None:
    rivals = fit_rivals(drawn(300, seed=5), drawn(200, seed=6), "net")
    assert set(rivals.fusion.weights) == {CADX, RADIOMICS, "net"}
    assert rivals.joined_on == (
        "the inner split, for net comes without out-of-fold scores: 200 lesions"
    )
    columns = rivals.columns(drawn(50, seed=7))
    assert list(columns)[-1] == "fusion of CADx, radiomics, net"
    assert set(rivals.thresholds) == set(columns)


def test_out_of_fold_scores_let_the_fusion_learn_from_all_fitted_lesions() -> None:
    fitted, inner, test = drawn(600, seed=5), drawn(60, seed=6), drawn(2000, seed=7)
    scores = {each.name: each.logits["net"] for each in fitted[:-100]}
    rivals = fit_rivals(fitted, inner, "net", scores)
    assert rivals.joined_on == "out-of-fold scores of 5 parts of the patients: 500 lesions"
    fused = auc(labels_of(test), rivals.columns(test)["fusion of CADx, radiomics, net"])
    assert fused > auc(labels_of(test), np.array([each.logits["net"] for each in test])) + 0.02
    # And it is these scores that it learns from, not those of the lesions.
    turned = fit_rivals(fitted, inner, "net", {name: -score for name, score in scores.items()})
    assert turned.fusion.weights["net"].weight < 0 < rivals.fusion.weights["net"].weight


def test_a_cross_fitted_score_comes_from_a_model_that_did_not_see_the_patient() -> None:
    lesions = drawn(150, seed=8)
    before = cross_fitted(lesions, CADX)
    turned = replace(lesions[7], malignant=not lesions[7].malignant)
    after = cross_fitted([*lesions[:7], turned, *lesions[8:]], CADX)
    # What a patient's own label is does not matter to the patient's own score.
    assert after[7] == before[7]
    assert (after != before).sum() > 100


def test_a_missed_lesion_has_no_cross_fitted_score() -> None:
    lesions = drawn(120, seed=9)
    lesions[4] = replace(lesions[4], features={**lesions[4].features, CADX: {}})
    assert np.flatnonzero(np.isnan(cross_fitted(lesions, CADX))).tolist() == [4]


def test_each_rival_s_scorer_gives_the_score_that_the_table_is_of(
    images: tuple[UltrasoundImage, ...],
) -> None:
    # Without the U-Net's own head, which comes with the outline and is not timed.
    lesions = [
        replace(each, logits={"net": each.logits["net"]}) for each in read(LookingEngine(), images)
    ]
    rivals = fit_rivals(real_features(lesions), real_features(lesions, seed=1), "net")
    network = Classifier(LookingEngine(), package(SIZE))
    scorers = rivals.scorers({"net": network})
    columns = rivals.columns(lesions)
    assert set(scorers) == set(columns)
    segmenter = Segmenter(LookingEngine(), package(SIZE))
    (picture,) = outlined_lesions(images, segmenter, most=1)
    for name, scorer in scorers.items():
        # The true outline is not at hand: the oracle is timed on the predicted one.
        if name != ORACLE:
            assert scorer(picture) == pytest.approx(columns[name][0]), name


def real_features(lesions: list[RivalLesion], seed: int = 0) -> list[RivalLesion]:
    """Of many patients: these lesions with something added to what was measured."""
    rng = np.random.default_rng(seed)

    def shaken(row: int) -> RivalLesion:
        each = lesions[row % len(lesions)]
        features = {
            rival: {name: value + float(rng.normal()) for name, value in values.items()}
            for rival, values in each.features.items()
        }
        logits = {"net": each.logits["net"] + float(rng.normal())}
        return replace(each, group=f"patient {row}", features=features, logits=logits)

    return [shaken(row) for row in range(60)]


def test_bright_strokes_on_a_lesion_are_painted_out_before_it_is_read(
    images: tuple[UltrasoundImage, ...], tmp_path: Path
) -> None:
    marked = lesion(180)
    marked[58:61, 80:91] = marked[54:65, 84:87] = 255
    draw(tmp_path / "marked.png", marked)
    image = replace(images[2], image_path=tmp_path / "marked.png")
    fed = ScriptedEngine(
        lesion=(lesion() > 0)[None, None], presence=[1.0], malignant=[0.0], is_lesion=[4.0]
    )
    segmenter = Segmenter(fed, package(SIZE))
    (row,) = read_unmarked([image], segmenter, Classifier(LookingEngine(), package(SIZE)))
    seen = (fed.fed[0][0, 0] * 0.2 + 0.25)[LESION]
    assert seen.max() < 200 / 255
    assert (row.name, row.found, row.dice) == (image.name, True, 1)


def test_out_of_fold_scores_are_read_from_beside_the_card(tmp_path: Path) -> None:
    assert read_out_of_fold(tmp_path) is None
    (tmp_path / "out_of_fold.json").write_text('{"bus_0001-l": 1, "benign (1)": -0.5}')
    assert read_out_of_fold(tmp_path) == {"bus_0001-l": 1.0, "benign (1)": -0.5}


@pytest.mark.parametrize("text", ["[1]", '{"a": "much"}', "{", '{"a": [1]}'])
def test_a_file_that_is_no_table_of_scores_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "out_of_fold.json").write_text(text)
    with pytest.raises(ModelPackageError, match=r"out_of_fold\.json"):
        read_out_of_fold(tmp_path)


def test_a_lesion_one_rival_missed_has_no_fused_score() -> None:
    lesions = drawn(100, seed=4)
    models = fitted_rivals(lesions)
    columns = rival_logits(lesions, models)
    fusion = fitted_fusion(lesions, columns, ["net", RADIOMICS])
    columns["net"][3] = np.nan
    fused = fused_logits(fusion, columns)
    assert np.flatnonzero(np.isnan(fused)).tolist() == [3]


def test_the_u_net_s_own_head_is_a_rival_and_joins_on_the_inner_split_alone() -> None:
    lesions = [
        replace(each, logits={**each.logits, JOINT: -each.logits["net"]})
        for each in drawn(60, seed=10)
    ]
    inner = fit_rivals(lesions, lesions, "net")
    assert JOINT in inner.columns(lesions)
    assert JOINT in inner.fusion.weights
    logits = {each.name: each.logits["net"] for each in lesions}
    assert JOINT not in fit_rivals(lesions, lesions, "net", logits).fusion.weights
