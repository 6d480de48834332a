"""Fits a network for mammograms, calibrates it and writes it as a user's own would be given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from senoscope.domain.mammogram import Intent
from senoscope.models.evaluation.calibration_error import platt_scaling
from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.mammogram_card import MammogramCard
from senoscope.models.network_card import CARD, WEIGHTS
from senoscope.models.networks.googlenet import GoogLeNet
from senoscope.models.networks.resnet import ResNet
from senoscope.models.odds import logit
from senoscope.models.training.export import OPSET, _forget_the_machine
from senoscope.models.training.fit import Recipe, Stage, Task, fit
from senoscope.models.training.mammography.learnt_views import (
    LearntView,
    LearntViews,
    Say,
    as_input,
)
from senoscope.models.training.mammography.multiple_instance import (
    InstanceOverView,
    InstanceTask,
    MultipleInstance,
)
from senoscope.models.training.mammography.network_kind import NetworkKind
from senoscope.models.training.mammography.patches import (
    PATCH_NETWORKS,
    SIDE,
    PatchOverView,
    PatchTask,
)
from senoscope.models.training.packaging import move_into_place

SIZE = (960, 736)
"""Rows and columns of a view: 0.25 mm a pixel of a detector of 240 x 180 mm."""


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """`batch` is of patches, or of views; `trained_on` and `is_clinical` go into the card."""

    kind: NetworkKind
    seed: int
    steps: int
    batch: int
    trained_on: str
    is_clinical: bool
    size: tuple[int, int] = SIZE
    learning_rate: float = 1e-3


class CalibratedView(nn.Module):
    """A probability in place of the logit."""

    def __init__(self, reader: nn.Module, slope: float, intercept: float) -> None:
        super().__init__()
        self.reader, self.slope, self.intercept = reader, slope, intercept

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(1, 1, rows, columns) to `malignant` (1,) and `saliency` (1, 1, rows, columns)."""
        logit, saliency = self.reader(picture)
        return (self.slope * logit + self.intercept).sigmoid(), saliency


def train_mammogram_network(
    plan: NetworkPlan, views: LearntViews, run: Path, target: Path, say: Say
) -> MammogramCard:
    """Fit in the folder `run`, where it goes on if it was stopped, and write `target`."""
    torch.manual_seed(plan.seed)
    task = _task(plan.kind, views)
    recipe = Recipe(plan.seed, plan.batch, (Stage(SIDE, plan.steps),), plan.learning_rate)
    average = fit(task, recipe, run, say, score_every=max(50, plan.steps // 4))
    reader = over_view(average)
    logits = logits_of(reader, views.inner)
    labels = np.array([view.is_malignant for view in views.inner])
    slope, intercept = calibration(logits, labels, say)
    made = run / "made"
    made.mkdir(exist_ok=True)
    export_view(CalibratedView(reader, slope, intercept), plan.size, made / WEIGHTS)
    card = MammogramCard(
        folder=made,
        name=f"mammogram-{plan.kind}",
        version="1",
        views=("CC", "MLO"),
        at_once=1,
        size=plan.size,
        low=0.0,
        high=1.0,
        intent=Intent.PRESENTATION,
        has_saliency=True,
        is_clinical=plan.is_clinical,
        trained_on=plan.trained_on,
        sha256=hashlib.sha256((made / WEIGHTS).read_bytes()).hexdigest(),
    )
    (made / CARD).write_text(card.as_json(), encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    move_into_place(made, target)
    return replace(card, folder=target)


def calibration(logits: Floats, labels: Bools, say: Say) -> tuple[float, float]:
    """Slope and intercept. A higher logit never means less: then all views have the same share."""
    slope, intercept = platt_scaling(logits, labels)
    say(f"calibrated on {len(labels)} views: slope {slope:.3f}, intercept {intercept:.3f}")
    if slope <= 0:
        say("no better than chance on them: all views get the same. Train longer, or on more")
        return 0.0, logit(float(labels.mean()))
    return slope, intercept


@torch.inference_mode()
def logits_of(reader: nn.Module, views: Sequence[LearntView]) -> Floats:
    """(n,): of each view, uncalibrated."""
    return np.array(
        [float(reader(torch.from_numpy(as_input([view.picture])))[0]) for view in views]
    )


def _task(kind: NetworkKind, views: LearntViews) -> Task:
    if kind is NetworkKind.MULTIPLE_INSTANCE:
        return InstanceTask(MultipleInstance(), views)
    return PatchTask(PATCH_NETWORKS[kind](), views)


def over_view(average: nn.Module) -> nn.Module:
    """What reads a whole view, (1, 1, rows, columns) to a logit and its saliency."""
    if isinstance(average, MultipleInstance):
        return InstanceOverView(average).eval()
    assert isinstance(average, GoogLeNet | ResNet)
    return PatchOverView(average).eval()


def export_view(network: CalibratedView, size: tuple[int, int], path: Path) -> None:
    """Write `network` with the names of the contract, at the fixed `size` of a view."""
    torch.onnx.export(
        network.eval(),
        (torch.zeros(1, 1, *size),),
        path,
        input_names=["picture"],
        output_names=["malignant", "saliency"],
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    _forget_the_machine(path)
