"""Readers of lesions: fitted on identical folds, and the model that is written from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch, of the [train] extra")

from senoscope.models.evaluation.breast_mri.lesion_case import LesionCase  # noqa: E402
from senoscope.models.evaluation.breast_mri.lesion_figures import FOLDS  # noqa: E402
from senoscope.models.programmed.breast_mri.lesion_model import load_lesion_model  # noqa: E402
from senoscope.models.training.breast_mri import lesion_training  # noqa: E402
from senoscope.models.training.breast_mri.lesion_networks import (  # noqa: E402
    BoxNetwork,
    LesionNetworkKind,
    LesionNetworkPlan,
    LesionTask,
    SliceNetwork,
    fit_lesion_network,
    logits_of,
    seen_by,
)
from senoscope.models.training.breast_mri.lesion_pictures import (  # noqa: E402
    BOX,
    SLICE,
    box_of,
    middle_slice,
)
from senoscope.models.training.breast_mri.lesion_training import (  # noqa: E402
    COMBINED,
    CURVE_TYPE,
    TABLES,
    features_of,
    fit_lesion_model,
    of_unseen,
    read_in_folds,
    write_lesion_model,
)
from tests.models.evaluation.breast_mri.drawn_exams import drawn_lesion  # noqa: E402

BOX_PLAN = LesionNetworkPlan(LesionNetworkKind.DENSENET, (), seed=0, steps=25, batch=8)


@pytest.fixture(scope="module")
def cases() -> list[LesionCase]:
    return [drawn_lesion(seed, seed % 2 == 0) for seed in range(24)]


def said(_: str) -> None:
    pass


def test_pictures_lie_round_the_outline(cases: list[LesionCase]) -> None:
    case = cases[0]
    slice_, box = middle_slice(case, ("t2",)), box_of(case)
    assert slice_.shape == (4, SLICE, SLICE) and box.shape == (3, *BOX)
    rise = slice_[1]
    assert rise[SLICE // 2 - 4 : SLICE // 2 + 4, SLICE // 2 - 4 : SLICE // 2 + 4].mean() > 0.3
    assert rise[:6].mean() < 0.15
    middle = box[1][6:10, 9:15, 9:15].mean()
    assert middle > 3 * box[1][:2].mean()


def test_a_channel_that_is_not_there_is_an_error(cases: list[LesionCase]) -> None:
    with pytest.raises(KeyError):
        middle_slice(cases[0], ("adc",))


def test_networks_give_one_logit_for_each_lesion(cases: list[LesionCase]) -> None:
    boxes = seen_by(BOX_PLAN, cases[:3])
    assert logits_of(BoxNetwork(3).eval(), boxes).shape == (3,)
    plan = LesionNetworkPlan(LesionNetworkKind.GOOGLENET, ("t2",), seed=0, steps=1)
    slices = seen_by(plan, cases[:3])
    assert logits_of(SliceNetwork(4).eval(), slices).shape == (3,)


def test_half_of_a_batch_is_malignant(cases: list[LesionCase]) -> None:
    labels = np.array([case.is_malignant for case in cases])
    task = LesionTask(BoxNetwork(3), seen_by(BOX_PLAN, cases), labels)
    folded, truth = task.batch(24, 8, np.random.default_rng(0))
    assert folded.shape == (8, 3 * BOX[0], *BOX[1:]) and float(truth.mean()) == 0.5


def test_a_network_goes_on_where_it_stopped(cases: list[LesionCase], tmp_path: Path) -> None:
    labels, seen = np.array([case.is_malignant for case in cases]), seen_by(BOX_PLAN, cases)
    first = fit_lesion_network(BOX_PLAN, seen, labels, tmp_path / "run", said)
    again = fit_lesion_network(BOX_PLAN, seen, labels, tmp_path / "run", said)
    other = fit_lesion_network(BOX_PLAN, seen, labels, tmp_path / "other", said)
    wanted = logits_of(first, seen)
    assert np.array_equal(logits_of(again, seen), wanted)
    assert np.array_equal(logits_of(other, seen), wanted)


def test_every_reader_has_the_same_rows_and_none_saw_its_own(
    cases: list[LesionCase], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[tuple[bytes, int]] = []
    whole = lesion_training.fit_lesion_network

    def watched(plan: LesionNetworkPlan, seen: np.ndarray, *others: object) -> object:
        held.append((seen.tobytes(), len(seen)))
        return whole(plan, seen, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(lesion_training, "fit_lesion_network", watched)
    read = read_in_folds(cases, {"box": BOX_PLAN}, tmp_path, said)
    assert set(read.logits) == {*TABLES, f"{COMBINED} and T2", CURVE_TYPE, "box"}
    assert all(each.shape == (24,) for each in read.logits.values())
    assert len(held) == FOLDS and sum(24 - count for _, count in held) == 24
    figures = read.figures()
    assert figures["kinetics"]["auc"].value > 0.95
    assert figures[CURVE_TYPE]["auc"].value > 0.95
    again = read_in_folds(cases, {"box": BOX_PLAN}, tmp_path, said)
    for name, logits in read.logits.items():
        assert np.array_equal(again.logits[name], logits), name


def test_the_written_model_scores_as_it_was_fitted(cases: list[LesionCase], tmp_path: Path) -> None:
    model = fit_lesion_model(cases, "24 simulated lesions")
    write_lesion_model(model, {"note": "drawn"}, tmp_path / "model.json")
    read = load_lesion_model(tmp_path / "model.json")
    for features in features_of(cases):
        assert read.score(features) == pytest.approx(model.score(features))
    figures = of_unseen(read, cases).figures()
    assert figures["kinetics and radiomics"]["auc"].value > 0.95
    assert read.trained_on == "24 simulated lesions"
