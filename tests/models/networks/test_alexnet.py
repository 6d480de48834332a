"""AlexNet has torchvision's layers by torchvision's names, and takes crops smaller than its own."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="networks need torch, of the [train] extra")

from senoscope.models.networks.alexnet import AlexNet  # noqa: E402
from tests.models.networks.exported import logits_of_file_and_network, unreached  # noqa: E402

LAYERS = [f"features.{layer}" for layer in (0, 3, 6, 8, 10)]
LAYERS += [f"classifier.{layer}" for layer in (1, 4, 6)]


@pytest.fixture(scope="module")
def network() -> AlexNet:
    """Its 57 million weights are drawn once; no test changes them."""
    torch.manual_seed(0)
    return AlexNet().eval()


def test_parameters_are_called_as_in_torchvision(network: AlexNet) -> None:
    names = {f"{layer}.{each}" for layer in LAYERS for each in ("weight", "bias")}
    assert set(network.state_dict()) == names


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("features.0.weight", (64, 1, 11, 11)),
        ("features.3.weight", (192, 64, 5, 5)),
        ("features.6.weight", (384, 192, 3, 3)),
        ("features.8.weight", (256, 384, 3, 3)),
        ("classifier.1.weight", (4096, 9216)),
        ("classifier.6.weight", (1, 4096)),
    ],
)
def test_layers_have_torchvision_s_shapes(
    network: AlexNet, name: str, shape: tuple[int, ...]
) -> None:
    assert tuple(network.state_dict()[name].shape) == shape


def test_the_count_of_weights_is_torchvision_s_less_colour_and_classes(network: AlexNet) -> None:
    torchvision, colour, classes = 61_100_840, 64 * 2 * 121, 999 * 4097
    weights = sum(each.numel() for each in network.parameters())
    assert weights == torchvision - colour - classes == 56_992_449


@pytest.mark.parametrize(("side", "maps"), [(224, 6), (128, 3), (96, 2), (63, 1)])
def test_the_last_maps_have_torchvision_s_size(network: AlexNet, side: int, maps: int) -> None:
    with torch.inference_mode():
        assert network.features(torch.zeros(1, 1, side, side)).shape == (1, 256, maps, maps)


def test_maps_of_the_design_s_own_size_are_not_averaged(network: AlexNet) -> None:
    maps = torch.rand(1, 256, 6, 6)
    assert torch.equal(network.avgpool(maps), maps)


@pytest.mark.parametrize(("rows", "columns"), [(96, 96), (96, 128)])
def test_a_crop_becomes_one_logit(network: AlexNet, rows: int, columns: int) -> None:
    with torch.inference_mode():
        assert network(torch.zeros(2, 1, rows, columns)).shape == (2, 1)


def test_a_crop_too_small_for_the_poolings_is_refused(network: AlexNet) -> None:
    with pytest.raises(RuntimeError, match="too small"):
        network(torch.zeros(1, 1, 62, 96))


def test_every_weight_is_reached_from_the_output(network: AlexNet) -> None:
    torch.manual_seed(1)
    assert not unreached(network, network(torch.randn(2, 1, 96, 96)).sum())


def test_the_exported_network_gives_the_same_logits(tmp_path: Path) -> None:
    """At 96, where the adaptive pool does more than average: 2x2 maps become 6x6.

    Narrow, as the file would have 228 MB; scaled up, as logits of fresh weights hardly differ.
    """
    torch.manual_seed(2)
    network = AlexNet(classes=2).eval()
    network.classifier = torch.nn.Linear(9216, 2)
    torch.nn.init.normal_(network.classifier.weight)
    by_file, by_network = logits_of_file_and_network(network, torch.randn(2, 1, 96, 96), tmp_path)
    torch.testing.assert_close(by_file, by_network, rtol=0, atol=1e-4)
    assert abs(by_network[0] - by_network[1]) > 0.002
