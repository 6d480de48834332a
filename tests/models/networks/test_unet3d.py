"""The 3-D U-Net keeps its input's size, learns with every weight, and is as small as it says."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.unet3d import STRIDE, UNet3D  # noqa: E402
from tests.models.networks.exported import unreached  # noqa: E402


def test_logits_are_as_large_as_the_volume() -> None:
    network = UNet3D(3).eval()
    for shape in ((4, 8, 12), (16, 32, 20)):
        assert all(side % STRIDE == 0 for side in shape)
        assert network(torch.zeros(2, 3, *shape)).shape == (2, 1, *shape)


def test_it_has_as_many_weights_as_is_said() -> None:
    assert sum(each.numel() for each in UNet3D(3).parameters()) == 72_441


def test_at_first_nothing_is_thought_to_be_tumour() -> None:
    torch.manual_seed(0)
    with torch.inference_mode():
        assert float(UNet3D(3)(torch.randn(2, 3, 8, 16, 16)).sigmoid().mean()) < 0.2


def test_every_weight_learns() -> None:
    torch.manual_seed(0)
    network = UNet3D(4).train()
    assert unreached(network, network(torch.randn(2, 4, 8, 16, 16)).square().sum()) == []
