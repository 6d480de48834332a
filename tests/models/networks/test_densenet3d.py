"""DenseNet in 3-D: what came in is put beside what was made of it."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.densenet3d import DenseLayer, DenseNet3D  # noqa: E402
from tests.models.networks.exported import unreached  # noqa: E402


def test_a_layer_keeps_what_came_in() -> None:
    maps = torch.randn(2, 5, 4, 6, 8)
    out = DenseLayer(5, 3).eval()(maps)
    assert out.shape == (2, 8, 4, 6, 8) and torch.equal(out[:, :5], maps)


@pytest.mark.parametrize("shape", [(16, 16, 16), (16, 24, 24), (20, 32, 28)])
def test_any_box_gives_a_logit_for_each_class(shape: tuple[int, int, int]) -> None:
    assert DenseNet3D(3, 2).eval()(torch.zeros(2, 3, *shape)).shape == (2, 2)


def test_blocks_halve_in_number_between() -> None:
    # 16 maps and three layers of 8 are 40, half of them 20; 44 and 22; 46 at the end.
    assert DenseNet3D(3).channels == 46


def test_every_weight_learns() -> None:
    torch.manual_seed(0)
    network = DenseNet3D(4).train()
    loss = network(torch.randn(4, 4, 16, 16, 16)).square().sum()
    assert unreached(network, loss) == []
