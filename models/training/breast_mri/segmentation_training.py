"""Fits a segmentation network for breast MRI and writes it as a user's own would be given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from senoscope.models.breast_mri_card import BreastMriCard, MriChannel, MriTarget
from senoscope.models.evaluation.breast_mri.mama_mia import MamaMiaPatient
from senoscope.models.network_card import CARD, WEIGHTS
from senoscope.models.networks.unet import RealTimeUNet
from senoscope.models.networks.unet3d import UNet3D
from senoscope.models.training.breast_mri.cases import Say, prepared
from senoscope.models.training.breast_mri.segmentation_task import (
    OverSlices,
    OverVolumes,
    Patch,
    SegmentationTask,
)
from senoscope.models.training.export import OPSET, _forget_the_machine
from senoscope.models.training.fit import Recipe, Stage, fit
from senoscope.models.training.packaging import move_into_place

INNER_SHARE = 0.2
"""Of patients, kept from fitting to choose and to log by: by their names, so runs split alike."""


@dataclass(frozen=True, slots=True)
class SegmentationPlan:
    """`patch` is (slices, rows, columns) of `spacing_mm`; of one slice the network is in 2-D."""

    target: MriTarget
    channels: tuple[MriChannel, ...]
    patch: Patch
    spacing_mm: tuple[float, float, float]
    width: int
    seed: int
    steps: int
    batch: int
    learning_rate: float = 2e-3


def tumour_plan(steps: int, batch: int, seed: int, with_seed: bool = True) -> SegmentationPlan:
    """3-D U-Net on pre, early and late; `with_seed` also on the functional volume's seed."""
    channels = tuple(each for each in MriChannel if with_seed or each is not MriChannel.SEED)
    spacing = (1.8, 1.8, 1.8)
    return SegmentationPlan(
        MriTarget.TUMOUR, channels, (24, 40, 40), spacing, 8, seed, steps, batch
    )


def tissue_plan(target: MriTarget, steps: int, batch: int, seed: int) -> SegmentationPlan:
    """The house's 2-D U-Net on slices before contrast."""
    spacing = (3.6, 1.8, 1.8)
    return SegmentationPlan(
        target, (MriChannel.PRE,), (1, 128, 128), spacing, 16, seed, steps, batch
    )


class Outlining(nn.Module):
    """Probabilities in place of logits, for volumes as they are and not folded."""

    def __init__(self, fitted: OverVolumes | OverSlices) -> None:
        super().__init__()
        self.network = fitted.network if isinstance(fitted, OverVolumes) else fitted

    def forward(self, volume: Tensor) -> Tensor:
        """(1, channels, ...) to (1, 1, ...)."""
        probability: Tensor = self.network(volume).sigmoid()
        return probability


def train_segmentation(
    plan: SegmentationPlan,
    patients: Sequence[MamaMiaPatient],
    run: Path,
    target: Path,
    say: Say,
) -> BreastMriCard:
    """Fit in the folder `run`, where it goes on if it was stopped, and write `target`."""
    inner = [each for each in patients if _is_inner(each.name)]
    fitted = [each for each in patients if not _is_inner(each.name)]
    say(f"{len(fitted)} exams to fit, {len(inner)} in the inner split")
    torch.manual_seed(plan.seed)
    task = SegmentationTask(
        new_network(plan),
        plan.channels,
        plan.patch,
        prepared(fitted, plan.target, plan.spacing_mm, run / "cases", say),
        prepared(inner, plan.target, plan.spacing_mm, run / "cases", say),
    )
    stage = Stage(plan.patch[1], plan.steps)
    recipe = Recipe(plan.seed, plan.batch, (stage,), plan.learning_rate)
    average = fit(task, recipe, run, say, score_every=max(50, plan.steps // 8))
    assert isinstance(average, OverVolumes | OverSlices)
    simulated = all(each.is_simulated for each in patients)
    kind = "simulated exams" if simulated else "MAMA-MIA, train split"
    return _write(plan, average, f"{len(fitted)} {kind}", not simulated, (run / "made", target))


def new_network(plan: SegmentationPlan) -> OverVolumes | OverSlices:
    """With first weights."""
    if plan.patch[0] == 1:
        return OverSlices(RealTimeUNet(plan.width))
    return OverVolumes(UNet3D(len(plan.channels), plan.width), len(plan.channels))


def _is_inner(name: str) -> bool:
    drawn = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32
    return drawn < INNER_SHARE


def _write(
    plan: SegmentationPlan,
    average: OverVolumes | OverSlices,
    trained_on: str,
    is_clinical: bool,
    folders: tuple[Path, Path],
) -> BreastMriCard:
    made, target = folders
    made.mkdir(parents=True, exist_ok=True)
    card = BreastMriCard(
        folder=made,
        name=f"breast-mri-{plan.target}",
        version="1",
        target=plan.target,
        channels=plan.channels,
        spacing_mm=plan.spacing_mm,
        patch=plan.patch,
        is_clinical=is_clinical,
        trained_on=trained_on,
    )
    export_outlining(Outlining(average), card.input_shape, made / WEIGHTS)
    card = replace(card, sha256=hashlib.sha256((made / WEIGHTS).read_bytes()).hexdigest())
    (made / CARD).write_text(card.as_json(), encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    move_into_place(made, target)
    return replace(card, folder=target)


def export_outlining(network: Outlining, shape: Sequence[int], path: Path) -> None:
    """Write `network` at the fixed input `shape`, with the names of the contract."""
    torch.onnx.export(
        network.eval(),
        (torch.zeros(*shape),),
        path,
        input_names=["volume"],
        output_names=["probability"],
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    _forget_the_machine(path)
