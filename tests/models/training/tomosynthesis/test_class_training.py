"""Networks of three classes: fitted, fused, written and read again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from senoscope.domain.errors import DataSetError, ModelPackageError
from senoscope.models.evaluation.tomosynthesis.class_figures import class_figures
from senoscope.models.evaluation.tomosynthesis.class_view import CLASSES, ClassView
from senoscope.models.training.tomosynthesis.class_crops import ClassSource, SourceVolume
from senoscope.models.training.tomosynthesis.class_network import ClassTask, DepthPooled
from senoscope.models.training.tomosynthesis.class_network_kind import ClassNetworkKind
from senoscope.models.training.tomosynthesis.class_training import (
    BOTH,
    CARD,
    MOST_FREQUENT,
    ClassPlan,
    load_class_reader,
    train_class_networks,
)
from tests.models.evaluation.tomosynthesis.class_views import drawn_view

PLAN = ClassPlan(
    kind=ClassNetworkKind.RESNET,
    sources=tuple(ClassSource),
    seed=0,
    steps=30,
    batch=6,
    trained_on="drawn",
    is_clinical=False,
)


def drawn(first: int, count: int) -> list[ClassView]:
    return [drawn_view(f"seed {k}", CLASSES[k % 3], k) for k in range(first, first + count)]


def quiet(_: str) -> None:
    pass


@pytest.mark.parametrize("kind", list(ClassNetworkKind))
def test_features_are_pooled_over_depth_whatever_its_order(kind: ClassNetworkKind) -> None:
    torch.manual_seed(0)
    network = DepthPooled(kind).eval()
    crops = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        logits = network(crops)
        assert logits.shape == (2, len(CLASSES))
        assert torch.allclose(logits, network(crops[:, [2, 0, 1]]), atol=1e-4)
        # A depth that is there twice says nothing more.
        assert torch.allclose(logits, network(crops[:, [0, 1, 2, 1]]), atol=1e-4)
        if kind is ClassNetworkKind.RESNET:  # the other one says next to nothing untrained
            assert not torch.allclose(logits, network(crops[:, :1]), atol=1e-2)


def test_a_batch_has_as_many_of_each_class() -> None:
    volumes = [SourceVolume.of(view, ClassSource.DBT) for view in drawn(0, 6)]
    task = ClassTask(ClassNetworkKind.RESNET, volumes[:3], volumes[3:])
    crops, classes = task.batch(64, 9, np.random.default_rng(0))
    assert crops.shape == (9, 3, 64, 64) and np.bincount(classes.numpy()).tolist() == [3, 3, 3]
    again = task.batch(64, 9, np.random.default_rng(0))
    assert (again[0] == crops).all()
    figures = task.score(task.network.eval())
    assert set(figures) == {"accuracy", "auc_normal", "auc_benign", "auc_malignant"}
    with pytest.raises(DataSetError, match="lack places that are malignant"):
        ClassTask(ClassNetworkKind.RESNET, volumes[:2], volumes[3:])


def test_what_differs_by_its_margin_is_learnt_written_and_read_again(tmp_path: Path) -> None:
    run, model = tmp_path / "run", tmp_path / "models" / "mine"
    reader = train_class_networks(PLAN, drawn(0, 6), drawn(100, 6), run, model, quiet)
    tested = drawn(200, 6)
    read = reader.read(tested, quiet)
    assert set(read.probabilities) == {
        "DBT", "DM", BOTH, MOST_FREQUENT, "baseline: brightness"
    }  # fmt: skip
    figures = class_figures(read)
    assert figures["DBT"]["macro_auc"].value > 0.8
    assert figures[MOST_FREQUENT]["macro_auc"].value == 0.5
    again = load_class_reader(model)
    assert (again.trained_on, again.is_clinical, again.kind) == ("drawn", False, PLAN.kind)
    # Written, weights lie otherwise in memory and are multiplied in another order.
    for name, table in again.read(tested, quiet).probabilities.items():
        assert table == pytest.approx(read.probabilities[name], abs=1e-3)
    (model / "dbt.pt").write_bytes(b"other")
    with pytest.raises(ModelPackageError, match=r"dbt\.pt is not the file"):
        load_class_reader(model)


def test_tomosynthesis_alone_has_no_rows_of_mammograms(tmp_path: Path) -> None:
    plan = replace(PLAN, sources=(ClassSource.DBT,), steps=1, batch=3)
    views = [replace(view, mammogram=None) for view in drawn(0, 6)]
    reader = train_class_networks(plan, views[:3], views[3:], tmp_path / "r", tmp_path / "m", quiet)
    assert set(reader.read(views[3:], quiet).probabilities) == {
        "DBT", MOST_FREQUENT, "baseline: brightness"
    }  # fmt: skip


def test_what_is_learnt_from_and_chosen_by_shares_no_anatomy(tmp_path: Path) -> None:
    views = drawn(0, 6)
    with pytest.raises(DataSetError, match="1 anatomies are learnt from and chosen by"):
        train_class_networks(PLAN, views[:4], views[3:], tmp_path / "r", tmp_path / "m", quiet)
    unclassed = [*views[3:], replace(views[0], anatomy="b", diagnosis=None)]
    with pytest.raises(DataSetError, match="1 of 4 views have no class, the first of b"):
        train_class_networks(PLAN, views[:3], unclassed, tmp_path / "r", tmp_path / "m", quiet)


def test_a_folder_of_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelPackageError, match="holds no networks of three classes"):
        load_class_reader(tmp_path)
    (tmp_path / CARD).write_text(json.dumps({"format": 2}), encoding="utf-8")
    with pytest.raises(ModelPackageError, match="format 2"):
        load_class_reader(tmp_path)
