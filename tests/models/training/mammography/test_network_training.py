from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nncf", reason="training needs the [train] extra")

import torch

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.models.engines import openvino
from senoscope.models.evaluation.mammogram_sets.marked_view import MALIGNANT
from senoscope.models.evaluation.metrics import auc
from senoscope.models.mammogram_card import NO_CLINICAL, installed_mammogram_models
from senoscope.models.mammogram_model import load_mammogram_model
from senoscope.models.networks.resnet import ResNet
from senoscope.models.training.mammography.learnt_views import as_input
from senoscope.models.training.mammography.multiple_instance import MultipleInstance
from senoscope.models.training.mammography.network_kind import NetworkKind
from senoscope.models.training.mammography.network_training import (
    CalibratedView,
    NetworkPlan,
    calibration,
    export_view,
    over_view,
    train_mammogram_network,
)
from tests.models.training.mammography.drawn_views import SIZE, views


def plan(kind: NetworkKind, steps: int = 2) -> NetworkPlan:
    return NetworkPlan(kind, 0, steps, 2, "simulated squares", is_clinical=False, size=SIZE)


@pytest.mark.parametrize("kind", NetworkKind)
def test_what_is_trained_is_read_like_a_user_s_own_network(
    kind: NetworkKind, tmp_path: Path
) -> None:
    folder = tmp_path / "models" / kind
    said: list[str] = []
    card = train_mammogram_network(plan(kind), views(), tmp_path / "run", folder, said.append)
    model = load_mammogram_model(folder)
    assert model.card == card
    assert "simulated squares, not clinical" in card.title
    view = views().inner[0]
    pixels = view.picture.astype(np.float32) / 255
    given = Mammogram(pixels, Intent.PRESENTATION, Laterality.LEFT, "MLO", None)
    (score,) = model.read([given])
    assert 0 <= score.malignant <= 1
    assert score.saliency is not None and score.saliency.shape == SIZE
    assert installed_mammogram_models(tmp_path / "models").statement == NO_CLINICAL
    assert not (tmp_path / "run" / "made").exists()


def test_what_is_easy_to_see_is_learnt_from_the_diagnosis_alone_and_found(tmp_path: Path) -> None:
    """White squares, of which the network is told nothing but which views have one."""
    seen = views("".join(chr(ord("A") + k) for k in range(40)), inner=10)
    folder = tmp_path / "net"
    easy = replace(plan(NetworkKind.MULTIPLE_INSTANCE, 60), batch=8)
    train_mammogram_network(easy, seen, tmp_path / "run", folder, lambda _: None)
    model = load_mammogram_model(folder)
    scores, found = [], []
    for view in seen.inner:
        pixels = view.picture.astype(np.float32) / 255
        given = Mammogram(pixels, Intent.PRESENTATION, Laterality.LEFT, "CC", None)
        (score,) = model.read([given])
        assert score.saliency is not None
        row, column = np.unravel_index(score.saliency.argmax(), SIZE)
        near = view.truth[max(0, row - 16) : row + 17, max(0, column - 16) : column + 17]
        scores.append(score.malignant)
        found.append((near == MALIGNANT).any())
    labels = np.array([view.is_malignant for view in seen.inner])
    assert auc(labels, np.array(scores)) == 1
    assert np.array(found)[labels].all()


@pytest.mark.parametrize("kind", [NetworkKind.MULTIPLE_INSTANCE, NetworkKind.RESNET])
def test_the_file_says_of_every_view_what_the_network_says(
    kind: NetworkKind, tmp_path: Path
) -> None:
    """Where places are cut hangs on the picture, and so it must in the file."""
    torch.manual_seed(0)
    network = MultipleInstance() if kind is NetworkKind.MULTIPLE_INSTANCE else ResNet()
    reader = CalibratedView(over_view(network), 2.0, -0.5)
    export_view(reader, SIZE, tmp_path / "model.onnx")
    engine = openvino.load((tmp_path / "model.onnx").read_bytes())
    scores = []
    for view in views().fitted:
        picture = as_input([view.picture])
        told = engine.run(picture)
        with torch.inference_mode():
            malignant, saliency = reader(torch.from_numpy(picture))
        np.testing.assert_allclose(told["malignant"], malignant, atol=2e-4)
        np.testing.assert_allclose(told["saliency"], saliency, atol=2e-4)
        scores.append(float(malignant))
    assert len(set(scores)) == len(scores)


def test_a_network_that_errs_more_than_chance_gives_every_view_the_same() -> None:
    labels = np.array([True, False] * 10)
    said: list[str] = []
    slope, intercept = calibration(np.where(labels, -1.0, 1.0), labels, said.append)
    assert (slope, intercept) == (0, pytest.approx(0))
    assert "no better than chance" in said[-1]
    assert calibration(np.where(labels, 1.0, -1.0), labels, said.append)[0] > 0


def test_a_run_goes_on_where_it_stopped_and_one_of_another_plan_is_refused(
    tmp_path: Path,
) -> None:
    kind = NetworkKind.MULTIPLE_INSTANCE
    run, folder = tmp_path / "run", tmp_path / "net"
    first = train_mammogram_network(plan(kind), views(), run, folder, lambda _: None)
    again = train_mammogram_network(plan(kind), views(), run, folder, lambda _: None)
    assert again.sha256 == first.sha256
    with pytest.raises(SettingsError, match="another recipe"):
        train_mammogram_network(plan(kind, 4), views(), run, folder, lambda _: None)
