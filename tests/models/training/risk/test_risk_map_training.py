from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.risk.measured_images import MeasuredImage
from senoscope.models.networks.risk_lattice import RiskLattice
from senoscope.models.risk.hybrid import RiskCase
from senoscope.models.risk.risk_map_network import RiskMapNetwork, lattice_input
from senoscope.models.training.risk.risk_map_training import train_risk_map
from tests.models.risk.cohorts import cohort
from tests.models.risk.lattices import lattice


def women_with_images(
    folder: Path, n: int, seed: int
) -> tuple[list[RiskCase], list[MeasuredImage]]:
    random = np.random.default_rng(seed)
    cases, images = [], []
    for row, case in enumerate(cohort(60, seed)[:n]):
        path = folder / f"{seed}-{row}.png"
        path.write_bytes(f"{seed} {row}".encode())
        cases.append(replace(case, cancer=row % 2 == 0, image=path))
        # Not all of one size, as breasts are.
        shape = (5 + row % 3, 4 + row % 2)
        images.append(MeasuredImage(row, 20.0, lattice(random, row % 2 == 0, shape)))
    return cases, images


def trained(folder: Path, steps: int = 60) -> RiskMapNetwork:
    cases, images = women_with_images(folder, 50, 1)
    return train_risk_map(cases, images, folder / "run", steps, ("50 drawn", True), lambda _: None)


def test_it_learns_what_tells_and_scores_others_by_numpy_as_torch_would(tmp_path: Path) -> None:
    network = trained(tmp_path)
    cases, images = women_with_images(tmp_path, 40, 2)
    scores = [network.score(each.texture) for each in images]
    sick = np.array([case.cancer for case in cases])
    assert auc(sick, np.array(scores, np.float64)) > 0.9
    told = RiskLattice(network.kernels[0].shape[1])
    with torch.no_grad():
        for place, layer in enumerate(told.layers):
            assert isinstance(layer, nn.Conv2d) and layer.bias is not None
            layer.weight.copy_(torch.from_numpy(network.kernels[place]))
            layer.bias.copy_(torch.from_numpy(network.offsets[place]))
        texture = images[0].texture
        seen = lattice_input(texture.lattice, network.usual, network.spread)
        by_torch = told(torch.from_numpy(seen[None].astype(np.float32)))[0, 0].numpy()
    by_numpy = network.risk_map(texture).values
    there = ~np.isnan(by_numpy)
    assert by_numpy[there] == pytest.approx(by_torch[there], abs=1e-4)


def test_it_knows_what_it_learnt_from_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    network = trained(tmp_path)
    assert len(network.learnt_from) == 50
    again = trained(tmp_path)
    for one, other in zip(network.kernels, again.kernels, strict=True):
        assert (one == other).all()


def test_too_few_pictures_of_an_outcome_are_refused(tmp_path: Path) -> None:
    cases, images = women_with_images(tmp_path, 14, 1)
    with pytest.raises(DataSetError, match="mammograms of women with a cancer"):
        train_risk_map(cases, images, tmp_path / "run", 10, ("", True), lambda _: None)
