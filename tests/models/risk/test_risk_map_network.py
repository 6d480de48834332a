from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.programmed.mammography.parenchyma import FEATURES, ParenchymalTexture
from senoscope.models.programmed.mammography.risk_map import RiskMapper
from senoscope.models.risk.risk_map_network import RiskMapNetwork, load_risk_map_network
from tests.models.risk.lattices import TELLS, lattice

CHANNELS = len(FEATURES) + 1


def network() -> RiskMapNetwork:
    """Log odds are the feature that tells, through a middle cell and two layers."""
    first, second = np.zeros((2, CHANNELS, 3, 3)), np.zeros((1, 2, 1, 1))
    first[0, TELLS, 1, 1], first[1, TELLS, 1, 1] = 1.0, -1.0
    second[0, 0, 0, 0], second[0, 1, 0, 0] = 1.0, -1.0
    return RiskMapNetwork(
        np.zeros(len(FEATURES)),
        np.ones(len(FEATURES)),
        (first, second),
        (np.zeros(2), np.array([0.25])),
        frozenset({"abc"}),
        "2 simulated mammograms",
        True,
    )


def test_the_map_lies_on_the_lattice_and_says_nothing_where_it_is_empty() -> None:
    texture = lattice(np.random.default_rng(1), True)
    mapper: RiskMapper = network()
    told = mapper.risk_map(texture)
    clipped = np.clip(texture.lattice[..., TELLS], -4, 4)
    assert np.isnan(told.values[0, -1]) and np.isnan(told.values).sum() == 1
    assert told.values == pytest.approx(clipped + 0.25, nan_ok=True)
    assert told.origin == texture.origin and told.step_px == texture.cell_px


def test_the_score_is_of_the_mean_and_none_without_tissue() -> None:
    texture = lattice(np.random.default_rng(1), True)
    mean = float(np.nanmean(network().risk_map(texture).values))
    assert network().score(texture) == pytest.approx(1 / (1 + np.exp(-mean)))
    empty = ParenchymalTexture(np.full((4, 4, len(FEATURES)), np.nan), 20.0, {}, None)
    assert network().score(empty) is None


def test_a_kernel_sees_the_neighbours_it_should() -> None:
    kernel = np.zeros((1, CHANNELS, 3, 3))
    kernel[0, TELLS, 0, 1] = 1.0  # the cell above
    seen = RiskMapNetwork(
        np.zeros(len(FEATURES)),
        np.ones(len(FEATURES)),
        (kernel,),
        (np.zeros(1),),
        frozenset(),
        "",
        True,
    )
    values = np.zeros((4, 3, len(FEATURES)))
    values[1, 2, TELLS] = 3.0
    told = seen.risk_map(ParenchymalTexture(values, 20.0, {}, None)).values
    assert told[2, 2] == 3 and told.sum() == 3


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "network.json"
    path.write_text(json.dumps(network().as_json()))
    again = load_risk_map_network(path)
    texture = lattice(np.random.default_rng(2), False)
    assert again.score(texture) == network().score(texture)
    assert again.learnt_from == {"abc"} and again.is_simulated


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"features": ["mean"]},
        {"usual": [0.0]},
        {"kernels": [[[[[1.0]]]]]},
        {"offsets": [[0.0]]},
    ],
)
def test_what_is_no_such_network_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "network.json"
    path.write_text(json.dumps({**network().as_json(), **change}))
    with pytest.raises(ModelPackageError, match=r"network\.json"):
        load_risk_map_network(path)
