"""The same lesion for every rival, and a missed one for all of them."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.classifier import Classifier
from senoscope.models.engines.base import Engine
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_busi
from senoscope.models.programmed.descriptors import FEATURES
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.rivals import (
    FEATURES_OF,
    SIZE_ALONE,
    RivalLesion,
    fit_rivals,
    fitted_fusion,
    fitted_rivals,
    fused_logits,
    rival_lesions,
    rival_logits,
)
from tests.models.evaluation.data_sets import SHAPE, busi
from tests.models.scripted import LookingEngine, ScriptedEngine, package

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
    assert all(lesion.found for lesion in lesions)
    names = {feature.name for feature in FEATURES}
    for lesion in lesions:
        assert set(lesion.cadx) == set(lesion.oracle) == names
        assert np.isfinite(list(lesion.size.values())).all()
        assert np.isfinite(lesion.logits["net"])


def test_a_missed_lesion_is_missed_for_every_rival_but_the_oracle(
    images: tuple[UltrasoundImage, ...],
) -> None:
    nothing = np.zeros((1, 1, SIZE, SIZE))
    lesions = read(ScriptedEngine(lesion=nothing, presence=[0.0], malignant=[0.0]), images)
    assert not any(lesion.found for lesion in lesions)
    models = fitted_rivals(drawn(80, seed=0))
    columns = rival_logits(lesions, models)
    for name, column in columns.items():
        assert np.isnan(column).all() != name.startswith("CADx on true"), name


def drawn(n: int, seed: int) -> list[RivalLesion]:
    """Lesions whose every feature says a little of the truth, but for size, which says nothing."""
    rng = np.random.default_rng(seed)

    def lesion(row: int) -> RivalLesion:
        malignant = bool(rng.random() < 0.4)
        names = [feature.name for feature in FEATURES][:5]
        cadx = {name: float(rng.normal(0.5 * malignant)) for name in names}
        other = {name: float(rng.normal(0.5 * malignant)) for name in ("glcm_a", "glcm_b")}
        size = {"lesion_share": float(rng.normal())}
        logits = {"net": float(rng.normal(1.2 * malignant))}
        return RivalLesion(f"{row}", f"patient {row}", malignant, size, cadx, other, cadx, logits)

    return [lesion(row) for row in range(n)]


def test_fused_rivals_do_better_than_each_alone() -> None:
    models = fitted_rivals(drawn(600, seed=1))
    assert set(models) == set(FEATURES_OF)
    inner, test = drawn(400, seed=2), drawn(2000, seed=3)
    joined = ["CADx on predicted outlines", "net"]
    fusion = fitted_fusion(inner, rival_logits(inner, models), joined)
    columns = rival_logits(test, models)
    labels = np.array([lesion.malignant for lesion in test])
    alone = {name: auc(labels, column) for name, column in columns.items()}
    fused = auc(labels, fused_logits(fusion, columns))
    assert fused > max(alone[name] for name in joined) + 0.02
    assert alone[SIZE_ALONE] == pytest.approx(0.5, abs=0.04)


def test_all_is_fitted_without_the_lesions_it_is_judged_on() -> None:
    rivals = fit_rivals(drawn(300, seed=5), drawn(200, seed=6))
    assert set(rivals.fusion.weights) == {
        "CADx on predicted outlines", "radiomics on predicted outlines", "net"
    }  # fmt: skip
    columns = rivals.columns(drawn(50, seed=7))
    assert list(columns)[-1] == "fusion of CADx, radiomics, net"
    assert set(rivals.thresholds) == set(columns)


def test_a_lesion_one_rival_missed_has_no_fused_score() -> None:
    lesions = drawn(100, seed=4)
    models = fitted_rivals(lesions)
    columns = rival_logits(lesions, models)
    fusion = fitted_fusion(lesions, columns, ["net", "radiomics on predicted outlines"])
    columns["net"][3] = np.nan
    fused = fused_logits(fusion, columns)
    assert np.flatnonzero(np.isnan(fused)).tolist() == [3]
