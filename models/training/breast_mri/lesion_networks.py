"""Networks that tell malignant from benign lesions: GoogLeNet on a slice, DenseNet on the box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from senoscope.models.evaluation.breast_mri.lesion_case import LesionCase
from senoscope.models.evaluation.metrics import Bools, Floats, auc
from senoscope.models.networks.densenet3d import DenseNet3D
from senoscope.models.networks.googlenet import BasicConv2d, GoogLeNet
from senoscope.models.training.breast_mri.cases import Say
from senoscope.models.training.breast_mri.lesion_pictures import box_of, middle_slice
from senoscope.models.training.fit import Recipe, Stage, fit

SHAKE_PX = 2
"""How far a picture is moved while training, in either direction."""


class LesionNetworkKind(StrEnum):
    """Both are fitted from scratch: no weights for such channels are at hand."""

    GOOGLENET = "GoogLeNet, middle slice"
    DENSENET = "3-D DenseNet, box"


@dataclass(frozen=True, slots=True)
class LesionNetworkPlan:
    """`extra` are channels beside pre, early and late."""

    kind: LesionNetworkKind
    extra: tuple[str, ...]
    seed: int
    steps: int
    batch: int = 16
    learning_rate: float = 1e-3


class SliceNetwork(nn.Module):
    """GoogLeNet's maps of (n, channels, rows, columns), averaged, to one logit."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = GoogLeNet(1)
        self.body.conv1 = BasicConv2d(channels, 64, 7, stride=2, padding=3)
        self.dropout = nn.Dropout(0.4)
        self.last = nn.Linear(GoogLeNet.channels, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """To (n, 1)."""
        logits: Tensor = self.last(self.dropout(self.body.maps(pictures).mean(dim=(2, 3))))
        return logits


class BoxNetwork(nn.Module):
    """DenseNet on (n, channels * slices, rows, columns), in float32 as `OverVolumes`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels, self.body = channels, DenseNet3D(channels)

    def forward(self, folded: Tensor) -> Tensor:
        """To (n, 1)."""
        count, both, rows, columns = folded.shape
        volume = folded.reshape(count, self.channels, both // self.channels, rows, columns)
        with torch.autocast("cpu", enabled=False):
            logits: Tensor = self.body(volume)
        return logits


class LesionTask:
    """Half of a batch malignant, turned over and moved a little."""

    def __init__(
        self, network: SliceNetwork | BoxNetwork, seen: NDArray[np.float32], malignant: Bools
    ) -> None:
        self.network: nn.Module = network
        self._seen, self._malignant = seen, malignant
        self._rows = [np.flatnonzero(~malignant), np.flatnonzero(malignant)]

    def batch(
        self,
        size: int,  # noqa: ARG002 - every Task is told it
        count: int,
        rng: np.random.Generator,
    ) -> tuple[Tensor, ...]:
        """Folded pictures (n, channels * slices, rows, columns), labels (n, 1)."""
        labels = np.arange(count) % 2
        rows = [int(rng.choice(self._rows[label])) for label in labels]
        pictures = np.stack([_varied(self._seen[row], rng) for row in rows])
        return folded(pictures), torch.from_numpy(labels[:, None].astype(np.float32))

    def loss(self, output: Tensor, batch: tuple[Tensor, ...]) -> Tensor:
        """Cross entropy, smoothed a little: there are few lesions."""
        return functional.binary_cross_entropy_with_logits(output.float(), batch[1] * 0.9 + 0.05)

    def score(self, network: nn.Module) -> Mapping[str, float]:
        """On what it was fitted to: nothing is chosen by it."""
        return {"auc_of_fitted": auc(self._malignant, logits_of(network, self._seen))}


def _varied(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    for axis in range(1, picture.ndim):
        if rng.random() < 0.5:
            picture = np.flip(picture, axis)
        picture = np.roll(picture, int(rng.integers(-SHAKE_PX, SHAKE_PX + 1)), axis)
    return np.asarray(picture * np.float32(np.exp(rng.uniform(-0.15, 0.15))), np.float32)


def folded(pictures: NDArray[np.float32]) -> Tensor:
    """Channels and slices, where there are any, one after the other."""
    return torch.from_numpy(
        np.ascontiguousarray(pictures.reshape(len(pictures), -1, *pictures.shape[-2:]))
    )


@torch.inference_mode()
def logits_of(network: nn.Module, seen: NDArray[np.float32]) -> Floats:
    """(n,)."""
    parts = [network(folded(seen[k : k + 32])).flatten() for k in range(0, len(seen), 32)]
    return np.asarray(torch.cat(parts).double().numpy(), np.float64)


def seen_by(plan: LesionNetworkPlan, cases: Sequence[LesionCase]) -> NDArray[np.float32]:
    """(n, channels, ...)."""
    look = middle_slice if plan.kind is LesionNetworkKind.GOOGLENET else box_of
    return np.stack([look(case, plan.extra) for case in cases])


def fit_lesion_network(
    plan: LesionNetworkPlan, seen: NDArray[np.float32], malignant: Bools, run: Path, say: Say
) -> nn.Module:
    """In the folder `run`, where it goes on if it was stopped."""
    torch.manual_seed(plan.seed)
    channels = 3 + len(plan.extra)
    is_slice = plan.kind is LesionNetworkKind.GOOGLENET
    network = SliceNetwork(channels) if is_slice else BoxNetwork(channels)
    stage = Stage(seen.shape[-1], plan.steps)
    recipe = Recipe(plan.seed, plan.batch, (stage,), plan.learning_rate)
    return fit(LesionTask(network, seen, malignant), recipe, run, say, score_every=plan.steps)
