"""A whole view by multiple instances: where to look first, then the places themselves.

Shen et al., Medical Image Analysis 2021;68:101908 (GMIC): a global network gives a saliency map of
low resolution, whose highest cells pooled are one score; the places it points at are cut from the
full picture and read by a local network, weighed by gated attention (Ilse et al., ICML 2018); both
are fused. Learnt from the diagnosis of the view alone. Here with narrow networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from senoscope.models.evaluation.metrics import auc
from senoscope.models.networks.resnet import BasicBlock
from senoscope.models.training.mammography.learnt_views import (
    LearntView,
    LearntViews,
    as_input,
    varied,
)

WIDTHS = (16, 32, 48, 64)
STRIDE = 16
"""Pixels between cells of the saliency map."""
SIDE = 96
"""Pixels of a place that is cut out."""
PLACES = 4
TOP_SHARE = 0.02
"""Of cells, those that are pooled to the score of the saliency map."""
SPARSE_WEIGHT = 0.02
"""Of the mean saliency in the loss."""
SHIFT_PX = 32
_CELLS = SIDE // STRIDE


class InstanceOutput(NamedTuple):
    """Of n views: `saliency` (n, 1, rows / 16, columns / 16) in 0..1, `pooled` (n,) in 0..1.

    `local` and `fused` are logits (n,).
    """

    saliency: Tensor
    pooled: Tensor
    local: Tensor
    fused: Tensor


class MultipleInstance(nn.Module):
    """(n, 1, rows, columns), both multiples of 32, to an InstanceOutput."""

    def __init__(self) -> None:
        super().__init__()
        wide = WIDTHS[-1]
        self.overview = _trunk()
        self.look = nn.Conv2d(wide, 1, 1)
        self.near = _trunk()
        self.what, self.gate = nn.Linear(wide, 32), nn.Linear(wide, 32)
        self.attention = nn.Linear(32, 1)
        self.local = nn.Linear(wide, 1)
        self.fused = nn.Linear(2 * wide, 1)
        # Few places of few views are salient.
        nn.init.constant_(torch.as_tensor(self.look.bias), -2.0)

    def forward(self, picture: Tensor) -> InstanceOutput:
        """See the class."""
        maps = self.overview(picture)
        saliency = self.look(maps).float().sigmoid()
        top = max(1, round(TOP_SHARE * saliency.shape[2] * saliency.shape[3]))
        pooled = saliency.flatten(1).topk(top, dim=1).values.mean(dim=1)
        places = salient_places(saliency.detach())
        near = torch.stack([self._near(cut(picture, place)) for place in places], dim=1)
        weights = self.attention(self.what(near).tanh() * self.gate(near).sigmoid()).softmax(dim=1)
        instance = (weights * near).sum(dim=1)
        both = torch.cat([maps.amax(dim=(2, 3)), instance], dim=1)
        return InstanceOutput(saliency, pooled, self.local(instance)[:, 0], self.fused(both)[:, 0])

    def _near(self, patches: Tensor) -> Tensor:
        return torch.as_tensor(self.near(patches).mean(dim=(2, 3)))


class InstanceOverView(nn.Module):
    """What is exported: the fused logit, and the saliency map."""

    def __init__(self, network: MultipleInstance) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 1, rows, columns) to logits (n,) and saliency (n, 1, rows / 16, columns / 16)."""
        output = self.network(picture)
        return output.fused, output.saliency


def salient_places(saliency: Tensor) -> list[Tensor]:
    """PLACES times (n, 2): the row and column of the cell where the most salient window begins.

    Greedy: what was chosen is not salient any more.
    """
    left, (rows, columns) = saliency, saliency.shape[2:]
    down = torch.arange(rows, device=saliency.device)[None, :, None]
    along = torch.arange(columns, device=saliency.device)[None, None, :]
    chosen = []
    for _ in range(PLACES):
        windows = functional.avg_pool2d(left, _CELLS, stride=1)
        wide = windows.shape[3]
        best = windows.flatten(1).argmax(dim=1)
        row, column = best // wide, best % wide
        chosen.append(torch.stack([row, column], dim=1))
        from_row, from_column = row[:, None, None], column[:, None, None]
        inside = (down >= from_row) & (down < from_row + _CELLS)
        inside = inside & (along >= from_column) & (along < from_column + _CELLS)
        left = left * (~inside)[:, None].float()
    return chosen


def cut(picture: Tensor, place: Tensor) -> Tensor:
    """(n, 1, SIDE, SIDE) of a picture, from the cells of `place`, (n, 2)."""
    steps = torch.arange(SIDE, device=picture.device)
    rows = (place[:, 0] * STRIDE)[:, None] + steps
    columns = (place[:, 1] * STRIDE)[:, None] + steps
    strip = picture.gather(2, rows[:, None, :, None].expand(-1, 1, -1, picture.shape[3]))
    return strip.gather(3, columns[:, None, None, :].expand(-1, 1, SIDE, -1))


def _trunk() -> nn.Sequential:
    """To maps of WIDTHS[-1] channels at a sixteenth of the size."""
    first, second, third, last = WIDTHS
    return nn.Sequential(
        nn.Conv2d(1, first, 5, stride=2, padding=2, bias=False),
        nn.BatchNorm2d(first),
        nn.ReLU(),
        BasicBlock(first, second, stride=2),
        BasicBlock(second, third, stride=2),
        BasicBlock(third, last, stride=2),
    )


class InstanceTask:
    """Half of a batch is malignant views, whatever their share."""

    def __init__(self, network: MultipleInstance, views: LearntViews) -> None:
        self.network: nn.Module = network
        self._malignant = [view for view in views.fitted if view.is_malignant]
        self._others = [view for view in views.fitted if not view.is_malignant]
        self._inner = views.inner

    def batch(
        self,
        size: int,  # noqa: ARG002 - every Task is told it
        count: int,
        rng: np.random.Generator,
    ) -> tuple[Tensor, ...]:
        """Views (count, 1, rows, columns) and labels (count,); `size` is not asked for."""
        malignant = np.arange(count) < count // 2
        pictures = []
        for is_malignant in malignant.tolist():
            views = self._malignant if is_malignant else self._others
            pictures.append(_moved(views[rng.integers(len(views))], rng))
        return (
            torch.from_numpy(np.stack(pictures)[:, None]),
            torch.from_numpy(malignant.astype(np.float32)),
        )

    def loss(self, output: InstanceOutput, batch: tuple[Tensor, ...]) -> Tensor:
        """Cross entropy of the three scores, and the map's mean, which keeps it sparse."""
        labels, entropy = batch[1], functional.binary_cross_entropy_with_logits
        pooled = functional.binary_cross_entropy(output.pooled.clamp(1e-4, 1 - 1e-4), labels)
        local, fused = (entropy(logit.float(), labels) for logit in (output.local, output.fused))
        return pooled + local + fused + SPARSE_WEIGHT * output.saliency.mean()

    @torch.inference_mode()
    def score(self, network: nn.Module) -> Mapping[str, float]:
        """AUC of each score on the inner split's views."""
        labels = np.array([view.is_malignant for view in self._inner])
        outputs = [network(torch.from_numpy(as_input([view.picture]))) for view in self._inner]
        return {
            f"auc_{name}": auc(labels, np.array([float(getattr(each, name)) for each in outputs]))
            for name in ("pooled", "local", "fused")
        }


def _moved(view: LearntView, rng: np.random.Generator) -> NDArray[np.float32]:
    """Upside down in half of cases, up or down a little: the chest wall stays at column 0."""
    picture = view.picture[::-1] if rng.random() < 0.5 else view.picture
    down = int(rng.integers(-SHIFT_PX, SHIFT_PX + 1))
    moved = np.zeros_like(picture)
    rows = len(picture)
    moved[max(down, 0) : rows + min(down, 0)] = picture[max(-down, 0) : rows + min(-down, 0)]
    return varied(moved.astype(np.float32) / np.float32(255), rng)
