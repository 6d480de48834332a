"""Fits the network over the lattice of texture to what became of each woman."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.risk.measured_images import MeasuredImage, Say
from senoscope.models.networks.risk_lattice import RiskLattice
from senoscope.models.programmed.mammography.parenchyma import FEATURES
from senoscope.models.risk.hybrid import RiskCase
from senoscope.models.risk.penalised import Floats
from senoscope.models.risk.risk_map_network import RiskMapNetwork, lattice_input, picture_sum
from senoscope.models.training.fit import Recipe, Stage, fit

INNER_SHARE = 0.2
"""Of women, kept from fitting for the log: by their names, so that runs split alike."""
FEWEST = 8
"""Pictures of either outcome, in the part that is fitted."""
BATCH = 16
LEARNING_RATE = 3e-3


class LatticeTask:
    """`inputs` (n, channels, rows, columns) and outcomes; `inner` rows are only scored."""

    def __init__(self, inputs: Floats, cancer: NDArray[np.bool_], inner: NDArray[np.bool_]) -> None:
        self.network: nn.Module = RiskLattice(inputs.shape[1])
        self._inputs = torch.from_numpy(inputs.astype(np.float32))
        self._cancer = cancer
        self._inner = inner
        self._by_outcome = [np.flatnonzero(~inner & (cancer == kind)) for kind in (False, True)]

    def batch(
        self,
        size: int,  # noqa: ARG002 - every Task is told it
        count: int,
        rng: np.random.Generator,
    ) -> tuple[Tensor, ...]:
        """As many women of either outcome; turned over from head to foot at random."""
        rows = np.concatenate([rng.choice(part, count // 2) for part in self._by_outcome])
        seen = self._inputs[torch.from_numpy(rows)]
        turned = torch.from_numpy(rng.random(len(rows)) < 0.5)[:, None, None, None]
        noise = torch.from_numpy(rng.normal(0, 0.2, seen.shape).astype(np.float32))
        there = seen[:, -1:]
        noisy = torch.cat([seen[:, :-1] + noise[:, :-1] * there, there], dim=1)
        picture = torch.where(turned, noisy.flip(2), noisy)
        return picture, torch.from_numpy(self._cancer[rows].astype(np.float32))

    def loss(self, output: Tensor, batch: tuple[Tensor, ...]) -> Tensor:
        """Of the mean over a breast's cells, so that each cell is asked for the woman's risk."""
        return nn.functional.binary_cross_entropy_with_logits(
            _mean(output.float(), batch[0]), batch[1]
        )

    @torch.no_grad()
    def score(self, network: nn.Module) -> Mapping[str, float]:
        """AUC of the inner women, nan where they are all alike."""
        inner = torch.from_numpy(self._inner)
        seen = self._inputs[inner]
        told = _mean(network(seen), seen).numpy().astype(np.float64) if len(seen) else np.zeros(0)
        return {"auc": auc(self._cancer[self._inner], told)}


def _mean(output: Tensor, seen: Tensor) -> Tensor:
    there = seen[:, -1]
    return (output[:, 0] * there).sum((1, 2)) / there.sum((1, 2)).clamp(min=1)


def train_risk_map(
    cases: Sequence[RiskCase],
    images: Sequence[MeasuredImage],
    run: Path,
    steps: int,
    trained_on: tuple[str, bool],
    say: Say,
) -> RiskMapNetwork:
    """Fit in the folder `run`, where it goes on if it was stopped. `trained_on`: and if simulated.

    DataSetError for fewer than FEWEST pictures of either outcome.
    """
    cancer = np.array([cases[each.row].cancer for each in images], np.bool_)
    women = [cases[each.row].woman for each in images]
    inner = np.array([zlib.crc32(name.encode()) / 2**32 < INNER_SHARE for name in women], np.bool_)
    counts = [int((cancer[~inner] == kind).sum()) for kind in (True, False)]
    if min(counts) < FEWEST:
        raise DataSetError(
            f"{counts[0]} mammograms of women with a cancer and {counts[1]} of others are there to "
            f"learn from; expected {FEWEST} of each at least. Give more."
        )
    cells = np.concatenate([each.texture.lattice.reshape(-1, len(FEATURES)) for each in images])
    usual, spread = np.nanmean(cells, axis=0), np.maximum(np.nanstd(cells, axis=0), 1e-6)
    torch.manual_seed(0)
    task = LatticeTask(_padded(images, usual, spread), cancer, inner)
    recipe = Recipe(0, BATCH, (Stage(1, steps),), LEARNING_RATE)
    fitted = fit(task, recipe, run, say, score_every=max(50, steps // 4))
    assert isinstance(fitted, RiskLattice)
    layers = [layer for layer in fitted.layers if isinstance(layer, nn.Conv2d)]
    sums = [picture_sum(path) for each in images if (path := cases[each.row].image) is not None]
    return RiskMapNetwork(
        usual,
        spread,
        tuple(layer.weight.detach().numpy().astype(np.float64) for layer in layers),
        tuple(_offset(layer) for layer in layers),
        frozenset(sums),
        *trained_on,
    )


def _offset(layer: nn.Conv2d) -> Floats:
    assert layer.bias is not None
    return np.asarray(layer.bias.detach().numpy(), np.float64)


def _padded(images: Sequence[MeasuredImage], usual: Floats, spread: Floats) -> Floats:
    inputs = [lattice_input(each.texture.lattice, usual, spread) for each in images]
    rows, columns = (max(each.shape[axis] for each in inputs) for axis in (1, 2))
    whole = np.zeros((len(inputs), len(FEATURES) + 1, rows, columns))
    for place, each in enumerate(inputs):
        whole[place, :, : each.shape[1], : each.shape[2]] = each
    return whole
